import type { CborMap, CborValue } from '@selvage/core';

/** A key that an update of credentials gives, or has derived where it is empty. */
export interface GivenKey {
  readonly subject: string;
  readonly key: Uint8Array;
}

/** What an update of `/oic/sec/cred` says of keys of pairs. */
export function summary(body: CborMap): { readonly keys: readonly GivenKey[] } {
  const creds = body.get('creds');
  return { keys: Array.isArray(creds) ? creds.flatMap((one: CborValue) => keyIn(one) ?? []) : [] };
}

function keyIn(credential: CborValue): GivenKey | undefined {
  if (!(credential instanceof Map) || credential.get('credtype') !== 1) return undefined;
  const map = credential as CborMap;
  const [subject, privatedata] = [map.get('subjectuuid'), map.get('privatedata')];
  const data = privatedata instanceof Map ? (privatedata as CborMap).get('data') : undefined;
  return typeof subject === 'string' && data instanceof Uint8Array ? { subject, key: data } : undefined;
}
