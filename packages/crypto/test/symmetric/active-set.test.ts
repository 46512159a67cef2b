import { toHex } from '@selvage/core';
import { type CountedCcm, nativeCore, portableCore } from '@selvage/crypto';
import { describe, expect, it } from 'vitest';
import { activeStreams } from '../../src/native/counted-ccm.js';
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

describe('the active streams of the native engine', () => {
  it('are no more than the capacity, however many streams there are, and each goes on where it was', () => {
    const streams = Array.from({ length: 2 * activeStreams.capacity + 3 }, (_, key) => openStream(nativeCore, key));
    const oracles = streams.map((_, key) => openStream(portableCore, key));
    for (let counter = 0; counter < 4; counter++) {
      for (const [i, stream] of streams.entries()) {
        expect(seal(stream, counter)).toBe(seal(oracles[i]!, counter));
        expect(activeStreams.size).toBeLessThanOrEqual(activeStreams.capacity);
      }
    }
    expect(activeStreams.size).toBe(activeStreams.capacity);
  });

  it('give way to a new one in the order of their last use', () => {
    const streams = Array.from({ length: activeStreams.capacity }, (_, key) => openStream(nativeCore, key));
    streams.forEach((stream) => seal(stream, 0));
    const isActive = (stream: CountedCcm): boolean => {
      const before = activeStreams.size;
      stream.rest();
      return activeStreams.size < before;
    };
    seal(streams[0]!, 1);
    seal(streams[2]!, 1);
    seal(openStream(nativeCore, 1000), 0);
    seal(openStream(nativeCore, 1001), 0);
    // The two that went are the ones unused the longest: 1 and 3, as 0 and 2 were used again.
    expect([0, 1, 2, 3, 4].map((i) => isActive(streams[i]!))).toEqual([true, false, true, false, true]);
  });

  it('lose a member that rests or is destroyed, once', () => {
    const stream = openStream();
    seal(stream, 0);
    const { size } = activeStreams;
    stream.rest();
    expect(activeStreams.size).toBe(size - 1);
    stream.rest();
    seal(stream, 1);
    expect(activeStreams.size).toBe(size);
    stream.destroy();
    stream.destroy();
    expect(activeStreams.size).toBe(size - 1);
  });

  it('keep nothing of a stream that never carried a packet', () => {
    const { size } = activeStreams;
    const idle = Array.from({ length: 1000 }, () => openStream());
    expect(activeStreams.size).toBe(size);
    idle.forEach((stream) => {
      stream.destroy();
    });
    expect(activeStreams.size).toBe(size);
  });
});
