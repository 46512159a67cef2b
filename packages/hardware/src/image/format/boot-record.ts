/** The boot record: what a measured boot says of an image, prepared by whoever signs it. */
import { type CborMap, decodeCbor, encodeCbor, SelvageError } from '@selvage/core';
import { type ImageVersion } from './version.js';

/** Keys of its map, those of a software component of a PSA attestation token. */
const keys = { type: 1, value: 2, version: 4, signer: 5, algorithm: 6 } as const;

/** Characters of the longest type. */
const longestType = 12;

/** What the record says; its `value` is the image's own hash, which the loader puts in. */
export interface BootRecord {
  /** The role of the software, such as `APP`; at most 12 characters. */
  readonly type: string;
  /** `major.minor.revision`. */
  readonly version: string;
  /** Hash of the signer's public key. */
  readonly signer: Uint8Array;
  readonly algorithm: string;
  readonly value: Uint8Array;
}

/** @throws SelvageError `invalid-argument` for a type that is empty or too long */
export function encodeBootRecord(
  type: string,
  { major, minor, revision }: ImageVersion,
  { signer, algorithm, digestLength }: { signer: Uint8Array; algorithm: string; digestLength: number },
): Uint8Array {
  if (type.length === 0 || type.length > longestType) {
    throw new SelvageError('invalid-argument', `a boot record's type has 1 to 12 characters, not ${type.length}`);
  }
  // The value comes last: loaders look for it there.
  return encodeCbor(
    new Map<number, string | Uint8Array>([
      [keys.type, type],
      [keys.version, `${major}.${minor}.${revision}`],
      [keys.signer, signer],
      [keys.algorithm, algorithm],
      [keys.value, new Uint8Array(digestLength)],
    ]),
  );
}

/** @throws SelvageError `image-malformed` for what is no boot record */
export function decodeBootRecord(bytes: Uint8Array): BootRecord {
  try {
    return fields(decodeCbor(bytes, { depth: 1, items: 32 }) as CborMap);
  } catch (cause) {
    throw new SelvageError('image-malformed', 'the boot record is not a map of type, version, signer and hash', {
      cause,
    });
  }
}

function fields(map: CborMap): BootRecord {
  if (!(map instanceof Map)) throw new SelvageError('invalid-value', 'the boot record is no map');
  return {
    type: text(map, 'type'),
    version: text(map, 'version'),
    signer: bytesOf(map, 'signer'),
    algorithm: text(map, 'algorithm'),
    value: bytesOf(map, 'value'),
  };
}

function text(map: CborMap, name: keyof typeof keys): string {
  const value = map.get(keys[name]);
  if (typeof value === 'string') return value;
  throw new SelvageError('invalid-value', `the boot record's ${name} is no text`);
}

function bytesOf(map: CborMap, name: keyof typeof keys): Uint8Array {
  const value = map.get(keys[name]);
  if (value instanceof Uint8Array) return value;
  throw new SelvageError('invalid-value', `the boot record's ${name} is no byte string`);
}
