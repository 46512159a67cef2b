/**
 * SubjectPublicKeyInfo (RFC 5280 §4.1.2.7) of the two kinds of keys here, in the one encoding that DER and the
 * profiles leave: secp256r1 by name and uncompressed (RFC 5480 §2), Ed25519 without parameters (RFC 8410 §4).
 */
import { bytesEqual, concat, fromHex, SelvageError } from '@selvage/core';

/** The public keys that this package reads and writes. */
export type PublicKeyKind = 'p256' | 'ed25519';

/** A public key: an uncompressed point of 65 bytes, or an Ed25519 key of 32. */
export interface PublicKey {
  readonly kind: PublicKeyKind;
  readonly publicKey: Uint8Array;
}

/** What stands before the key's own bytes, which are the rest. */
const forms: readonly { kind: PublicKeyKind; prefix: Uint8Array; length: number }[] = [
  { kind: 'p256', prefix: fromHex('3059301306072a8648ce3d020106082a8648ce3d030107034200'), length: 65 },
  { kind: 'ed25519', prefix: fromHex('302a300506032b6570032100'), length: 32 },
];

/** The SubjectPublicKeyInfo in DER: 91 bytes for P-256, 44 for Ed25519. @throws SelvageError `invalid-length` */
export function encodeSpki({ kind, publicKey }: PublicKey): Uint8Array {
  const form = forms.find((candidate) => candidate.kind === kind);
  if (form?.length !== publicKey.length) {
    throw new SelvageError('invalid-length', `${publicKey.length} bytes are no public key of kind ${kind}`);
  }
  return concat(form.prefix, publicKey);
}

/**
 * The key of a SubjectPublicKeyInfo in DER. Whether a point is on the curve is for whoever uses it to check.
 * @throws SelvageError `invalid-key` for every other encoding and algorithm
 */
export function decodeSpki(der: Uint8Array): PublicKey {
  for (const { kind, prefix, length } of forms) {
    if (der.length === prefix.length + length && bytesEqual(der.subarray(0, prefix.length), prefix)) {
      return { kind, publicKey: der.slice(prefix.length) };
    }
  }
  throw new SelvageError('invalid-key', 'neither a P-256 (named, uncompressed) nor an Ed25519 public key');
}
