/** Sound chains of each kind, as forgeries that a defect can be put into. */
import {
  ocfIdentityPurpose,
  ocfManufacturerPurpose,
  ocfRolePurpose,
  type Purpose,
  tlsServerPurpose,
} from '@selvage/pki';
import * as der from './der-writer.js';
import {
  ecdsa,
  type ForgedExtension,
  type Forgery,
  name,
  type NamePart,
  plainExtension,
  publicKeyInfo,
  testKey,
} from './forge.js';

/** The moment at which all chains are judged. */
export const judgedAt = Date.parse('2026-11-22T12:00:00Z');
const year = 365 * 86_400_000;
export const device = '62d8e00a-c631-481a-6960-4877df1c7190';

/** A kind of chain: how many authorities it has, the anchor included, and what its leaf is. */
export interface Shape {
  readonly name: string;
  readonly purpose: Purpose;
  readonly authorities: number;
  /** Whether the purpose has rules beyond RFC 5280. */
  readonly isOcf: boolean;
}

export const shapes: readonly Shape[] = [
  { name: 'manufacturer, intermediate', purpose: ocfManufacturerPurpose, authorities: 2, isOcf: true },
  { name: 'identity', purpose: ocfIdentityPurpose, authorities: 1, isOcf: true },
  { name: 'identity, two intermediates', purpose: ocfIdentityPurpose, authorities: 3, isOcf: true },
  { name: 'role', purpose: ocfRolePurpose, authorities: 1, isOcf: true },
  { name: 'role, intermediate', purpose: ocfRolePurpose, authorities: 2, isOcf: true },
  { name: 'TLS server, intermediate', purpose: tlsServerPurpose, authorities: 2, isOcf: false },
  { name: 'TLS server, three intermediates', purpose: tlsServerPurpose, authorities: 4, isOcf: false },
];

export const ids = {
  subjectKeyIdentifier: '2.5.29.14',
  keyUsage: '2.5.29.15',
  subjectAltName: '2.5.29.17',
  basicConstraints: '2.5.29.19',
  nameConstraints: '2.5.29.30',
  authorityKeyIdentifier: '2.5.29.35',
  extendedKeyUsage: '2.5.29.37',
} as const;

export const purposes = {
  any: '2.5.29.37.0',
  server: '1.3.6.1.5.5.7.3.1',
  client: '1.3.6.1.5.5.7.3.2',
  mail: '1.3.6.1.5.5.7.3.4',
  identity: '1.3.6.1.4.1.44924.1.6',
  role: '1.3.6.1.4.1.44924.1.7',
} as const;

/** What stands in extendedKeyUsage of a shape's leaf. */
export function purposesOf({ purpose }: Shape): string[] {
  if (purpose === tlsServerPurpose) return [purposes.server];
  return [purposes.server, purposes.client, purpose === ocfRolePurpose ? purposes.role : purposes.identity];
}

/** The name at a position; the leaf has position 0, the anchor the highest. Names differ in length, as OCF wants. */
export function nameAt(shape: Shape, position: number): Uint8Array {
  if (position === shape.authorities) return name(['O', 'Lab'], ['CN', 'Lab Root']);
  if (position > 0) return name(['O', 'Lab'], ['CN', `Lab Authority${' of Test'.repeat(position)}`]);
  return name(['O', 'Lab'], ['CN', shape.isOcf ? `uuid:${device}` : 'lamp']);
}

/** The sound chain of a shape, leaf first, the anchor last. */
export function soundChain(shape: Shape): Forgery[] {
  return Array.from({ length: shape.authorities + 1 }, (_, position) => soundCertificate(shape, position));
}

function soundCertificate(shape: Shape, position: number): Forgery {
  const issuer = Math.min(position + 1, shape.authorities);
  return {
    version: 3,
    serial: der.integer(0x40 + position, 0x11, 0x22),
    issuer: nameAt(shape, issuer),
    notBefore: der.utcTime(judgedAt - year),
    notAfter: der.utcTime(judgedAt + year),
    subject: nameAt(shape, position),
    publicKeyInfo: publicKeyInfo(testKey(position)),
    extensions: position === 0 ? leafExtensions(shape) : authorityExtensions(shape, position),
    signer: ecdsa(testKey(issuer)),
    innerAlgorithm: undefined,
    bendSignature: (signature) => signature,
    bend: (certificate) => certificate,
  };
}

