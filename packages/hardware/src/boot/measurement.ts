import { toHex } from '@selvage/core';
import { type ImageVersion, versionText } from '../image/format/version.js';
import type { VerifiedImage } from '../image/verify/verify-image.js';

/** What the secure world says of itself: the boot ROM, the vault and all else that runs in it. */
export interface SecureWorld {
  readonly version: ImageVersion;
  /** Hash of its code, 32 bytes. */
  readonly digest: Uint8Array;
  /** Hash of the key that signed it; zeros where nobody did. */
  readonly signer?: Uint8Array | undefined;
}

/** A part of what was booted, as an attestation has it (RFC 9783 §4.4.1). */
export interface Measurement {
  /** `PRoT`: the secure world; `APP`: the firmware. */
  readonly type: 'PRoT' | 'APP';
  /** Hash of its code. */
  readonly measurement: Uint8Array;
  readonly version: string;
  /** Hash of the key that signed it, 32 bytes. */
  readonly signer: Uint8Array;
  readonly algorithm: string;
}

/** Measures what is about to start: the secure world first, as it was there first. */
export function measure({ version, digest, signer }: SecureWorld, image: VerifiedImage): readonly Measurement[] {
  return [
    {
      type: 'PRoT',
      measurement: digest,
      version: versionText(version),
      signer: signer ?? new Uint8Array(32),
      algorithm: 'SHA256',
    },
    {
      type: 'APP',
      measurement: image.digest,
      version: versionText(image.version),
      signer: image.signer,
      algorithm: image.hash.toUpperCase(),
    },
  ];
}

/** A measurement for a log. */
export function measurementText({ type, version, measurement, signer }: Measurement): string {
  const by = signer.every((byte) => byte === 0) ? 'not signed: it is in ROM' : `signed by ${start(signer)}`;
  return `${type} ${version}, ${start(measurement)}, ${by}`;
}

function start(hash: Uint8Array): string {
  return `${toHex(hash.subarray(0, 8))}…`;
}
