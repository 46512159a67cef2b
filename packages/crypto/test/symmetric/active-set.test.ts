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
