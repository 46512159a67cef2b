import { bytesEqual, SelvageError } from '@selvage/core';
import { type Certificate, deviceOf, ocfIdentityPurpose, readCertificate, rolesOf, verifyChain } from '@selvage/pki';
import { type CredentialInput, credentialUsages } from '../../security/credential.js';
import type { UpdateContext } from '../resource/update.js';
import type { DurableState } from '../state/durable-state.js';
import type { NewCredential } from '../state/stored-credential.js';
import { anchorsOf } from './anchors.js';
import { asInvalidValue } from './as-invalid-value.js';
import { readChain } from './read-data.js';

/**
 * What a device keeps of certificates that it is given.
 * @throws SelvageError `invalid-value` (4.00) for what it could not use, or is not its own
 */
export function certificateOf(state: DurableState, input: CredentialInput, context: UpdateContext): NewCredential {
  const { credtype, credusage: usage, tag } = input;
  if (usage === undefined) throw refused('a certificate has a usage');
  const chain = readChain(input.publicdata);
  const certificates = asInvalidValue(() => chain.map((der) => readCertificate(der)));
  const [leaf] = certificates as [Certificate, ...Certificate[]];
  switch (usage) {
    case credentialUsages.trustAnchor:
    case credentialUsages.manufacturerAnchor:
      break;
    case credentialUsages.identity:
      asInvalidValue(() => checkIdentity(state, input, leaf, chain, context));
      break;
    case credentialUsages.role:
      if (rolesOf(leaf) === undefined) throw refused('the certificate grants no role');
      break;
    case credentialUsages.manufacturer:
      throw refused("the manufacturer's certificate comes with the device");
  }
  return { credtype, subjectuuid: subjectOf(input), usage, chain, ...(tag !== undefined && { tag }) };
}

/** Only roles may leave out whom they are of: of this device. */
function subjectOf({ subjectuuid, credusage }: CredentialInput): NewCredential['subjectuuid'] {
  if (subjectuuid !== undefined) return subjectuuid;
  if (credusage === credentialUsages.role) return '*';
  throw refused('a certificate has a subject');
}

/** An identity certificate must be of this device and its key; the key itself never comes from outside. */
function checkIdentity(
  state: DurableState,
  { privatedata }: CredentialInput,
  leaf: Certificate,
  chain: readonly Uint8Array[],
  context: UpdateContext,
): void {
  if ((privatedata?.data?.length ?? 0) > 0) throw refused('the device makes its private key itself');
  const key = leaf.publicKey?.publicKey;
  if (key === undefined || !bytesEqual(key, context.publicKey)) throw refused('the certificate has another key');
  if (deviceOf(leaf.subject) !== state.deviceuuid) throw refused('the certificate names another device');
  checkHolds(leaf, context.now);
  checkSignatures(state, chain, context);
}

function checkHolds({ validity: { notBefore, notAfter } }: Certificate, now: number): void {
  if (now < notBefore || now > notAfter) throw refused('the certificate is expired or not valid yet');
}

/** As far as the authorities are known, or come along, the chain must hold; else others will judge it. */
function checkSignatures(state: DurableState, chain: readonly Uint8Array[], { core, now }: UpdateContext): void {
  const last = chain[chain.length - 1] as Uint8Array;
  const own = chain.length > 1 ? [{ certificate: readCertificate(last) }] : [];
  // For whom else an authority may vouch does not matter to what it says of this device.
  const anchors = [...anchorsOf(state).map(({ certificate }) => ({ certificate })), ...own];
  if (anchors.length === 0) return;
  const judgement = verifyChain(chain, { core, now, anchors, purpose: ocfIdentityPurpose });
  if (!judgement.accepted && judgement.error.code !== 'unknown-ca') throw judgement.error;
}

function refused(problem: string): SelvageError {
  return new SelvageError('invalid-value', problem);
}
