import { toHex } from '@selvage/core';
import { sha1 } from '@selvage/crypto';
import { expect, it } from 'vitest';

const text = (value: string): Uint8Array => new TextEncoder().encode(value);

it.each([
  ['', 'da39a3ee5e6b4b0d3255bfef95601890afd80709'],
  ['abc', 'a9993e364706816aba3e25717850c26c9cd0d89d'],
  ['abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq', '84983e441c3bd26ebaae4aa1f95129e5e54670f1'],
])('SHA-1 of %j is that of FIPS 180-4', (message, digest) => {
  expect(toHex(sha1(text(message)))).toBe(digest);
});
