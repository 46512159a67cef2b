import type { Exception } from './compare.js';
import { isAlikeCertificate } from './same-contents.js';

/** Where our tool may ask otherwise than the reference's did, and why. */
export interface NamedToolException extends Exception {
  readonly flows: RegExp;
}

const any = /./;
/** Asked once the device has had time to reset itself. */
const resets = /^(a14|c05|k02)/;

export const toolExceptions: readonly NamedToolException[] = [
  {
    flows: any,
    path: 'creds[].publicdata.data',
    reason: 'certificates are by another authority, for other keys',
    accepts: isAlikeCertificate,
  },
  {
    flows: /^a09/,
    path: 'creds[].privatedata.data',
    reason: 'keys of pairs are drawn',
    accepts: (theirs, ours) => ours instanceof Uint8Array && ours.length === (theirs as Uint8Array).length,
  },
  {
    flows: /^(a08|c03|k02)/,
    path: 'left out',
    reason: 'the name of a device is asked for unsecured, before there is a session',
    accepts: (theirs) => theirs === 'coaps GET /oic/d',
  },
  {
    flows: /^a12/,
    path: 'asked besides',
    reason: 'the key of the owner is not deleted by accident',
    accepts: (_, ours) => ours === 'coaps GET /oic/sec/cred',
  },
  {
    flows: resets,
    path: 'asked besides',
    reason: 'a device counts as reset when it says so itself',
    accepts: (_, ours) => ours === 'coap GET /oic/sec/doxm',
  },
  { flows: /^l01/, path: 'not asked', reason: 'ours verifies the signature of ServerKeyExchange, and goes no further' },
  {
    flows: /^i01/,
    path: 'creds[].publicdata.data',
    reason: 'each role has a certificate of its own, as the reference honours the first in one alone',
  },
  {
    flows: /^i01/,
    path: 'asked besides',
    reason: 'the same',
    accepts: (_, ours) => ours === 'coaps GET /oic/sec/csr' || ours === 'coaps POST /oic/sec/cred',
  },
];
