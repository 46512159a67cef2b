import { encode, fromHex, toHex } from '@selvage/core';
import { codecSuite } from '@selvage/core/testing';
import { describe, expect, it } from 'vitest';
import { readImage } from '../../src/index.js';
import { imageHeader, imageMagic, readFlags } from '../../src/image/format/header.js';
import { imageFile } from '../../src/image/format/image-file.js';
import { imageTlv, tlvType } from '../../src/image/format/tlv.js';
import { protectedArea, unprotectedArea } from '../../src/image/format/tlv-area.js';
import { imageNames, vector } from './support/vectors.js';

const test = { describe, it, expect };
const version = { major: 1, minor: 2, revision: 3, build: 4 };

codecSuite(test, {
  name: 'image header',
  codec: imageHeader,
  vectors: [
    {
      name: 'that of 04-p256-seccnt7',
      bytes: '3db8f396 00000000 2000 0c00 e8030000 00000000 01 03 0000 00000000 00000000',
      value: {
        magic: imageMagic,
        loadAddress: 0,
        headerSize: 32,
        protectedSize: 12,
        imageSize: 1000,
        flags: 0,
        version: { major: 1, minor: 3, revision: 0, build: 0 },
        pad: new Uint8Array(4),
      },
    },
  ],
});

codecSuite(test, {
  name: 'image TLV',
  codec: imageTlv,
  vectors: [
    { name: 'a counter', bytes: '5000 0400 07000000', value: { type: 'securityCounter', value: 7 } },
    {
      name: 'a dependency',
      bytes: '4000 0c00 02 000000 03 04 0500 06000000',
      value: {
        type: 'dependency',
        value: {
          image: 2,
          pad: new Uint8Array(3),
          minimum: { major: 3, minor: 4, revision: 5, build: 6 },
        },
      },
    },
    { name: 'the mark of a pure signature', bytes: '2500 0100 01', value: { type: 'pureSignature', value: 1 } },
  ],
  values: [
    { type: 'keyHash', value: fromHex('00'.repeat(32)) },
    {
      type: 'encryptedEc256',
      value: { point: new Uint8Array(65), tag: new Uint8Array(32), wrappedKey: new Uint8Array(16) },
    },
    { type: 'classId', value: new Uint8Array(16) },
  ],
  unknown: ['a000 0400 01020304', 'feff 0000', '7600 0100 00'],
});

codecSuite(test, {
  name: 'protected area',
  codec: protectedArea,
  values: [{ magic: 0x6908, tlvs: [] }],
  vectors: [
    {
      name: 'one counter',
      bytes: '0869 0c00 5000 0400 07000000',
      value: { magic: 0x6908, tlvs: [{ type: 'securityCounter', value: 7 }] },
    },
  ],
  unknown: ['0869 0900 b500 0100 68'],
});

codecSuite(test, {
  name: 'unprotected area',
  codec: unprotectedArea,
  values: [
    { magic: 0x6907, tlvs: [] },
    {
      magic: 0x6907,
      tlvs: [
        { type: 'sha256', value: new Uint8Array(32) },
        { type: 'ecdsa', value: fromHex('3006020101020101') },
      ],
    },
  ],
});

codecSuite(test, {
  name: 'image',
  codec: imageFile,
  openEnded: true,
  values: [
    {
      header: { loadAddress: 0x2000_0000, flags: 0x20, version, pad: new Uint8Array(4) },
      fill: fromHex('ffff'),
      payload: fromHex('0102030405'),
      protectedTlvs: [{ type: 'securityCounter', value: 1 }],
      tlvs: [{ type: 'sha256', value: new Uint8Array(32) }],
      rest: fromHex(''),
    },
    {
      header: { loadAddress: 0, flags: 0, version, pad: new Uint8Array(4) },
      fill: fromHex(''),
      payload: fromHex('01'),
      protectedTlvs: undefined,
      tlvs: [],
      rest: fromHex(''),
    },
  ],
});

describe('readImage', () => {
  it('gives back every good image of imgtool when it is written again', () => {
    const good = imageNames().filter((name) => !name.startsWith('w'));
    expect(good).toHaveLength(21);
    for (const name of good) {
      const bytes = vector(name);
      expect(toHex(encode(imageFile, readImage(bytes)))).toBe(toHex(bytes));
    }
  });

  it('says where an image ends and what is signed of it', () => {
    expect(readImage(vector('04-p256-seccnt7.bin'))).toMatchObject({ headerSize: 32, signedLength: 1044, end: 1195 });
    expect(readImage(vector('13-p256-pad-confirmed.bin'))).toMatchObject({ signedLength: 1044, end: 1196 });
  });

  it('names the field and its place in what is no image', () => {
    const bytes = vector('04-p256-seccnt7.bin');
    bytes[1032] = 0x07;
    expect(() => readImage(bytes)).toThrow('header.protectedSize: the header says 12 bytes');
    expect(() => readImage(bytes)).toThrowError(expect.objectContaining({ code: 'image-malformed' }));
    expect(() => readImage(new Uint8Array(0))).toThrow('header.magic: needs 4 bytes where 0 are left, at byte 0');
  });
});

describe('flags and types', () => {
  it('have the names of MCUboot, and what has none is told apart', () => {
    expect(readFlags(0x4 | 0x20 | 0x8000_0000)).toEqual({
      names: ['encryptedAes128', 'ramLoad'],
      unknown: 0x8000_0000,
    });
  });

  it('have each number once', () => {
    const numbers = Object.values(tlvType.numbers);
    expect(new Set(numbers).size).toBe(numbers.length);
    expect(numbers).toHaveLength(25);
  });
});
