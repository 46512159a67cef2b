import { ByteReader, bytesEqual, fromHex, SelvageError } from '@selvage/core';

const sequenceTag = 0x30;
const bitStringTag = 0x03;
const explicitVersionTag = 0xa0;

/** AlgorithmIdentifier { id-ecPublicKey, prime256v1 } in DER, RFC 5480 §2.1.1. */
const p256Algorithm = fromHex('06072a8648ce3d020106082a8648ce3d030107');
const pointLength = 65;

/**
 * The P-256 public key of an X.509 certificate in DER: an uncompressed point of 65 bytes, not yet checked to be on the
 * curve. Nothing else of the certificate is judged here; that is for whoever judges the chain.
 *
 * The handshake reads only this one field, so it walks the DER instead of building the whole certificate (RFC 5280 §4.1).
 * @throws SelvageError `bad-certificate` when the bytes are not a certificate, `unsupported-certificate` when its key is
 *   not of P-256.
 */
export function certificatePublicKey(certificate: Uint8Array): Uint8Array {
  try {
    return publicKeyOf(certificate);
  } catch (cause) {
    if (cause instanceof SelvageError && cause.code === 'unsupported-certificate') throw cause;
    throw new SelvageError('bad-certificate', 'the peer sent bytes that are not an X.509 certificate', { cause });
  }
}

function publicKeyOf(certificate: Uint8Array): Uint8Array {
  const outer = new ByteReader(certificate);
  const fields = element(element(outer, sequenceTag), sequenceTag);
  outer.finish();
  // version is optional; then serialNumber, signature, issuer, validity, subject.
  const first = anyElement(fields);
  const skip = first.tag === explicitVersionTag ? 5 : 4;
  for (let skipped = 0; skipped < skip; skipped++) anyElement(fields);
  const keyInfo = element(fields, sequenceTag);
  const algorithm = element(keyInfo, sequenceTag).rest();
  if (!bytesEqual(algorithm, p256Algorithm)) {
    throw new SelvageError('unsupported-certificate', "the key in the peer's certificate is not a P-256 key", {
      remedy: 'issue the certificate for a key on the curve prime256v1 (P-256)',
    });
  }
  const point = element(keyInfo, bitStringTag);
  const unusedBits = point.u8();
  const key = point.rest();
  if (unusedBits !== 0 || key.length !== pointLength || key[0] !== 4) {
    throw new SelvageError('unsupported-certificate', "the key in the peer's certificate is not an uncompressed point");
  }
  return key;
}

function element(reader: ByteReader, tag: number): ByteReader {
  const found = anyElement(reader);
  if (found.tag === tag) return found.content;
  throw new SelvageError('invalid-value', `DER tag ${found.tag} where ${tag} belongs`);
}

function anyElement(reader: ByteReader): { tag: number; content: ByteReader } {
  const tag = reader.u8();
  return { tag, content: reader.sub(derLength(reader)) };
}

function derLength(reader: ByteReader): number {
  const first = reader.u8();
  if (first < 0x80) return first;
  if (first === 0x81) return reader.u8();
  if (first === 0x82) return reader.u16();
  if (first === 0x83) return reader.u24();
  throw new SelvageError('invalid-value', 'DER length in a form no certificate needs');
}
