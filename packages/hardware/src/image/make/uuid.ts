/** The UUIDs of vendor and class: raw, or of version 5 from a name (RFC 9562 §5.5). */
import { concat, fromHex, SelvageError } from '@selvage/core';
import { sha1 } from '@selvage/crypto';

/** Name space of domain names (RFC 9562 §6.6). */
const domainNames = fromHex('6ba7b8109dad11d180b400c04fd430c8');

/** A vendor's UUID: one in hexadecimal, or that of its domain name. @throws SelvageError `invalid-argument` */
export function vendorUuid(text: string): Uint8Array {
  return rawUuid(text) ?? uuidOfName(domainNames, text);
}

/** A class's UUID: one in hexadecimal, or that of its name at its vendor. @throws SelvageError `invalid-argument` */
export function classUuid(text: string, vendor: Uint8Array | undefined): Uint8Array {
  const raw = rawUuid(text);
  if (raw !== undefined) return raw;
  if (vendor !== undefined) return uuidOfName(vendor, text);
  throw new SelvageError('invalid-argument', `the class name ${JSON.stringify(text)} belongs to no vendor`, {
    remedy: 'give the vendor too, or the class as a UUID',
  });
}

/** `12345678-1234-5678-1234-567812345678`. */
export function uuidText(bytes: Uint8Array): string {
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

function rawUuid(text: string): Uint8Array | undefined {
  const isDashed = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text);
  return isDashed || /^[0-9a-f]{32}$/i.test(text) ? fromHex(text.replaceAll('-', '')) : undefined;
}

function uuidOfName(space: Uint8Array, name: string): Uint8Array {
  if (name === '') throw new SelvageError('invalid-argument', 'a name for a UUID is empty');
  const digest = sha1(concat(space, new TextEncoder().encode(name))).slice(0, 16);
  digest[6] = ((digest[6] as number) & 0x0f) | 0x50;
  digest[8] = ((digest[8] as number) & 0x3f) | 0x80;
  return digest;
}
