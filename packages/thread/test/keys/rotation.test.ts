import { SelvageError } from '@selvage/core';
import { MemoryStore, VirtualClock } from '@selvage/core/virtual';
import { keyIndex, nearSequence, sequenceAhead } from '@selvage/thread';
import { describe, expect, it } from 'vitest';
import { openKeys } from '../support/opened-keys.js';

const hour = 3_600_000;
const last = 0xffff_ffff;

describe('key sequence (Thread 1.3 §7.1)', () => {
  it('moves on when its time is up, and again after the same time', async () => {
    const clock = new VirtualClock();
    const { keys, events, settle } = await openKeys(clock, new MemoryStore(), { rotationHours: 100 });
    await settle();
    clock.advance(100 * hour - 1);
    expect(keys.current.sequence).toBe(0);
    clock.advance(1);
    await settle();
    expect(keys.current.sequence).toBe(1);
    clock.advance(100 * hour);
    await settle();
    expect(keys.current.sequence).toBe(2);
    const switches = events.filter(({ kind }) => kind === 'switched');
    expect(switches).toEqual([1, 2].map((sequence) => ({ kind: 'switched', sequence, cause: 'rotation' })));
  });

  it('obeys a new rotation time from the last switch on, and none below an hour', async () => {
    const clock = new VirtualClock();
    const { keys, settle } = await openKeys(clock, new MemoryStore());
    await settle();
    clock.advance(50 * hour);
    keys.setRotationTime(49);
    await settle();
    expect(keys.current.sequence).toBe(1);
    keys.setRotationTime(0);
    clock.advance(hour / 2);
    await settle();
    expect(keys.current.sequence).toBe(1);
  });

  it("follows a neighbour's lead of one, and not again until 93 % of the rotation time have passed", async () => {
    const clock = new VirtualClock();
    const { keys, settle } = await openKeys(clock, new MemoryStore());
    await settle();
    expect(keys.observe(1, false, clock.now())).toBe('switched');
    await settle();
    expect(keys.current.sequence).toBe(1);
    clock.advance(624 * hour - 1);
    expect(keys.observe(2, false, clock.now())).toBe('guarded');
    expect(keys.current.sequence).toBe(1);
    clock.advance(1);
    expect(keys.observe(2, false, clock.now())).toBe('switched');
  });

  it('is not guarded after a person moved it', async () => {
    const clock = new VirtualClock();
    const { keys, settle } = await openKeys(clock, new MemoryStore());
    await settle();
    keys.moveTo(1, clock.now());
    await settle();
    expect(keys.observe(2, false, clock.now())).toBe('switched');
  });

  it('never goes back, whatever a neighbour or a person says', async () => {
    const clock = new VirtualClock();
    const { keys, settle } = await openKeys(clock, new MemoryStore(), { sequence: 5 });
    await settle();
    expect(keys.observe(4, true, 0)).toBe('known');
    expect(() => keys.moveTo(4, 0)).toThrow(SelvageError);
    expect(keys.current.sequence).toBe(5);
  });

  it('does not follow a neighbour that is two ahead, until it answers a challenge', async () => {
    const clock = new VirtualClock();
    const { keys, events, settle } = await openKeys(clock, new MemoryStore());
    await settle();
    expect(keys.observe(2, false, 0)).toBe('ahead');
    expect(keys.current.sequence).toBe(0);
    expect(keys.request(2)).toBe(true);
    await settle();
    expect(events).toContainEqual({ kind: 'derived', sequence: 2 });
    expect(keys.observe(2, true, 0)).toBe('switched');
    expect(keys.current.sequence).toBe(2);
  });

  it('follows an authoritative answer of any lead as soon as the keys are derived', async () => {
    const clock = new VirtualClock();
    const { keys, settle } = await openKeys(clock, new MemoryStore());
    await settle();
    expect(keys.observe(1000, true, 0)).toBe('ahead');
    await settle();
    expect(keys.current.sequence).toBe(1000);
  });

  it('derives for others no more than four at a time, and keeps eight', async () => {
    const clock = new VirtualClock();
    const { keys, settle } = await openKeys(clock, new MemoryStore());
    await settle();
    expect([10, 20, 30, 40, 50].map((sequence) => keys.request(sequence))).toEqual([true, true, true, true, false]);
    for (let sequence = 100; sequence < 120; sequence++) {
      await settle();
      keys.request(sequence);
    }
    await settle();
    const kept = Array.from({ length: 200 }, (_, sequence) => sequence).filter((sequence) => keys.keysOf(sequence));
    expect(kept).toEqual([0, 1, 112, 113, 114, 115, 116, 117, 118, 119]);
  });
});

describe('key index', () => {
  it('goes round at 127 and 128, and the sequences beside the wrap are told apart', async () => {
    expect([126, 127, 128, 129].map(keyIndex)).toEqual([127, 128, 1, 2]);
    expect([127, 128, 1, 2].map((index) => nearSequence(index, 127))).toEqual([126, 127, 128, undefined]);
    expect([128, 1, 2, 3].map((index) => nearSequence(index, 128))).toEqual([127, 128, 129, undefined]);
    const clock = new VirtualClock();
    const { keys, settle } = await openKeys(clock, new MemoryStore(), { sequence: 127 });
    await settle();
    expect(keys.keysByIndex(1)?.sequence).toBe(128);
    expect(keys.observe(128, false, 0)).toBe('switched');
    await settle();
    expect([128, 1, 2].map((index) => keys.keysByIndex(index)?.sequence)).toEqual([127, 128, 129]);
  });

  it('outside of 1 to 128 is none', () => {
    for (const index of [0, 129, 255]) {
      for (const current of [0, 1, 126, 127, 128, last]) {
        expect(nearSequence(index, current)).toBe(undefined);
        expect(sequenceAhead(index, current)).toBe(undefined);
      }
    }
  });

  it('means the least sequence ahead that has it', () => {
    for (const current of [0, 1, 126, 127, 128, 1000, last - 200]) {
      for (let index = 1; index <= 128; index++) {
        const ahead = sequenceAhead(index, current)!;
        expect(keyIndex(ahead)).toBe(index);
        expect(ahead > current && ahead <= current + 128).toBe(true);
      }
    }
  });
});

describe('the last key sequence, 2^32 - 1', () => {
  it('is reached from the one before', async () => {
    const clock = new VirtualClock();
    const { keys, settle } = await openKeys(clock, new MemoryStore(), { sequence: last - 1 });
    await settle();
    expect(keys.observe(last, false, 0)).toBe('switched');
    await settle();
    expect([keys.current.sequence, keys.current.index]).toEqual([last, 128]);
    expect(keys.keysOf(last + 1)).toBe(undefined);
  });

  it('stays: 0 behind it would use nonces twice. Time, neighbours and persons do not move it, and it says so', async () => {
    const clock = new VirtualClock();
    const { keys, events, runner, settle } = await openKeys(clock, new MemoryStore(), { sequence: last });
    await settle();
    expect(nearSequence(1, last)).toBe(undefined);
    expect(sequenceAhead(1, last)).toBe(undefined);
    expect(keys.keysByIndex(1)).toBe(undefined);
    expect(keys.observe(0, true, 0)).toBe('known');
    expect(() => keys.moveTo(0, 0)).toThrow(SelvageError);
    clock.advance(672 * hour);
    runner.pump();
    expect(keys.current.sequence).toBe(last);
    expect(events).toContainEqual({ kind: 'exhausted' });
  });
});
