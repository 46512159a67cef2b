/** Makes any certificate and any list, sound or not, with keys that everybody knows. */
import { concat, fromHex, toHex } from '@selvage/core';
import { encodeSpki, type HashAlgorithm, nativeCore } from '@selvage/crypto';
import * as der from './der-writer.js';

/** A key of the tests; its scalar is its number, so that a failure can be replayed. */
export interface TestKey {
  readonly privateKey: Uint8Array;
  readonly publicKey: Uint8Array;
}

export function testKey(number: number): TestKey {
  const privateKey = new Uint8Array(32);
  new DataView(privateKey.buffer).setUint32(28, number + 1000);
  privateKey[0] = 0x11;
  return { privateKey, publicKey: nativeCore.p256.publicKey(privateKey) };
}

/** An extension as it is to be written; `critical` `explicit-false` writes the default out. */
export interface ForgedExtension {
  readonly id: string;
  readonly critical: boolean | 'explicit-false';
  readonly value: Uint8Array;
}

/** Everything in a certificate, each part as the DER it will be. */
export interface Forgery {
  version: number;
  serial: Uint8Array;
  issuer: Uint8Array;
  notBefore: Uint8Array;
  notAfter: Uint8Array;
  subject: Uint8Array;
  publicKeyInfo: Uint8Array;
  extensions: ForgedExtension[];
  /** Of the one who signs. */
  signer: Signing;
  /** What the part that is signed says of the signature, where that is to differ. */
  innerAlgorithm: Uint8Array | undefined;
  /** Changes the signature after it was made. */
  bendSignature: (signature: Uint8Array) => Uint8Array;
  /** Changes the whole certificate at last. */
  bend: (certificate: Uint8Array) => Uint8Array;
}

/** How a signature is made, and what it says it is. */
export interface Signing {
  readonly algorithm: Uint8Array;
  readonly sign: (message: Uint8Array) => Uint8Array;
}

const hashIds: Readonly<Record<HashAlgorithm, string>> = {
  sha256: '1.2.840.10045.4.3.2',
  sha384: '1.2.840.10045.4.3.3',
  sha512: '1.2.840.10045.4.3.4',
};

/** Signatures by key, hash and message: what was signed before gets the same bytes again, so that chains share parts. */
const signatures = new Map<string, Uint8Array>();

function signOnce({ privateKey }: TestKey, hash: HashAlgorithm, message: Uint8Array): Uint8Array {
  const name = [hash, toHex(privateKey), toHex(message)].join('/');
  const signature = signatures.get(name) ?? nativeCore.p256.sign(privateKey, hash, message);
  signatures.set(name, signature);
  return signature;
}

export function ecdsa(key: TestKey, hash: HashAlgorithm = 'sha256'): Signing {
  return {
    algorithm: der.sequence(der.objectIdentifier(hashIds[hash])),
    sign: (message) => signOnce(key, hash, message),
  };
}

/** Ed25519 with the same 32 bytes as its seed. */
export function ed25519({ privateKey }: TestKey): Signing {
  return {
    algorithm: der.sequence(der.objectIdentifier('1.3.101.112')),
    sign: (message) => nativeCore.ed25519.sign(privateKey, message),
  };
}

export function publicKeyInfo({ publicKey }: TestKey): Uint8Array {
  return encodeSpki({ kind: 'p256', publicKey });
}

export function ed25519KeyInfo({ privateKey }: TestKey): Uint8Array {
  return encodeSpki({ kind: 'ed25519', publicKey: nativeCore.ed25519.publicKey(privateKey) });
}

/** A P-384 key's SubjectPublicKeyInfo: the curve's generator (SEC 2 §2.5.1). */
export const p384KeyInfo = fromHex(
  '3076301006072a8648ce3d020106052b8104002203620004' +
    'aa87ca22be8b05378eb1c71ef320ad746e1d3b628ba79b9859f741e082542a385502f25dbf55296c3a545e3872760ab7' +
    '3617de4a96262c6f5d9e98bf9292dc29f8f41dbd289a147ce9da3113b5f0b8c00a60b1ce1d7e819d7a431d7c90ea0e5f',
);

