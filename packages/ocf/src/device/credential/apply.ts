import { bytesEqual, Secret, SelvageError } from '@selvage/core';
import { type CredentialInput, credentialTypes } from '../../security/credential.js';
import type { UpdateContext } from '../resource/update.js';
import type { DurableState } from '../state/durable-state.js';
import type { NewCredential, StoredCredential } from '../state/stored-credential.js';
import { certificateOf } from './certificate.js';
import { readKey } from './read-data.js';

/** Credentials of a device, and bytes of all their keys and certificates, at most. */
const mostCredentials = 128;
const mostBytes = 65_536;

/**
 * A state with further credentials.
 * @throws SelvageError `invalid-value` (4.00) for one that cannot be used, `payload-too-large` (4.13)
 */
export function applyCredentials(
  state: DurableState,
  inputs: readonly CredentialInput[],
  context: UpdateContext,
): DurableState {
  let next = state;
  for (const input of inputs) next = { ...next, credentials: withCredential(next, input, context) };
  checkRoom(next.credentials);
  return next;
}

function withCredential(
  state: DurableState,
  input: CredentialInput,
  context: UpdateContext,
): readonly StoredCredential[] {
  const { credid } = input;
  const credential = read(state, input, context);
  const ids = state.credentials.map((one) => one.credid);
  if (credid === undefined) {
    const { credentials } = state;
    if (isKept(credentials, credential)) return credentials;
    const others = credentials.filter((one) => !isReplacedBy(one, credential));
    return [...others, { credid: context.newId([...ids, ...context.reservedIds]), ...credential }];
  }
  if (context.reservedIds.includes(credid)) {
    throw new SelvageError('invalid-value', `credential ${credid} is the manufacturer's`);
  }
  return [...state.credentials.filter((one) => one.credid !== credid), { credid, ...credential }];
}

function read(state: DurableState, input: CredentialInput, context: UpdateContext): NewCredential {
  switch (input.credtype) {
    case credentialTypes.symmetricPairwise:
      return pairwise(state, input, context);
    case credentialTypes.certificate:
      return certificateOf(state, input, context);
    case credentialTypes.oscore:
    case credentialTypes.oscoreGroupClient:
    case credentialTypes.oscoreGroupServer:
      return oscore(input);
    default:
      throw refused(`credentials of type ${input.credtype} are not supported`);
  }
}

/** A key shared with one other device. Where the new owner sends none, both sides derive it. */
function pairwise(state: DurableState, input: CredentialInput, context: UpdateContext): NewCredential {
  const { credtype, subjectuuid, roleid, tag } = input;
  if (subjectuuid === undefined || subjectuuid === '*') throw refused('a pairwise key is shared with one device');
  if (input.credusage !== undefined) throw refused('a pairwise key has no usage');
  const given = readKey(input.privatedata);
  const key = given.length > 0 ? Secret.of(given) : context.ownerKey(subjectuuid, state.deviceuuid, state.oxmsel);
  if (key === undefined) throw refused('a pairwise key is missing, and this is not where owners derive theirs');
  if (given.length === 0 && subjectuuid !== state.rowners.cred) {
    throw refused('only the key of the owner of credentials is derived');
  }
  return { credtype, subjectuuid, key, ...(roleid && { roleid }), ...(tag !== undefined && { tag }) };
}

function oscore({ credtype, subjectuuid, privatedata, oscore: ids = {}, tag }: CredentialInput): NewCredential {
  const { senderid, recipientid, desc } = ids;
  const key = readKey(privatedata);
  if (subjectuuid === undefined) throw refused('an OSCORE context has a subject');
  if (key.length !== 32) throw refused('an OSCORE master secret has 32 bytes');
  if ('ssn' in ids) throw refused('the sender sequence number is not for others to set');
  const isPaired = credtype === credentialTypes.oscore;
  const sends = isPaired || credtype === credentialTypes.oscoreGroupClient;
  const receives = isPaired || credtype === credentialTypes.oscoreGroupServer;
  if ((senderid !== undefined) !== sends || (recipientid !== undefined) !== receives) {
    throw refused('an OSCORE context of this type has other identifiers');
  }
  if (isPaired && desc !== undefined) throw refused('a pairwise OSCORE context has no description');
  const stored = { senderid, recipientid, desc };
  return { credtype, subjectuuid, key: Secret.of(key), oscore: stored, ...(tag !== undefined && { tag }) };
}

/** Whether the same certificates for the same use are there already: a tool that repeats itself changes nothing. */
function isKept(credentials: readonly StoredCredential[], credential: NewCredential): boolean {
  return credentials.some(
    (one) =>
      one.usage === credential.usage &&
      one.subjectuuid === credential.subjectuuid &&
      one.tag === credential.tag &&
      isSameChain(one.chain, credential.chain),
  );
}

/** One key for each pair: a new one takes the place of the old, which nobody could choose any more. */
function isReplacedBy(old: StoredCredential, credential: NewCredential): boolean {
  const { symmetricPairwise } = credentialTypes;
  const { credtype, subjectuuid } = credential;
  return credtype === symmetricPairwise && old.credtype === credtype && old.subjectuuid === subjectuuid;
}

function isSameChain(some: readonly Uint8Array[] | undefined, other: readonly Uint8Array[] | undefined): boolean {
  if (some === undefined || other === undefined || some.length !== other.length) return false;
  return some.every((der, i) => bytesEqual(der, other[i] as Uint8Array));
}

function checkRoom(credentials: readonly StoredCredential[]): void {
  let total = 0;
  for (const { key, chain = [] } of credentials) {
    total += key?.length ?? 0;
    for (const der of chain) total += der.length;
  }
  if (credentials.length <= mostCredentials && total <= mostBytes) return;
  throw new SelvageError('payload-too-large', 'the device has no room for so many credentials');
}

function refused(problem: string): SelvageError {
  return new SelvageError('invalid-value', problem);
}
