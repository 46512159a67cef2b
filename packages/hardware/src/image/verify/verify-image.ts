/** Whether an image may be started. */
import type { CryptoCore, HashAlgorithm, PublicKey } from '@selvage/crypto';
import { type BootRecord, decodeBootRecord } from '../format/boot-record.js';
import type { ImageHeader } from '../format/header.js';
import { findTlv, hasEncryptedForm, type Image, readImage, securityCounterOf } from '../format/image.js';
import { signedRegion } from '../format/signed-region.js';
import type { Dependency, ImageTlv } from '../format/tlv.js';
import type { ImageVersion } from '../format/version.js';
import { keyHashOf, type TrustedKey } from '../trusted-key.js';
import { checkFlags, type Tolerance } from './check-flags.js';
import { checkHash, hasHash, type ImageDigest, statedHash } from './check-hash.js';
import { checkSignature } from './check-signature.js';
import { checkTlvs } from './check-tlvs.js';
import { type DecryptionKey, decryptPayload } from './plain-payload.js';
import { refusal } from './refusal.js';

/** What an image is verified against. */
export interface VerifyOptions {
  readonly core: CryptoCore;
  /** The keys that may have signed; revoked ones are not among them. */
  readonly keys: readonly TrustedKey[];
  /** Opens encrypted payloads. */
  readonly decryptionKey?: DecryptionKey | undefined;
  /** The stored security counter: the image must have one, and not a lower one. */
  readonly minimumCounter?: number | undefined;
  /** What is taken that a loader refuses; nothing by default. */
  readonly tolerate?: readonly Tolerance[] | undefined;
}

/** An image that verified, and what can be trusted of it. */
export interface VerifiedImage {
  readonly header: Omit<ImageHeader, 'magic' | 'headerSize' | 'protectedSize' | 'imageSize'>;
  readonly version: ImageVersion;
  readonly securityCounter: number | undefined;
  readonly hash: HashAlgorithm;
  /** The image's own hash. */
  readonly digest: Uint8Array;
  /** SHA-256 of the signer's SubjectPublicKeyInfo. */
  readonly signer: Uint8Array;
  readonly signerKey: PublicKey;
  /** In its plain form: a view on the verified bytes, or a copy where it was encrypted. */
  readonly payload: Uint8Array;
  /** Whether it was encrypted in these bytes. */
  readonly wasEncrypted: boolean;
  readonly dependencies: readonly Dependency[];
  readonly bootRecord: BootRecord | undefined;
  /** All protected TLVs, those of vendors too. */
  readonly protectedTlvs: readonly ImageTlv[];
  /** Bytes from the start of the file or slot that the image takes. */
  readonly length: number;
}

/**
 * Verifies an image with everything that is known of it, synchronously, so that nobody changes the bytes in between.
 * What stands behind its end (fill, a trailer) is not looked at. Checks, in this order: form, flags, TLVs and where they
 * stand, content key, hash, signer, signature, security counter.
 * @throws SelvageError `image-malformed`; `image-refused`, or `rollback-refused` for a lower security counter, both with
 *   `details` `check`, `expected` and `found`
 */
export function verifyImage(bytes: Uint8Array, options: VerifyOptions): VerifiedImage {
  const { core, keys, minimumCounter, tolerate = [] } = options;
  const image = readImage(bytes);
  checkFlags(image, tolerate);
  checkTlvs(image);
  const stated = statedHash(image);
  const { payload, region } = hashedPayload(image, stated, options);
  const signerKey = checkSignature(core, { image, stated, region, keys });
  checkCounter(image, minimumCounter);
  const { header, protectedTlvs = [], end } = image;
  const bootRecord = findTlv(protectedTlvs, 'bootRecord')?.value;
  return {
    header,
    version: header.version,
    securityCounter: securityCounterOf(image),
    hash: stated.algorithm,
    digest: stated.digest,
    signer: keyHashOf(core, signerKey),
    signerKey,
    payload,
    wasEncrypted: payload !== image.payload,
    dependencies: protectedTlvs.flatMap((tlv) => (tlv.type === 'dependency' ? [tlv.value] : [])),
    bootRecord: bootRecord && decodeBootRecord(bootRecord),
    protectedTlvs,
    length: end,
  };
}

/**
 * The plain payload, and the bytes that the hash was found to be of. Header and hash are the same for the encrypted and
 * the clear form of an image: only the hash says which one these bytes are.
 */
function hashedPayload(
  image: Image,
  stated: ImageDigest,
  { core, decryptionKey }: VerifyOptions,
): { payload: Uint8Array; region: Uint8Array } {
  const asIs = signedRegion(image, image.payload);
  if (!hasEncryptedForm(image)) {
    checkHash(core, stated, asIs);
    return { payload: image.payload, region: asIs };
  }
  if (hasHash(core, stated, asIs)) return { payload: image.payload, region: asIs };
  const payload = decryptPayload(core, image, decryptionKey);
  const region = signedRegion(image, payload);
  checkHash(core, stated, region);
  return { payload, region };
}

function checkCounter(image: Image, minimum: number | undefined): void {
  if (minimum === undefined) return;
  const counter = securityCounterOf(image);
  if (counter === undefined) {
    throw refusal('security-counter', `the image has no security counter, and ${minimum} is the least here`, {
      expected: minimum,
      found: 'none',
    });
  }
  if (counter >= minimum) return;
  throw refusal(
    'security-counter',
    `the image's security counter is ${counter} where ${minimum} is the least: an older, perhaps vulnerable image`,
    { expected: minimum, found: counter },
    'rollback-refused',
  );
}
