import { concat, fromHex } from '@selvage/core';
import type { HashAlgorithm } from '@selvage/crypto';

export const groupOrder = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
export const fieldPrime = 2n ** 256n - 2n ** 224n + 2n ** 192n + 2n ** 96n - 1n;

/** A number below 2^256 as 32 bytes. */
export function scalar(value: bigint): Uint8Array {
  return fromHex(value.toString(16).padStart(64, '0'));
}

/** An uncompressed point from coordinates, on the curve or not. */
export function pointFrom(x: bigint, y: bigint): Uint8Array {
  return concat(Uint8Array.of(4), scalar(x), scalar(y));
}

const gx = 0x6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296n;
const gy = 0x4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5n;

/** SEC 2 §2.4.2. */
export const generator = pointFrom(gx, gy);

/** x = 5 is on the curve: 5 + p fits into 32 bytes as well and denotes the same residue. */
const smallX = 5n;
const smallY = 0x459243b9aa581806fe913bce99817ade11ca503c64d9a3c533415c083248fbccn;

/** Encodings that are no uncompressed point on the curve. */
export const badPoints: readonly { readonly name: string; readonly bytes: Uint8Array }[] = [
  { name: 'no bytes', bytes: new Uint8Array(0) },
  { name: 'the identity', bytes: Uint8Array.of(0) },
  { name: 'the identity with 64 zeros after it', bytes: new Uint8Array(65) },
  { name: 'a compressed point', bytes: concat(Uint8Array.of(3), scalar(gx)) },
  { name: 'a hybrid point', bytes: concat(Uint8Array.of(7), scalar(gx), scalar(gy)) },
  { name: 'the form 05', bytes: concat(Uint8Array.of(5), scalar(gx), scalar(gy)) },
  { name: 'coordinates without a form', bytes: concat(scalar(gx), scalar(gy)) },
  { name: 'a byte too few', bytes: generator.subarray(0, 64) },
  { name: 'a byte too many', bytes: concat(generator, Uint8Array.of(0)) },
  { name: 'the origin', bytes: pointFrom(0n, 0n) },
  { name: 'y off by one', bytes: pointFrom(gx, gy + 1n) },
  { name: 'x off by one', bytes: pointFrom(gx + 1n, gy) },
  { name: 'coordinates exchanged', bytes: pointFrom(gy, gx) },
  { name: 'x = p', bytes: pointFrom(fieldPrime, gy) },
  { name: 'x reduced too little', bytes: pointFrom(smallX + fieldPrime, smallY) },
  { name: 'y = p', bytes: pointFrom(gx, fieldPrime) },
  { name: 'all bits set', bytes: concat(Uint8Array.of(4), new Uint8Array(64).fill(255)) },
];

/** The point that `x reduced too little` would denote. */
export const smallPoint = pointFrom(smallX, smallY);

export const badScalars: readonly { readonly name: string; readonly bytes: Uint8Array }[] = [
  { name: 'zero', bytes: scalar(0n) },
  { name: 'n', bytes: scalar(groupOrder) },
  { name: 'n + 1', bytes: scalar(groupOrder + 1n) },
  { name: '2^256 − 1', bytes: scalar(2n ** 256n - 1n) },
  { name: 'no bytes', bytes: new Uint8Array(0) },
  { name: '31 bytes', bytes: scalar(5n).subarray(1) },
  { name: '33 bytes', bytes: concat(Uint8Array.of(0), scalar(5n)) },
];

/** RFC 5903 §8.1. */
export const ecdhVector = {
  i: 'c88f01f510d9ac3f70a292daa2316de544e9aab8afe84049c62a9c57862d1433',
  gi:
    '04dad0b65394221cf9b051e1feca5787d098dfe637fc90b9ef945d0c37725811' +
    '805271a0461cdb8252d61f1c456fa3e59ab1f45b33accf5f58389e0577b8990bb3',
  r: 'c6ef9c5d78ae012a011164acb397ce2088685d8f06bf9be0b283ab46476bee53',
  gr:
    '04d12dfb5289c8d4f81208b70270398c342296970a0bccb74c736fc7554494bf' +
    '6356fbf3ca366cc23e8157854c13c58d6aac23f046ada30f8353e74f33039872ab',
  shared: 'd6840f6b42f6edafd13116e0e12565202fef8e9ece7dce03812464d04b9442de',
} as const;

/** RFC 6979 A.2.5. */
export const ecdsaKey = {
  privateKey: 'c9afa9d845ba75166b5c215767b1d6934e50c3db36e89b127b8a622b120f6721',
  publicKey:
    '0460fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6' +
    '7903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299',
} as const;

/** RFC 6979 A.2.5; the signatures in DER. */
export const ecdsaVectors: readonly { hash: HashAlgorithm; message: string; signature: string }[] = [
  {
    hash: 'sha256',
    message: 'sample',
    signature:
      '3046022100efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716' +
      '022100f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8',
  },
  {
    hash: 'sha384',
    message: 'sample',
    signature:
      '304402200eafea039b20e9b42309fb1d89e213057cbf973dc0cfc8f129edddc800ef7719' +
      '02204861f0491e6998b9455193e34e7b0d284ddd7149a74b95b9261f13abde940954',
  },
  {
    hash: 'sha512',
    message: 'sample',
    signature:
      '30450221008496a60b5e9b47c825488827e0495b0e3fa109ec4568fd3f8d1097678eb97f00' +
      '02202362ab1adbe2b8adf9cb9edab740ea6049c028114f2460f96554f61fae3302fe',
  },
  {
    hash: 'sha256',
    message: 'test',
    signature:
      '3045022100f1abb023518351cd71d881567b1ea663ed3efcf6c5132b354f28d3b0b7d38367' +
      '0220019f4113742a2b14bd25926b49c649155f267e60d3814b4c0cc84250e46f0083',
  },
];
