import { toHex } from '@selvage/core';
import { type CountedCcm, nativeCore, portableCore } from '@selvage/crypto';
import { describe, expect, it } from 'vitest';
import { activeStreams } from '../../src/native/active-set.js';
import { sample } from '../contract/helpers.js';

const nonce = { template: sample(13).fill(0, 8, 12), offset: 8, length: 4 } as const;

function openStream(core = nativeCore, key = 1): CountedCcm {
  return core.aesCcmCounted(sample(16, key), { nonce, tagLength: 8 });
}

function seal(stream: CountedCcm, counter: number): string {
  const target = new Uint8Array(28);
  stream.sealInto(counter, sample(9), sample(20, counter), target, 0);
  return toHex(target);
}

describe('CBC keys of the native engine', () => {
  it('encrypt and decrypt message after message as the portable engine does, active or pushed out', () => {
    const keys = Array.from({ length: activeStreams.capacity + 3 }, (_, key) => sample(key % 2 === 0 ? 16 : 32, key));
    const chains = keys.map((key) => nativeCore.aesCbc(key));
    const oracles = keys.map((key) => portableCore.aesCbc(key));
    for (const length of [16, 32, 160, 1984, 2000, 2016, 16]) {
      for (const [i, chain] of chains.entries()) {
        const [iv, message] = [sample(16, length + i), sample(length, i)];
        const encrypted = chain.encrypt(iv, message);
        expect(toHex(encrypted)).toBe(toHex(oracles[i]!.encrypt(iv, message)));
        expect(toHex(chain.decrypt(iv, encrypted))).toBe(toHex(message));
        expect(toHex(message)).toBe(toHex(sample(length, i)));
      }
    }
    expect(activeStreams.size).toBe(activeStreams.capacity);
    for (const chain of chains) chain.destroy();
    expect(activeStreams.size).toBe(0);
  });

  it('become active with their second message, and go on after a ciphertext that nobody made', () => {
    const { size } = activeStreams;
    const [chain, oracle] = [nativeCore.aesCbc(sample(16)), portableCore.aesCbc(sample(16))];
    chain.decrypt(sample(16), sample(32));
    expect(activeStreams.size).toBe(size);
    for (let i = 0; i < 4; i++) {
      expect(toHex(chain.decrypt(sample(16, i), sample(48, i)))).toBe(
        toHex(oracle.decrypt(sample(16, i), sample(48, i))),
      );
    }
    expect(activeStreams.size).toBe(size + 1);
    chain.destroy();
    chain.destroy();
    expect(activeStreams.size).toBe(size);
  });
});

describe('the active streams of the native engine', () => {
  it('are no more than the capacity, however many streams there are, and each goes on where it was', () => {
    const streams = Array.from({ length: 2 * activeStreams.capacity + 3 }, (_, key) => openStream(nativeCore, key));
    const oracles = streams.map((_, key) => openStream(portableCore, key));
    for (let counter = 0; counter < 5; counter++) {
      for (const [i, stream] of streams.entries()) {
        expect(seal(stream, counter)).toBe(seal(oracles[i]!, counter));
        expect(activeStreams.size).toBeLessThanOrEqual(activeStreams.capacity);
      }
    }
    expect(activeStreams.size).toBe(activeStreams.capacity);
  });

  it('give way to a new one in the order of their last use', () => {
    const streams = Array.from({ length: activeStreams.capacity }, (_, key) => openStream(nativeCore, key));
    streams.forEach((stream) => {
      activate(stream);
    });
    seal(streams[0]!, 2);
    seal(streams[2]!, 2);
    activate(openStream(nativeCore, 1000));
    activate(openStream(nativeCore, 1001));
    // The two that went are the ones unused the longest: 1 and 3, as 0 and 2 were used again.
    expect([0, 1, 2, 3, 4].map((i) => wasActive(streams[i]!))).toEqual([true, false, true, false, true]);
  });

  it('lose a member that rests or is destroyed, once', () => {
    const stream = openStream();
    activate(stream);
    const { size } = activeStreams;
    stream.rest();
    expect(activeStreams.size).toBe(size - 1);
    stream.rest();
    seal(stream, 2);
    seal(stream, 3);
    expect(activeStreams.size).toBe(size);
    stream.destroy();
    stream.destroy();
    expect(activeStreams.size).toBe(size - 1);
  });

  it('have no member that carried one packet or none', () => {
    const { size } = activeStreams;
    const [sealer, opener, unused] = [openStream(), openStream(), openStream()];
    const sealed = Uint8Array.from(Buffer.from(seal(sealer, 0), 'hex'));
    expect(opener.open(0, sample(9), sealed)?.length).toBe(20);
    unused.rest();
    expect(activeStreams.size).toBe(size);
  });

  it('get no member from packets that are not authentic', () => {
    const sealer = openStream();
    const opener = openStream();
    for (let counter = 0; counter < 50; counter++) opener.open(counter, sample(9), sample(28));
    const sealed = Uint8Array.from(Buffer.from(seal(sealer, 50), 'hex'));
    expect(opener.open(50, sample(9), sealed)?.length).toBe(20);
    expect(wasActive(opener)).toBe(false);
    sealer.destroy();
  });
});

/** Two packets: the first finds the stream idle, the second makes it active. */
function activate(stream: CountedCcm): void {
  seal(stream, 0);
  seal(stream, 1);
}

/** Whether the stream was active; it rests then. */
function wasActive(stream: CountedCcm): boolean {
  const before = activeStreams.size;
  stream.rest();
  return activeStreams.size < before;
}
