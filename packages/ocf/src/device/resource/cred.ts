import { encodePemChain } from '@selvage/pki';
import type { Cred, CredUpdate } from '../../security/cred.js';
import { type Credential, credentialTypes, credentialUsages, encodings } from '../../security/credential.js';
import { applyCredentials } from '../credential/apply.js';
import { checkAllWritable } from '../rules/check-writable.js';
import type { DurableState } from '../state/durable-state.js';
import type { StoredCredential } from '../state/stored-credential.js';
import type { Update } from './update.js';

/**
 * cred as it is read.
 * @param built the manufacturer's credentials, which come first
 * @param credid of the one that is asked for; all, where it is left out
 */
export function credOf(
  { credentials, rowners }: DurableState,
  built: readonly StoredCredential[],
  credid?: number,
): Cred {
  const all = [...built, ...credentials];
  const asked = credid === undefined ? all : all.filter((one) => one.credid === credid);
  return { creds: asked.map(credentialOf), rowneruuid: rowners.cred };
}

/** Carries out an update of cred: all of it or nothing. A new resource owner counts before the credentials do. */
export const updateCred: Update<CredUpdate> = (state, update, context) => {
  checkAllWritable('cred', update, { dos: state.dos, overOnboarding: context.overOnboarding });
  const { creds = [], rowneruuid = state.rowners.cred } = update;
  return applyCredentials({ ...state, rowners: { ...state.rowners, cred: rowneruuid } }, creds, context);
};

/** A credential as it is told of: its secret is never in it, and empty data shows that there is one. */
export function credentialOf({
  credid,
  credtype,
  subjectuuid,
  usage,
  roleid,
  oscore,
  ...data
}: StoredCredential): Credential {
  const isSecretRaw =
    data.key !== undefined || usage === credentialUsages.identity || usage === credentialUsages.manufacturer;
  return {
    credid,
    credtype,
    subjectuuid,
    ...(roleid && credtype === credentialTypes.symmetricPairwise && { roleid }),
    privatedata: { data: isSecretRaw ? noBytes : '', encoding: encodings.raw },
    ...(oscore && { oscore }),
    ...(usage && { credusage: usage }),
    ...(data.chain && { publicdata: { data: encodePemChain(data.chain), encoding: encodings.pem } }),
  };
}

const noBytes = new Uint8Array(0);
