import { fromHex } from '@selvage/core';
import { awakeUse, type CapturedFrame, pollUse, supervisionUse, times } from '@selvage/sim';
import { describe, expect, it } from 'vitest';

/** A poll of OpenThread's sleepy child and its acknowledgement (capture 06). */
const poll = fromHex('6b98b670fa001c011c0dea0300000104a67fa98a2ff0');
const acknowledgement = fromHex('0210b60175');
/** Of a data frame nothing but its length and its first byte counts: whether it is to be acknowledged. */
const unicast = (length: number): Uint8Array => new Uint8Array(length).fill(0x61, 0, 1);
const broadcast = (length: number): Uint8Array => new Uint8Array(length).fill(0x41, 0, 1);

describe('what a captured node did', () => {
  it('awake: frames have at least the time that they need on the air, and pauses are as captured', () => {
    const frames: CapturedFrame[] = [
      { at: 100, node: 2, psdu: broadcast(37) },
      { at: 250, node: 1, psdu: broadcast(69) },
      { at: 400, node: 1, psdu: unicast(95) },
      { at: 400.1, node: 2, psdu: acknowledgement },
      { at: 900, node: 2, psdu: unicast(40) },
    ];
    const { duration, radio } = awakeUse(frames, 2, 1, [100, 500]);
    // What goes to everybody takes none of its time: its receiver is on anyway.
    const discovery = 1.12 + 0.192 + 43 * 0.032;
    expect(duration).toBeCloseTo(discovery + 300 + 0.192 + 0.352, 9);
    expect(radio.transmitting).toBeCloseTo(43 * 0.032 + 0.352, 9);
    expect(radio.assessing).toBe(0.192);
    expect(radio.receiving).toBeCloseTo(duration - 43 * 0.032 - 0.352 - 0.192, 9);
    expect([radio.frames, radio.bytes, radio.received]).toEqual([2, 42, 1]);
  });

  it('asleep: an assessment, a poll of 0.896 ms, and the receiver for 0.544 ms', () => {
    const frames: CapturedFrame[] = [
      { at: 0, node: 4, psdu: poll },
      { at: 0, node: 3, psdu: acknowledgement },
      { at: 700, node: 4, psdu: poll },
      { at: 700, node: 3, psdu: acknowledgement },
      { at: 1400, node: 4, psdu: poll },
      { at: 1400, node: 3, psdu: acknowledgement },
      { at: 1500, node: 4, psdu: unicast(50) },
    ];
    const { polls, others, radio, operations } = pollUse(frames, 4, 500);
    expect([polls, others]).toEqual([2, 1]);
    expect(radio.transmitting).toBeCloseTo(2 * 0.896, 9);
    expect(radio.assessing).toBeCloseTo(2 * 0.192, 9);
    expect(radio.receiving).toBeCloseTo(2 * 0.544, 9);
    // 16 bytes are authenticated, which are two blocks with their length; nothing is enciphered.
    expect(operations.aesBlocks).toBe(2 * 4);
    expect(times(radio, 10).receiving).toBeCloseTo(10.88, 9);
  });

  it('supervised: hears an empty frame of 21 bytes, and acknowledges it', () => {
    const { radio, operations } = supervisionUse();
    expect(radio.receiving).toBeCloseTo(1.12 + 0.192 + 27 * 0.032 + 0.192, 9);
    expect(radio.transmitting).toBeCloseTo(0.352, 9);
    expect(operations.aesBlocks).toBe(4);
  });
});
