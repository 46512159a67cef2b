import { describe, expect, it } from 'vitest';
import { codecSuite, outcomeOfPromise } from '@selvage/core/testing';
import { SeededRandom } from '@selvage/core/virtual';
import { nativeCore } from '@selvage/crypto';
import { CellCounter, hashCheck, keyedCheck } from '@selvage/hardware';
import { type CutMoment, VirtualMemory, VirtualPower } from '@selvage/hardware/virtual';
import { cellFormat } from '../../src/board/cell-format.js';
import { countFormat } from '../../src/board/cell-counter.js';
import { counterSuite } from './counter-suite.js';

const check = hashCheck(nativeCore);

codecSuite(
  { describe, it, expect },
  {
    name: 'cell',
    codec: cellFormat,
    generate: (random) => ({
      magic: 0x43454c4c,
      sequence: random.u32(),
      record: random.bytes(random.below(60)),
      check: random.bytes(16),
    }),
    rounds: 60,
  },
);

codecSuite(
  { describe, it, expect },
  {
    name: 'count',
    codec: countFormat,
    values: [{ count: 0 }, { count: 2 ** 48 - 1 }],
    vectors: [{ name: 'a count', bytes: '000000000007', value: { count: 7 } }],
  },
);

counterSuite('CellCounter', async () => {
  const memory = new VirtualMemory(CellCounter.image(check), new VirtualPower());
  return {
    counter: await CellCounter.open(memory, { check, name: 'test' }),
    reopen: () => CellCounter.open(memory, { check, name: 'test' }),
    dispose: () => Promise.resolve(),
  };
});

describe('a counter', () => {
  it('is old or new after a power cut at any write, never lower and never another value', async () => {
    const seed = 'counter';
    let cuts = 0;
    for (const moment of ['before', 'torn', 'after'] as const satisfies CutMoment[]) {
      for (let operation = 0; operation < 40; operation++) {
        const power = new VirtualPower(`${seed}/${moment}/${operation}`);
        const memory = new VirtualMemory(CellCounter.image(check), power);
        power.cutAt({ operation, moment });
        let acknowledged = 0;
        for (let round = 0; round < 40; round++) {
          const counter = await openAgain(memory, power);
          const next = acknowledged + 1 + power.random.below(300);
          const outcome = await outcomeOfPromise(counter.advance(next));
          const found = await (await openAgain(memory, power)).read();
          if (outcome === 'returned') expect(found).toBe(next);
          else {
            cuts++;
            expect([acknowledged, next]).toContain(found);
            if (moment === 'before') expect(found).toBe(acknowledged);
            if (moment === 'after') expect(found).toBe(next);
          }
          acknowledged = found;
        }
      }
    }
    expect(cuts).toBe(120);
  });

  it('goes on after a write that failed, from the value that was durable', async () => {
    const power = new VirtualPower();
    const memory = new VirtualMemory(CellCounter.image(check), power);
    const counter = await CellCounter.open(memory, { check, name: 'test' });
    await counter.advance(3);
    power.cutAt({ operation: 1, moment: 'torn' });
    expect(await outcomeOfPromise(counter.advance(9))).toBe('store-failed');
    expect(await counter.read()).toBe(3);
    power.restore();
    await counter.advance(4);
    expect(await (await CellCounter.open(memory, { check, name: 'test' })).read()).toBe(4);
  });

  it('is refused when both cells are damaged, and reads the other one where any byte of one is (256 flips)', async () => {
    const power = new VirtualPower();
    const memory = new VirtualMemory(CellCounter.image(check), power);
    const counter = await CellCounter.open(memory, { check, name: 'test' });
    await counter.advance(1);
    await counter.advance(2);
    let flips = 0;
    for (let at = 0; at < 32; at++) {
      for (let bit = 0; bit < 8; bit++, flips++) {
        const damaged = memory.bytes.slice();
        damaged[4096 + at] = (damaged[4096 + at] as number) ^ (1 << bit);
        const opened = await CellCounter.open(new VirtualMemory(damaged, power), { check, name: 'test' });
        expect(await opened.read()).toBe(1);
        damaged[at] = (damaged[at] as number) ^ (1 << bit);
        expect(
          await outcomeOfPromise(CellCounter.open(new VirtualMemory(damaged, power), { check, name: 'test' })),
        ).toBe('store-failed');
      }
    }
    expect(flips).toBe(256);
  });

  it('that is mirrored has its value in both cells: damage of one gives no older one, and is mended', async () => {
    const power = new VirtualPower();
    const memory = new VirtualMemory(CellCounter.image(check), power);
    const options = { check, name: 'test', mirrored: true };
    const counter = await CellCounter.open(memory, options);
    for (const value of [1, 2, 7]) await counter.advance(value);
    expect(power.operations).toBe(6);
    for (const place of [0, 4096]) {
      memory.bytes.fill(0, place, place + 4096);
      expect(await (await CellCounter.open(memory, options)).read()).toBe(7);
    }
    // A power cut between the two writes: the mirror is made good.
    power.cutAt({ operation: power.operations + 1, moment: 'before' });
    expect(await outcomeOfPromise((await CellCounter.open(memory, options)).advance(8))).toBe('store-failed');
    power.restore();
    expect(await (await CellCounter.open(memory, options)).read()).toBe(8);
    for (const place of [0, 4096]) {
      const copy = memory.bytes.slice();
      copy.fill(0, place, place + 4096);
      expect(await (await CellCounter.open(new VirtualMemory(copy, power), { check, name: 'test' })).read()).toBe(8);
    }
  });

  it('under a keyed check is made by nobody without the key', async () => {
    const key = new SeededRandom('key').bytes(32);
    const power = new VirtualPower();
    const forged = new VirtualMemory(CellCounter.image(hashCheck(nativeCore), 1), power);
    expect(await outcomeOfPromise(CellCounter.open(forged, { check: keyedCheck(nativeCore, key), name: 'test' }))).toBe(
      'store-failed',
    );
    const made = new VirtualMemory(CellCounter.image(keyedCheck(nativeCore, key), 1), power);
    expect(await (await CellCounter.open(made, { check: keyedCheck(nativeCore, key), name: 'test' })).read()).toBe(1);
  });
});

async function openAgain(memory: VirtualMemory, power: VirtualPower): Promise<CellCounter> {
  if (power.isOff) power.restore();
  return CellCounter.open(memory, { check, name: 'test' });
}
