import type { Exception } from './compare.js';
import { isSameCertificate, isSameRequest } from './same-contents.js';

/** Where our device may answer otherwise than the reference did, and why. */
export interface NamedException extends Exception {
  readonly flows: RegExp;
  readonly request?: RegExp;
}

const any = /./;
const links = /\/oic\/res$/;

export const deviceExceptions: readonly NamedException[] = [
  {
    flows: any,
    request: /doxm$/,
    path: 'sct',
    reason: 'OSCORE (64, and 128 and 256 for groups) is not here',
    accepts: (theirs, ours) => ours === 9 && (Number(theirs) & 9) === 9,
  },
  { flows: any, path: 'csr', reason: 'the key that it asks to have certified is its own', accepts: isSameRequest },
  {
    flows: any,
    request: /cred$/,
    path: 'creds[].publicdata.data',
    reason: 'certificates are for the key of our device, by an authority whose key the test has',
    accepts: isSameCertificate,
  },
  { flows: any, request: links, path: '[/oic/mnt]', reason: 'maintenance is not here' },
  { flows: /^e0/, request: /mnt$/, path: 'code', reason: 'the same', accepts: (_, ours) => ours === '4.04' },
  {
    flows: any,
    request: links,
    path: '[/oc/wk/introspection]',
    reason: 'a path of the reference’s own; ours is /oic/wk/introspection',
  },
  { flows: any, request: links, path: '[/oic/wk/introspection]', reason: 'the same' },
  { flows: any, request: links, path: '[/oc/con]', reason: 'a path of the reference’s own; ours is /oic/wk/con' },
  { flows: any, request: links, path: '[/oic/wk/con]', reason: 'the same; every device of ours has a configuration' },
  ...['/temp', '/remotecontrol', '/dali', '/dali_conf', '/platform'].map((href) => ({
    flows: /^c04/,
    path: `[${href}]`,
    reason: 'a resource of its application',
  })),
  { flows: /^c04/, path: '[/switch].if[]', reason: 'interfaces oic.if.startup are not here' },
  { flows: /^c04/, path: '[/switch].tag-*', reason: 'tags of its application' },
  {
    flows: /^[gh]01/,
    request: links,
    path: '[/oic/sec/doxm].eps[]',
    reason: 'TCP is not here',
    accepts: (_, ours) => ours === 'absent',
  },
  { flows: /^(a11|d02)/, request: /light$/, path: 'power', reason: 'its lamp counts how often it was read' },
  { flows: any, request: /\/oic\/p$/, path: 'x.org.iotivity.version', reason: 'the version of the reference' },
  {
    flows: /^i01/,
    request: /cred$/,
    path: 'options',
    reason: 'it repeats options of the request after several blocks',
  },
  {
    flows: /^k0/,
    path: 'answers',
    reason:
      'it takes a request over IPv4 for a repetition of the one over IPv6, as their message identifiers are equal',
    accepts: (theirs, ours) => theirs === 0 && ours === 1,
  },
  {
    flows: /^m01/,
    path: 'code',
    reason: 'it resets a payload longer than its blocks; ours reads it, and refuses the property in it',
    accepts: (theirs, ours) => theirs === 'EMPTY' && ours === '4.00',
  },
  { flows: /^m01/, request: links, path: '[].sduuid', reason: 'a device in no security domain tells of none' },
  { flows: /^m01/, request: links, path: '[].sdname', reason: 'the same' },
  { flows: /^n01/, path: 'answers', reason: 'its static build cannot hold a payload of 741 bytes, and is silent' },
];
