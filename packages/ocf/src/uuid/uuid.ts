import { type Entropy, fromHex, SelvageError, toHex } from '@selvage/core';

/** A UUID as text: 36 characters, lower case. Any variant: the reference makes its own unlike RFC 4122 §4.1.1. */
export type Uuid = string & { readonly brand: 'uuid' };

const pattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** What an owner or a device is named where there is none. */
export const nilUuid = '00000000-0000-0000-0000-000000000000' as Uuid;

/** Whether a text is a UUID, in lower or upper case. */
export function isUuid(text: string): boolean {
  return pattern.test(text.toLowerCase());
}

/**
 * Reads a UUID in any case; a trailing NUL, as the reference's tool sends it, is dropped.
 * @throws SelvageError `invalid-value`, fault `peer`.
 */
export function parseUuid(text: string): Uuid {
  const uuid = text.replace(/\0$/, '').toLowerCase();
  if (!pattern.test(uuid)) throw new SelvageError('invalid-value', `${JSON.stringify(text)} is no UUID`);
  return uuid as Uuid;
}

/** The UUID's 16 bytes, most significant first. */
export function uuidBytes(uuid: Uuid): Uint8Array {
  return fromHex(uuid.replaceAll('-', ''));
}

/**
 * The UUID of 16 bytes.
 * @throws SelvageError `invalid-value`, fault `peer`, for another length.
 */
export function uuidOf(bytes: Uint8Array): Uuid {
  if (bytes.length !== 16) throw new SelvageError('invalid-value', `a UUID has 16 bytes, not ${bytes.length}`);
  const hex = toHex(bytes);
  const parts = [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)];
  return parts.join('-') as Uuid;
}

/** A new random UUID, version 4 (RFC 4122 §4.4). @throws SelvageError `entropy-failed` */
export function newUuid(entropy: Entropy): Uuid {
  const bytes = new Uint8Array(16);
  entropy.fill(bytes);
  bytes[6] = ((bytes[6] as number) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] as number) & 0x3f) | 0x80;
  return uuidOf(bytes);
}
