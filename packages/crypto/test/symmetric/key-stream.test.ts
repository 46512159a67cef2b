import { toHex } from '@selvage/core';
import { nativeCore, portableCore } from '@selvage/crypto';
import { describe, expect, it } from 'vitest';
import { KeyStream } from '../../src/native/key-stream.js';
import { longestPacket, scratch } from '../../src/native/scratch.js';
import { sample } from '../contract/helpers.js';

const key = sample(16);
const nonceLength = 13;
/** The counter's least significant byte is the nonce's last but one. */
const lowByte = 11;

function nonceOf(counter: number): Uint8Array {
  const nonce = sample(nonceLength);
  new DataView(nonce.buffer).setUint32(8, counter);
  return nonce;
}

function open(): KeyStream {
  const block = new Uint8Array(16);
  block[0] = 14 - nonceLength;
  return new KeyStream(key, block, lowByte);
}

/** Key stream that was seen before. */
const seen = new WeakSet<Uint8Array>();

/** Takes a packet's key stream, holds it against AES-CTR, and says how many blocks were made for it. */
function take(stream: KeyStream, counter: number, blocks: number): number {
  const at = stream.take(counter, nonceOf(counter), blocks);
  const first = new Uint8Array(16);
  first[0] = 14 - nonceLength;
  first.set(nonceOf(counter), 1);
  const expected = portableCore.aesCtr(key, first, new Uint8Array(16 * blocks));
  expect(toHex(stream.bytes.subarray(at, at + 16 * blocks))).toBe(toHex(expected));
  const made = seen.has(stream.bytes) ? 0 : stream.bytes.length / 16;
  seen.add(stream.bytes);
  return made;
}

function packet(stream: KeyStream, counter: number, blocks: number): number {
  const made = take(stream, counter, blocks);
  stream.settle(counter, blocks);
  return made;
}

describe('the key stream of a counted stream', () => {
  it('makes one packet for one packet, then 2, 4 … 64 ahead', () => {
    const stream = open();
    const made = Array.from({ length: 256 }, (_, counter) => packet(stream, counter, 8)).filter((blocks) => blocks > 0);
    // 1 + 2 + 4 + 8 + 16 + 32 + 64 + 64 end at 191; the window from there on is cut where the lowest byte ends.
    expect(made).toEqual([1, 2, 4, 8, 16, 32, 64, 64, 64, 1].map((packets) => 8 * packets));
  });

  it('holds no more than 512 blocks ahead', () => {
    for (const blocks of [1, 9, 100, 126]) {
      const stream = open();
      for (let counter = 0; counter < 300; counter++) {
        expect(packet(stream, counter, blocks)).toBeLessThanOrEqual(512);
      }
    }
  });

  it('makes a longer packet on its own, and looks ahead for its like from then on', () => {
    const stream = open();
    for (let counter = 0; counter < 7; counter++) packet(stream, counter, 2);
    expect(packet(stream, 7, 2)).toBe(2 * 8);
    expect(packet(stream, 8, 5)).toBe(5);
    expect(packet(stream, 9, 2)).toBe(0);
    expect(packet(stream, 10, 5)).toBe(5 * 16);
    for (let counter = 11; counter < 26; counter++) expect(packet(stream, counter, 2 + (counter % 4))).toBe(0);
  });

  it('makes no more for packets that are not settled than for one, and keeps what it has', () => {
    const stream = open();
    for (let counter = 0; counter < 20; counter++) packet(stream, counter, 3);
    for (let forged = 0; forged < 300; forged++) expect(take(stream, 31 + forged, 3)).toBe(3);
    for (let counter = 20; counter < 31; counter++) expect(packet(stream, counter, 3)).toBe(0);
    expect(take(stream, 31, 3)).toBe(3 * 32);
    for (let forged = 63; forged < 300; forged++) expect(take(stream, forged, 3)).toBe(3);
    for (let counter = 31; counter < 63; counter++) expect(packet(stream, counter, 3)).toBe(0);
  });

  it('starts small again after a leap, and goes on as it was after a few that were lost', () => {
    const stream = open();
    for (let counter = 0; counter < 31; counter++) packet(stream, counter, 1);
    expect(packet(stream, 33, 1)).toBe(1);
    expect(packet(stream, 34, 1)).toBe(32);
    expect(packet(stream, 5000, 1)).toBe(1);
    expect(packet(stream, 5001, 1)).toBe(2);
  });

  it('zeroes what it made when it is destroyed', () => {
    const stream = open();
    for (let counter = 0; counter < 5; counter++) packet(stream, counter, 2);
    const { bytes } = stream;
    expect(bytes.some((byte) => byte !== 0)).toBe(true);
    stream.destroy();
    expect(bytes.every((byte) => byte === 0)).toBe(true);
  });
});

describe('the scratch buffer', () => {
  it('holds nothing of a packet after it, be it sealed, opened or refused', () => {
    const nonce = { template: sample(13).fill(0, 8, 12), offset: 8, length: 4 } as const;
    const stream = nativeCore.aesCcmCounted(key, { nonce, tagLength: 8 });
    const isZero = () => scratch(Math.ceil(longestPacket / 16) * 16).every((byte) => byte === 0);
    const sealed = new Uint8Array(1008);
    stream.sealInto(1, sample(300), sample(1000), sealed, 0);
    expect(isZero()).toBe(true);
    expect(stream.open(1, sample(300), sealed)?.length).toBe(1000);
    expect(isZero()).toBe(true);
    expect(stream.open(2, sample(300), sealed)).toBeUndefined();
    expect(isZero()).toBe(true);
  });
});
