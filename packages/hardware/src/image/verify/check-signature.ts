import { bytesEqual, SelvageError, toHex } from '@selvage/core';
import { type CryptoCore, decodeSpki, encodeSpki, type PublicKey } from '@selvage/crypto';
import { findTlv, type Image } from '../format/image.js';
import type { ImageTlv } from '../format/tlv.js';
import { keyHashOf, type TrustedKey } from '../trusted-key.js';
import type { ImageDigest } from './check-hash.js';
import { refusal } from './refusal.js';

/** What a signature is checked with. */
export interface SignatureQuestion {
  readonly image: Image;
  readonly stated: ImageDigest;
  /** The hashed bytes. */
  readonly region: Uint8Array;
  readonly keys: readonly TrustedKey[];
}

/** The trusted key that signed. @throws SelvageError `image-refused`: `key`, `signature` */
export function checkSignature(core: CryptoCore, question: SignatureQuestion): PublicKey {
  const { image, stated, region } = question;
  const signature = image.tlvs.find(isSignature);
  const key = namedKey(core, question);
  if (signature === undefined) throw refusal('signature', 'the image is not signed', { found: 'no signature' });
  const isPure = findTlv(image.tlvs, 'pureSignature') !== undefined;
  requireSuitable(key, { signature, stated, isPure });
  if (verifies(core, key, { signature, message: isPure || key.kind === 'p256' ? region : stated.digest })) return key;
  throw refusal('signature', `the ${signature.type} signature is not one of ${keyName(core, key)} over this image`, {
    expected: `a signature over ${stated.algorithm} ${toHex(stated.digest)}`,
    found: signature.value,
  });
}

type Signature = Extract<ImageTlv, { type: 'ecdsa' | 'ed25519' | 'rsa2048' | 'rsa3072' | 'ecdsaP224' }>;

function isSignature(tlv: ImageTlv): tlv is Signature {
  return ['ecdsa', 'ed25519', 'rsa2048', 'rsa3072', 'ecdsaP224'].includes(tlv.type);
}

/** The trusted key that the image names, by its hash or whole. */
function namedKey(core: CryptoCore, { image: { tlvs }, stated, keys }: SignatureQuestion): PublicKey {
  const whole = findTlv(tlvs, 'publicKey')?.value;
  const hash = findTlv(tlvs, 'keyHash')?.value;
  const trusted = whole ? trustedWhole(core, whole, keys) : hash && trustedByHash(core, hash, { stated, keys });
  if (trusted !== undefined) return trusted;
  const found = whole ? core.hash('sha256', whole) : hash;
  throw refusal(
    'key',
    found === undefined
      ? 'the image does not say whose signature it has'
      : `the image was signed by the key ${toHex(found)}, which is not trusted`,
    { expected: keys.map((key) => toHex(hashOf(core, key))).join(', ') || 'no key at all', found: found ?? 'none' },
  );
}

function trustedWhole(core: CryptoCore, spki: Uint8Array, keys: readonly TrustedKey[]): PublicKey | undefined {
  const hash = core.hash('sha256', spki);
  return keys.some((key) => bytesEqual(hashOf(core, key), hash)) ? decodeNamed(spki) : undefined;
}

function trustedByHash(
  core: CryptoCore,
  hash: Uint8Array,
  { stated, keys }: Pick<SignatureQuestion, 'stated' | 'keys'>,
): PublicKey | undefined {
  if (hash.length !== stated.digest.length) {
    throw refusal(
      'key',
      `the key's hash has ${hash.length} bytes where ${stated.algorithm} has ${stated.digest.length}`,
      {
        expected: stated.digest.length,
        found: hash.length,
      },
    );
  }
  for (const key of keys) {
    if ('keyHash' in key) {
      if (!bytesEqual(key.keyHash, hash)) continue;
      throw refusal('key', 'the signing key is trusted by its hash alone, and the image does not carry the key', {
        expected: 'publicKey (0x02)',
        found: 'keyHash (0x01)',
      });
    }
    if (bytesEqual(keyHashOf(core, key, stated.algorithm), hash)) return key;
  }
  return undefined;
}

function decodeNamed(spki: Uint8Array): PublicKey {
  try {
    return decodeSpki(spki);
  } catch (cause) {
    if (!(cause instanceof SelvageError)) throw cause;
    throw refusal('key', `the image's key is ${cause.message}`, { found: spki });
  }
}

/** Which signatures go with which keys and hashes, as MCUboot is built for them. */
function requireSuitable(
  { kind }: PublicKey,
  { signature, stated, isPure }: { signature: Signature; stated: ImageDigest; isPure: boolean },
): void {
  const expected = kind === 'p256' ? 'ecdsa' : 'ed25519';
  if (signature.type !== expected) {
    throw refusal('signature', `a signature of ${signature.type} where the key is one of ${kind}`, {
      expected,
      found: signature.type,
    });
  }
  const hashes = kind === 'p256' ? ['sha256'] : isPure ? ['sha512'] : ['sha256', 'sha512'];
  if (!hashes.includes(stated.algorithm)) {
    const form = isPure ? 'pure ' : '';
    throw refusal('hash', `an image hash of ${stated.algorithm} with a ${form}signature of ${signature.type}`, {
      expected: hashes.join(' or '),
      found: stated.algorithm,
    });
  }
  if (isPure && kind === 'p256') {
    throw refusal('signature', 'a pure signature by a key of P-256, of which there is no such form', {
      expected: 'ed25519',
      found: signature.type,
    });
  }
}

function verifies(
  core: CryptoCore,
  { kind, publicKey }: PublicKey,
  { signature, message }: { signature: Signature; message: Uint8Array },
): boolean {
  if (kind === 'ed25519') return core.ed25519.verify(publicKey, message, signature.value);
  const der = withoutPadding(signature.value);
  return der !== undefined && core.p256.verify(publicKey, 'sha256', message, der);
}

/** Bytes up to which an ECDSA signature of P-256 is padded for loaders before MCUboot 1.5. */
const paddedLength = 72;

/** The DER of a signature that may be padded with zeros; `undefined` where it is neither that nor as long as it says. */
function withoutPadding(signature: Uint8Array): Uint8Array | undefined {
  const length = 2 + (signature[1] ?? 0);
  const padding = signature.subarray(length);
  const isPadded = padding.length === 0 || signature.length === paddedLength;
  return signature.length >= length && isPadded && padding.every((byte) => byte === 0)
    ? signature.subarray(0, length)
    : undefined;
}

function hashOf(core: CryptoCore, key: TrustedKey): Uint8Array {
  return 'keyHash' in key ? key.keyHash : keyHashOf(core, key);
}

function keyName(core: CryptoCore, key: PublicKey): string {
  return `the key ${toHex(core.hash('sha256', encodeSpki(key)))}`;
}
