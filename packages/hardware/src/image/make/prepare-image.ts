/** An image up to its signature. */
import { concat, encode, SelvageError } from '@selvage/core';
import type { PublicKey } from '@selvage/crypto';
import { headerFieldsLength, imageFlags } from '../format/header.js';
import { type ImageFile, imageFile } from '../format/image-file.js';
import { checkedVersion } from '../format/version.js';
import type { ImageDigest } from '../verify/check-hash.js';
import type { ImageOptions } from './image-options.js';
import { protectedTlvsOf } from './protected-tlvs.js';

/** An image that only lacks its signature. */
export interface PreparedImage extends ImageDigest {
  readonly options: ImageOptions;
  /** With its payload in plain form and without unprotected TLVs. */
  readonly file: ImageFile;
  /** What is hashed: header, payload, protected TLVs. */
  readonly region: Uint8Array;
}

/** Encrypted images are padded so that header and payload are whole AES blocks. */
const blockLength = 16;
const empty = new Uint8Array(0);

/**
 * Lays an image out and hashes it. `signer` decides what may be hashed with, and stands in a boot record.
 * @throws SelvageError `invalid-argument` for options that no image can have, or that contradict each other
 */
export function prepareImage(payload: Uint8Array, options: ImageOptions, signer?: PublicKey): PreparedImage {
  const algorithm = hashFor(options, signer);
  const { fill, body } = layOut(payload, options);
  const file: ImageFile = {
    header: {
      loadAddress: options.romFixed ?? options.loadAddress ?? 0,
      flags: flagsOf(options),
      version: checkedVersion(options.version),
      pad: new Uint8Array(4),
    },
    fill,
    payload: body,
    protectedTlvs: protectedTlvsOf(options, { algorithm, signer }),
    tlvs: [],
    rest: empty,
  };
  // The empty unprotected area at the end is four bytes.
  const region = encode(imageFile, file, 'image').subarray(0, -4);
  return { options, file, region, algorithm, digest: options.core.hash(algorithm, region) };
}

/** What a key of that kind signs: ECDSA hashes the region itself. */
export function messageOf({ options, region, digest }: PreparedImage, { kind }: PublicKey): Uint8Array {
  return kind === 'p256' || options.pure === true ? region : digest;
}

function hashFor({ hash, pure = false }: ImageOptions, signer: PublicKey | undefined): 'sha256' | 'sha512' {
  const isP256 = signer?.kind === 'p256';
  if (pure && isP256) throw unsuitable('a pure signature', 'a key of P-256', 'use an Ed25519 key, or leave pure out');
  if (pure && hash === 'sha256') throw unsuitable('a pure signature', 'SHA-256', 'leave the hash out: it is SHA-512');
  if (hash === 'sha512' && isP256) throw unsuitable('SHA-512', 'a key of P-256', 'use SHA-256, or an Ed25519 key');
  return pure ? 'sha512' : (hash ?? 'sha256');
}

function unsuitable(what: string, withWhat: string, remedy: string): SelvageError {
  return new SelvageError('invalid-argument', `${what} does not go with ${withWhat}`, { remedy });
}

/** Header fill and payload, padded where they are to be encrypted. */
function layOut(payload: Uint8Array, options: ImageOptions): { fill: Uint8Array; body: Uint8Array } {
  const { headerSize = headerFieldsLength, headerRoom = 'add', erasedValue = 0xff, encryption } = options;
  if (!(Number.isInteger(headerSize) && headerSize >= headerFieldsLength && headerSize <= 0xffff)) {
    throw new SelvageError('invalid-argument', `a header has 32 to 65535 bytes, not ${headerSize}`);
  }
  const fillLength = headerSize - headerFieldsLength;
  const isInside = headerRoom === 'inside';
  if (isInside) requireRoom(payload, headerSize);
  const fill = new Uint8Array(fillLength).fill(isInside ? 0 : erasedValue);
  const body = isInside ? payload.subarray(headerSize) : payload;
  const missing = encryption === undefined ? 0 : -(headerSize + body.length) & (blockLength - 1);
  return { fill, body: missing === 0 ? body : concat(body, new Uint8Array(missing)) };
}

function requireRoom(payload: Uint8Array, headerSize: number): void {
  const used = payload.subarray(0, headerSize).findIndex((byte) => byte !== 0);
  if (used < 0 && payload.length >= headerSize) return;
  const found = used < 0 ? `it has ${payload.length} bytes in all` : `byte ${used} is not zero`;
  throw new SelvageError(
    'invalid-argument',
    `the payload leaves no room for a header of ${headerSize} bytes: ${found}`,
    {
      remedy: 'have the header added in front (--pad-header), or link the payload behind zeros of that size',
    },
  );
}

function flagsOf({ loadAddress, romFixed, nonBootable = false, encryption }: ImageOptions): number {
  if (loadAddress !== undefined && romFixed !== undefined) {
    throw new SelvageError('invalid-argument', 'an image is loaded to RAM or fixed in flash, not both');
  }
  const encrypted = encryption?.keyLength === 32 ? imageFlags.encryptedAes256 : imageFlags.encryptedAes128;
  return (
    (encryption === undefined ? 0 : encrypted) |
    (loadAddress === undefined || loadAddress === 0 ? 0 : imageFlags.ramLoad) |
    (romFixed === undefined || romFixed === 0 ? 0 : imageFlags.romFixed) |
    (nonBootable ? imageFlags.nonBootable : 0)
  );
}
