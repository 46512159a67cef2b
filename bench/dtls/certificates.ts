/** P-256 certificates for the bench, written as DER by hand: one authority, and a leaf for each side. */
import { concat, fromHex, systemEntropy } from '@selvage/core';
import { type P256KeyPair, nativeCore } from '@selvage/crypto';

const sequence = 0x30;
const bitString = 0x03;
const ecdsaWithSha256 = fromHex('300a06082a8648ce3d040302');
const p256Algorithm = fromHex('301306072a8648ce3d020106082a8648ce3d030107');
const version3 = fromHex('a003020102');
const serialNumber = fromHex('020101');
/** GeneralizedTime, 2020 to 2099. */
const validity = der(sequence, time('20200101000000Z'), time('20991231235959Z'));

export interface Authority {
  /** A certificate in DER with the key's public half, signed by the authority. */
  issue(name: string, publicKey: Uint8Array): Uint8Array;
  /** Whether the authority signed the certificate: all that the bench asks of a chain, as its C peers do. */
  vouchesFor(certificate: Uint8Array): boolean;
}

export function newKeyPair(): P256KeyPair {
  return nativeCore.p256.generateKeyPair(systemEntropy);
}

/** An authority with a fresh key. */
export function newAuthority(): Authority {
  const { p256 } = nativeCore;
  const { privateKey, publicKey } = newKeyPair();
  return {
    issue: (name, subjectKey) => {
      const keyInfo = der(sequence, p256Algorithm, der(bitString, Uint8Array.of(0), subjectKey));
      const fields = [
        version3,
        serialNumber,
        ecdsaWithSha256,
        commonName('authority'),
        validity,
        commonName(name),
        keyInfo,
      ];
      const body = der(sequence, ...fields);
      const signature = p256.sign(privateKey, 'sha256', body);
      return der(sequence, body, ecdsaWithSha256, der(bitString, Uint8Array.of(0), signature));
    },
    vouchesFor: (certificate) => {
      const { body, signature } = signedParts(certificate);
      return p256.verify(publicKey, 'sha256', body, signature);
    },
  };
}

function commonName(name: string): Uint8Array {
  const attribute = der(sequence, fromHex('0603550403'), der(0x0c, new TextEncoder().encode(name)));
  return der(sequence, der(0x31, attribute));
}

function time(text: string): Uint8Array {
  return der(0x18, new TextEncoder().encode(text));
}

function der(tag: number, ...parts: readonly Uint8Array[]): Uint8Array {
  const content = concat(...parts);
  const { length } = content;
  const head = length < 0x80 ? [tag, length] : [tag, 0x82, length >> 8, length & 0xff];
  return concat(Uint8Array.from(head), content);
}

/** Splits a certificate of `issue`: what is signed, and the signature, which the bit string's first byte precedes. */
function signedParts(certificate: Uint8Array): { body: Uint8Array; signature: Uint8Array } {
  const inside = certificate.subarray(headLength(certificate));
  const body = inside.subarray(0, elementLength(inside));
  const bits = inside.subarray(body.length + ecdsaWithSha256.length);
  return { body, signature: bits.subarray(headLength(bits) + 1) };
}

function headLength(element: Uint8Array): number {
  return element[1] === 0x82 ? 4 : 2;
}

function elementLength(element: Uint8Array): number {
  const [, short = 0, high = 0, low = 0] = element;
  return headLength(element) + (short === 0x82 ? high * 256 + low : short);
}