function leafExtensions(shape: Shape): ForgedExtension[] {
  return [
    plainExtension(ids.basicConstraints, der.sequence()),
    keyUsage('digitalSignature', 'keyAgreement'),
    extendedKeyUsage(...purposesOf(shape)),
    ...leafNames(shape),
    authorityKeyIdentifier(1),
  ];
}

function leafNames({ purpose }: Shape): ForgedExtension[] {
  if (purpose === ocfRolePurpose) return [alternativeNames(directoryName(['CN', 'lab.role.user'], ['OU', 'Lab']))];
  if (purpose !== tlsServerPurpose) return [];
  return [alternativeNames(primitiveName(2, 'lamp.lab.example'), der.primitive(7, Uint8Array.of(192, 0, 2, 7)))];
}

function authorityExtensions(shape: Shape, position: number): ForgedExtension[] {
  return [
    basicConstraints(true, position === shape.authorities ? undefined : position - 1),
    keyUsage('keyCertSign', 'cRLSign'),
    plainExtension(ids.subjectKeyIdentifier, der.octetString(keyIdentifier(position))),
    ...(position === shape.authorities ? [] : [authorityKeyIdentifier(position + 1)]),
  ];
}

export function basicConstraints(isAuthority: boolean, pathLength?: number): ForgedExtension {
  return plainExtension(
    ids.basicConstraints,
    der.sequence(
      isAuthority ? der.boolean(true) : der.nothing,
      pathLength === undefined ? der.nothing : der.integer(pathLength),
    ),
    true,
  );
}

const usageBits = [
  'digitalSignature',
  'contentCommitment',
  'keyEncipherment',
  'dataEncipherment',
  'keyAgreement',
  'keyCertSign',
  'cRLSign',
] as const;

/** keyUsage in the shortest form. */
export function keyUsage(...usages: readonly (typeof usageBits)[number][]): ForgedExtension {
  const bits = usages.reduce((value, usage) => value | (0x80 >> usageBits.indexOf(usage)), 0);
  const unused = 31 - Math.clz32(bits & -bits);
  return plainExtension(ids.keyUsage, der.bitString(Uint8Array.of(bits), unused), true);
}

export function extendedKeyUsage(...list: readonly string[]): ForgedExtension {
  return plainExtension(ids.extendedKeyUsage, der.sequence(...list.map(der.objectIdentifier)));
}

export function alternativeNames(...names: readonly Uint8Array[]): ForgedExtension {
  return plainExtension(ids.subjectAltName, der.sequence(...names));
}

export function directoryName(...attributes: readonly NamePart[]): Uint8Array {
  return der.context(4, name(...attributes));
}

/** rfc822Name (1), dNSName (2) or uniformResourceIdentifier (6). */
export function primitiveName(kind: 1 | 2 | 6, text: string): Uint8Array {
  return der.primitive(kind, new TextEncoder().encode(text));
}

export function keyIdentifier(position: number): Uint8Array {
  return Uint8Array.of(0xaa, 0xbb, position);
}

export function authorityKeyIdentifier(position: number): ForgedExtension {
  return plainExtension(ids.authorityKeyIdentifier, der.sequence(der.primitive(0, keyIdentifier(position))));
}

/** Puts an extension in the place of the one with the same identifier, or at the end. */
export function withExtension(forgery: Forgery, extension: ForgedExtension): void {
  const at = forgery.extensions.findIndex(({ id }) => id === extension.id);
  if (at < 0) forgery.extensions.push(extension);
  else forgery.extensions[at] = extension;
}

export function withoutExtension(forgery: Forgery, id: string): void {
  forgery.extensions = forgery.extensions.filter((extension) => extension.id !== id);
}
