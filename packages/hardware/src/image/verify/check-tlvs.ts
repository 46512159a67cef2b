/** Which TLVs may stand where, and how often: stricter than MCUboot without its allow list, and than imgtool. */
import type { Image } from '../format/image.js';
import { type ImageTlv, tlvLabel } from '../format/tlv.js';
import { refusal } from './refusal.js';

const hashes: readonly ImageTlv['type'][] = ['sha256', 'sha384', 'sha512'];
const keys: readonly ImageTlv['type'][] = ['keyHash', 'publicKey'];
const signatures: readonly ImageTlv['type'][] = ['ecdsa', 'ed25519', 'rsa2048', 'rsa3072', 'ecdsaP224'];
const contentKeys: readonly ImageTlv['type'][] = [
  'encryptedRsa2048',
  'encryptedKeyWrap',
  'encryptedEc256',
  'encryptedX25519',
  'encryptedX25519Sha512',
];

/** Of each of these groups an image has at most one. */
const groups: readonly (readonly [string, readonly ImageTlv['type'][]])[] = [
  ['image hash', hashes],
  ['signing key', keys],
  ['signature', signatures],
  ['sealed content key', contentKeys],
  ['mark of a pure signature', ['pureSignature']],
];

/** All that may stand where neither hash nor signature covers it. */
const unprotected = new Set<ImageTlv['type']>(groups.flatMap(([, types]) => types));

/** Protected TLVs that may repeat: one for each other image, and vendors' as they like. */
const repeating: readonly ImageTlv['type'][] = ['dependency', 'unknown'];

/** @throws SelvageError `image-refused`: `unprotected-tlv`, `protected-tlv`, `duplicate-tlv` */
export function checkTlvs({ protectedTlvs = [], tlvs }: Image): void {
  for (const tlv of tlvs) {
    if (unprotected.has(tlv.type)) continue;
    throw refusal('unprotected-tlv', `the TLV ${tlvLabel(tlv)} stands where no signature covers it`, {
      expected: 'hash, key, signature or content key',
      found: tlvLabel(tlv),
    });
  }
  for (const tlv of protectedTlvs) {
    if (!unprotected.has(tlv.type)) continue;
    throw refusal('protected-tlv', `the TLV ${tlvLabel(tlv)} has no business in the protected area`, {
      expected: 'what describes the image, or a vendor TLV',
      found: tlvLabel(tlv),
    });
  }
  for (const [what, types] of groups)
    requireSingle(
      what,
      tlvs.filter(({ type }) => types.includes(type)),
    );
  checkRepeats(protectedTlvs);
}

function checkRepeats(tlvs: readonly ImageTlv[]): void {
  for (const { type } of tlvs) {
    if (!repeating.includes(type))
      requireSingle(
        type,
        tlvs.filter((tlv) => tlv.type === type),
      );
  }
}

function requireSingle(what: string, found: readonly ImageTlv[]): void {
  if (found.length <= 1) return;
  const shown = found.map((tlv) => (tlv.type === 'securityCounter' ? `${tlv.value}` : tlvLabel(tlv))).join(', ');
  throw refusal('duplicate-tlv', `the image has ${found.length} of what it may have one: ${what}`, {
    expected: 1,
    found: shown,
  });
}