/** The certificate's bytes. */
export function forge(forgery: Forgery): Uint8Array {
  const { signer } = forgery;
  const algorithm = forgery.innerAlgorithm ?? signer.algorithm;
  const body = der.sequence(
    forgery.version === 1 ? der.nothing : der.context(0, der.integer(forgery.version - 1)),
    forgery.serial,
    algorithm,
    forgery.issuer,
    der.sequence(forgery.notBefore, forgery.notAfter),
    forgery.subject,
    forgery.publicKeyInfo,
    forgery.extensions.length === 0 ? der.nothing : der.context(3, extensionList(forgery.extensions)),
  );
  const signature = forgery.bendSignature(signer.sign(body));
  return forgery.bend(der.sequence(body, signer.algorithm, der.bitString(signature)));
}

/** Everything in a revocation list. */
export interface ForgedList {
  readonly issuer: Uint8Array;
  readonly thisUpdate: number;
  readonly nextUpdate: number | undefined;
  /** Serial numbers as DER, with the number of a reason. */
  readonly revoked: readonly { readonly serial: Uint8Array; readonly reason?: number }[];
  readonly extensions: readonly ForgedExtension[];
  readonly entryExtensions?: readonly ForgedExtension[];
  readonly signer: Signing;
}

export function forgeList(list: ForgedList): Uint8Array {
  const { signer, revoked, entryExtensions = [] } = list;
  const entries = revoked.map(({ serial, reason }) => {
    const why = reason === undefined ? [] : [plainExtension('2.5.29.21', der.element(0x0a, Uint8Array.of(reason)))];
    const more = [...why, ...entryExtensions];
    return der.sequence(serial, der.utcTime(list.thisUpdate), more.length === 0 ? der.nothing : extensionList(more));
  });
  const body = der.sequence(
    der.integer(1),
    signer.algorithm,
    list.issuer,
    der.utcTime(list.thisUpdate),
    list.nextUpdate === undefined ? der.nothing : der.utcTime(list.nextUpdate),
    entries.length === 0 ? der.nothing : der.sequence(...entries),
    list.extensions.length === 0 ? der.nothing : der.context(0, extensionList(list.extensions)),
  );
  return der.sequence(body, signer.algorithm, der.bitString(signer.sign(body)));
}

export function plainExtension(id: string, value: Uint8Array, critical = false): ForgedExtension {
  return { id, critical, value };
}

function extensionList(extensions: readonly ForgedExtension[]): Uint8Array {
  return der.sequence(
    ...extensions.map(({ id, critical, value }) =>
      der.sequence(
        der.objectIdentifier(id),
        critical === false ? der.nothing : der.boolean(critical === true),
        der.octetString(value),
      ),
    ),
  );
}

/** A part of a name: a short name, its text, and the tag of its string where that is not UTF8String. */
export type NamePart = readonly [type: keyof typeof nameTypes, text: string, tag?: number];

/** A name of parts with one attribute each. */
export function name(...attributes: readonly NamePart[]): Uint8Array {
  return der.sequence(
    ...attributes.map(([type, value, tag = 0x0c]) =>
      der.set(der.sequence(der.objectIdentifier(nameTypes[type]), der.text(tag, value))),
    ),
  );
}

const nameTypes = { CN: '2.5.4.3', O: '2.5.4.10', OU: '2.5.4.11' } as const;

/** `bytes` with one bit of the byte at `at` flipped; counted from the end where negative. */
export function flipped(bytes: Uint8Array, at: number): Uint8Array {
  const copy = concat(bytes);
  const index = at < 0 ? copy.length + at : at;
  copy[index] = (copy[index] as number) ^ 0x01;
  return copy;
}
