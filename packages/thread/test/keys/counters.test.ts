import { fromHex, SelvageError } from '@selvage/core';
import { MemoryStore, SeededRandom, VirtualClock } from '@selvage/core/virtual';
import type { ThreadKeys } from '@selvage/thread';
import { describe, expect, it } from 'vitest';
import { codecSuite } from '@selvage/core/testing';
import { CounterBook } from '../../src/keys/counter-book.js';
import { counterRecord } from '../../src/keys/counter-record.js';
import { openKeys } from '../support/opened-keys.js';

codecSuite(
  { describe, it, expect },
  {
    name: 'counter record',
    codec: counterRecord,
    values: [{ version: 1, keySequence: 0x01020304, macLimit: 2000, mleLimit: 0xffffffff }],
    vectors: [
      {
        name: 'a record of version 1',
        bytes: '01 00000007 000007d0 00000001',
        value: { version: 1, keySequence: 7, macLimit: 2000, mleLimit: 1 },
      },
    ],
  },
);

const takers = {
  mac: (keys: ThreadKeys) => keys.takeMacCounter(),
  mle: (keys: ThreadKeys) => keys.takeMleCounter(),
} as const;

describe('frame counters', () => {
  it('are given only when they are durable: none before the first write', async () => {
    const { keys, settle } = await openKeys(new VirtualClock(), new MemoryStore());
    expect(keys.takeMacCounter()).toBe(undefined);
    await settle();
    expect([keys.takeMacCounter(), keys.takeMacCounter(), keys.takeMleCounter()]).toEqual([0, 1, 0]);
  });

  for (const kind of ['mac', 'mle'] as const) {
    it(`${kind}: go on above every one that was given before a power cut, at any moment of 5,000`, async () => {
      const seed = `power cut ${kind}`;
      const random = new SeededRandom(seed);
      const store = new MemoryStore();
      const given = new Set<number>();
      let total = 0;
      for (let boot = 0; boot < 40; boot++) {
        const { keys, settle } = await openKeys(new VirtualClock(), store);
        await settle();
        const outcome = random.chance(0.5) ? 'old' : 'new';
        store.cutPowerDuring(random.below(3), outcome);
        for (let frames = random.below(4000); frames > 0; frames--) {
          const counter = takers[kind](keys);
          if (counter === undefined) break;
          expect({ seed, boot, counter, isNew: !given.has(counter) }).toEqual({ seed, boot, counter, isNew: true });
          given.add(counter);
          total++;
          if (frames % 500 === 0) await settle();
        }
        store.cutPower();
        store.powerOn();
      }
      expect(total > 5000).toBe(true);
    });
  }

  it('of a key sequence are not given again when the power is cut right after the switch', async () => {
    for (const outcome of ['old', 'new'] as const) {
      const store = new MemoryStore();
      const clock = new VirtualClock();
      const before = await openKeys(clock, store);
      await before.settle();
      store.cutPowerDuring(0, outcome);
      before.keys.observe(1, false, 0);
      // Nothing of sequence 1 is durable, so that nothing may be sent under it.
      expect(before.keys.takeMacCounter()).toBe(undefined);
      await before.settle();
      const first = before.keys.takeMacCounter();
      expect(first).toBe(undefined);
      store.powerOn();
      const after = await openKeys(clock, store);
      await after.settle();
      expect(after.keys.current.sequence).toBe(outcome === 'old' ? 0 : 1);
      expect(after.keys.takeMacCounter()! >= 2000).toBe(true);
    }
  });

  it('cost no more than one durable write a thousand frames', async () => {
    const store = new MemoryStore();
    const { keys, settle } = await openKeys(new VirtualClock(), store);
    await settle();
    const before = store.writes;
    for (let frame = 0; frame < 20_000; frame++) {
      expect((frame % 4 === 0 ? keys.takeMleCounter() : keys.takeMacCounter()) !== undefined).toBe(true);
      if (frame % 100 === 0) await settle();
    }
    expect(store.writes - before <= 20).toBe(true);
    expect(store.writes - before >= 10).toBe(true);
  });

  it('wait while the store fails, and go on when it works again', async () => {
    const clock = new VirtualClock();
    const store = new MemoryStore();
    const { keys, events, settle } = await openKeys(clock, store);
    await settle();
    store.cutPower();
    let given = 0;
    while (keys.takeMacCounter() !== undefined) {
      given++;
      if (given % 100 === 0) await settle();
    }
    expect(given).toBe(2000);
    expect(events.filter(({ kind }) => kind === 'failed').length > 0).toBe(true);
    store.powerOn();
    clock.advance(1000);
    await settle();
    expect(keys.takeMacCounter()).toBe(2000);
  });

  it('restart at 0 with a new key sequence, and never with an old one', async () => {
    const { keys, settle } = await openKeys(new VirtualClock(), new MemoryStore());
    await settle();
    for (let i = 0; i < 10; i++) keys.takeMacCounter();
    keys.moveTo(1, 0);
    await settle();
    expect(keys.takeMacCounter()).toBe(0);
  });

  it('of a network key go on where it was left when the network returns to it', async () => {
    const store = new MemoryStore();
    const clock = new VirtualClock();
    const other = fromHex('f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff');
    const first = await openKeys(clock, store);
    await first.settle();
    first.keys.takeMacCounter();
    const second = await openKeys(clock, store, { key: other });
    await second.settle();
    expect(second.keys.takeMacCounter()).toBe(0);
    const third = await openKeys(clock, store);
    await third.settle();
    expect(third.keys.takeMacCounter()! >= 2000).toBe(true);
    for (const name of await store.names()) expect(name).toMatch(/^thread\.counters\.[0-9a-f]{16}$/);
  });

  it('move the sequence on when they are nearly spent, and end below 2^32 - 1', () => {
    const book = new CounterBook({ keySequence: 0, macLimit: 0xffff_0000, mleLimit: 0 });
    expect(book.isNearlySpent).toBe(true);
    book.stored(book.reservation());
    const near = new CounterBook({ keySequence: 0, macLimit: 0xffff_fffd, mleLimit: 0 });
    near.stored(near.reservation());
    expect([near.mac.take(), near.mac.take(), near.mac.take()]).toEqual([0xffff_fffd, 0xffff_fffe, undefined]);
  });

  it('that cannot be read stop the node: a guess might use one twice', async () => {
    const clock = new VirtualClock();
    const store = new MemoryStore();
    const { settle } = await openKeys(clock, store);
    await settle();
    const [name] = await store.names();
    await store.put(name!, fromHex('0200'));
    await expect(openKeys(clock, store)).rejects.toThrow(SelvageError);
  });
});

describe('frame counters that are nearly spent', () => {
  it('switch to the next key sequence by themselves', async () => {
    const store = new MemoryStore();
    const clock = new VirtualClock();
    await (await openKeys(clock, store)).settle();
    const [name] = await store.names();
    await store.put(name!, fromHex('01 00000000 ffff0000 00000000'));
    const { keys, events, settle } = await openKeys(clock, store);
    await settle();
    await settle();
    expect(events).toContainEqual({ kind: 'switched', sequence: 1, cause: 'counters' });
    expect(keys.takeMacCounter()).toBe(0);
  });
});
