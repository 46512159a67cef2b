import { describe, expect, it } from 'vitest';
import { decode, encode, Secret, toHex } from '@selvage/core';
import { codecSuite, outcomeOfPromise } from '@selvage/core/testing';
import { SeededEntropy } from '@selvage/core/virtual';
import { nativeCore, type PublicKey } from '@selvage/crypto';
import { keyHashOf, type LifeCycle, lifeCycles } from '@selvage/hardware';
import { type CutMoment, VirtualBoard, VirtualPower } from '@selvage/hardware/virtual';
import { cellFormat, cellSize, hashCheck, keyedCheck } from '../../src/board/cell-format.js';
import { fuse, fusesFormat } from '../../src/board/otp-format.js';
import { TwoCells } from '../../src/board/two-cells.js';
import { boot, fill, makeImage, outcomeOfBoot, provisionedBoard, refusals, testSigner } from '../boot/support.js';

const keys = [1, 2, 3, 4, 5, 6, 7, 8, 9].map((number) => testSigner(number).publicKey);
const key = (index: number): PublicKey => keys[index] as PublicKey;

codecSuite(
  { describe, it, expect },
  {
    name: 'fuse',
    codec: fuse,
    vectors: [
      { name: 'an intact fuse', bytes: '0000000000000000', value: false },
      { name: 'a burnt fuse', bytes: 'a5c35a3ca5c35a3c', value: true },
    ],
  },
);

codecSuite(
  { describe, it, expect },
  {
    name: 'fuses',
    codec: fusesFormat,
    generate: (random) => ({
      format: 1 as const,
      provisioned: random.chance(0.5),
      secured: random.chance(0.5),
      returned: random.chance(0.5),
      debugLocked: random.chance(0.5),
      rootKeys: Array.from({ length: random.below(4) }, () => ({
        publicKey: random.bytes(44 + random.below(48)),
        hash: random.bytes(32),
        revoked: random.chance(0.5),
      })),
      imageKey: random.bytes(random.below(2) * 32),
    }),
    rounds: 60,
  },
);

describe('fuses', () => {
  it('take root keys once, all of them, and name each by the hash that images name it by', async () => {
    const virtual = new VirtualBoard();
    const { otp } = await virtual.powerOn();
    expect([otp.lifeCycle, otp.rootKeys, otp.debugLocked]).toEqual(['virgin', [], false]);
    for (const wrong of [[], keys, [key(0), key(0)]]) {
      expect(await outcomeOfPromise(otp.provision({ rootKeys: wrong }))).toBe('invalid-argument');
    }
    await otp.provision({ rootKeys: keys.slice(0, 8) });
    expect(await outcomeOfPromise(otp.provision({ rootKeys: [key(8)] }))).toBe('life-cycle-refused');
    const { otp: again } = await virtual.powerOn();
    expect(again.lifeCycle).toBe('provisioned');
    expect(again.rootKeys).toEqual(
      keys.slice(0, 8).map((publicKey, index) => ({
        index,
        publicKey,
        hash: keyHashOf(nativeCore, publicKey),
        revoked: false,
      })),
    );
  });

  it('take an image key with them, which is a scalar of P-256', async () => {
    const virtual = new VirtualBoard();
    const { otp } = await virtual.powerOn();
    const rootKeys = [key(0)];
    const none = Secret.of(new Uint8Array(32));
    expect(await outcomeOfPromise(otp.provision({ rootKeys, imageKey: none }))).toBe('invalid-scalar');
    expect([otp.lifeCycle, otp.imageKey]).toEqual(['virgin', undefined]);
    await otp.provision({ rootKeys, imageKey: Secret.of(new Uint8Array(32).fill(3)) });
    expect((await virtual.powerOn()).otp.imageKey?.reveal()).toEqual(new Uint8Array(32).fill(3));
  });

  it('revoke root keys for good, but never the last one', async () => {
    const virtual = await provisionedBoard();
    const { otp } = await virtual.powerOn();
    await otp.revoke(1);
    await otp.revoke(1);
    expect(await outcomeOfPromise(otp.revoke(0))).toBe('life-cycle-refused');
    expect(await outcomeOfPromise(otp.revoke(2))).toBe('invalid-argument');
    const { otp: again } = await virtual.powerOn();
    expect(again.rootKeys.map(({ revoked }) => revoked)).toEqual([false, true]);
  });

  it('lead from one life cycle to a later one, never back; a secured board is locked', async () => {
    const outcomes: string[] = [];
    for (const from of lifeCycles) {
      for (const to of lifeCycles) {
        const virtual = from === 'virgin' ? new VirtualBoard() : await provisionedBoard();
        const { otp } = await virtual.powerOn();
        if (from !== 'virgin') await otp.advance(from);
        const outcome = await outcomeOfPromise(otp.advance(to));
        const { otp: again } = await virtual.powerOn();
        const reached: LifeCycle = outcome === 'returned' ? to : from;
        expect([from, to, again.lifeCycle, again.debugLocked]).toEqual([
          from,
          to,
          reached,
          reached === 'secured' || reached === 'returned',
        ]);
        outcomes.push(`${from} to ${to}: ${outcome}`);
      }
    }
    expect(outcomes.filter((outcome) => outcome.endsWith(': returned'))).toEqual([
      'virgin to virgin: returned',
      'provisioned to provisioned: returned',
      'provisioned to secured: returned',
      'provisioned to returned: returned',
      'secured to secured: returned',
      'secured to returned: returned',
      'returned to returned: returned',
    ]);
  });

  it('lock debugging for good', async () => {
    const virtual = await provisionedBoard();
    await (await virtual.powerOn()).otp.lockDebug();
    expect((await virtual.powerOn()).otp.debugLocked).toBe(true);
  });

  it('are old or new after a power cut at every operation of provisioning, revoking and advancing', async () => {
    const moments = ['before', 'torn', 'after'] as const satisfies CutMoment[];
    const whole = new VirtualBoard();
    await wholeLife(whole);
    const { operations } = whole.power;
    // Two writes of the fuses, and of their count, for each of the three.
    expect(operations).toBe(12);
    let cuts = 0;
    for (const seed of ['a', 'b', 'c', 'd']) {
      for (let operation = 0; operation < operations; operation++) {
        for (const moment of moments) {
          const virtual = new VirtualBoard({ power: new VirtualPower(`${seed}/${operation}/${moment}`) });
          virtual.power.cutAt({ operation, moment });
          expect(await outcomeOfPromise(wholeLife(virtual))).toBe('store-failed');
          const { otp } = await virtual.powerOn();
          expect(otp.damage).toBe(undefined);
          const step = Math.floor(operation / 4) + (operation % 4 === 0 && moment !== 'after' ? 0 : 1);
          const revoked = otp.rootKeys.filter((rootKey) => rootKey.revoked).length;
          // A torn write may have come to its end before the power did.
          const found = [otp.lifeCycle, otp.rootKeys.length, revoked];
          expect([steps[step], ...(moment === 'torn' ? [steps[step + 1]] : [])]).toContainEqual(found);
          await wholeLife(virtual, otp.lifeCycle);
          expect((await virtual.powerOn()).otp.lifeCycle).toBe('secured');
          cuts++;
        }
      }
    }
    expect(cuts).toBe(144);
  });
});

const steps = [
  ['virgin', 0, 0],
  ['provisioned', 2, 0],
  ['provisioned', 2, 1],
  ['secured', 2, 1],
] as const;

async function wholeLife(virtual: VirtualBoard, from: LifeCycle = 'virgin'): Promise<void> {
  const { otp } = await virtual.powerOn();
  if (from === 'virgin') await otp.provision({ rootKeys: [key(0), key(1)] });
  await otp.revoke(0);
  await otp.advance('secured');
}

describe('fuses that somebody edited are refused, with the reason in the boot log', () => {
  it('every bit of one cell flipped: the other has the same fuses, and the cell is mended; of both: refused', async () => {
    const virtual = await securedBoard();
    const original = virtual.otp.bytes.slice();
    const length = encodedLength(original);
    let flips = 0;
    for (let at = 0; at < length; at++) {
      for (let bit = 0; bit < 8; bit++, flips++) {
        const flip = (place: number): void => {
          virtual.otp.bytes[place + at] = (original[place + at] as number) ^ (1 << bit);
        };
        virtual.otp.bytes.set(original);
        flip((flips % 2) * cellSize);
        const mended = await virtual.powerOn();
        expect([mended.otp.lifeCycle, mended.otp.rootKeys.map(({ revoked }) => revoked)]).toEqual([
          'secured',
          [false, true],
        ]);
        virtual.otp.bytes.set(original);
        flip(0);
        flip(cellSize);
        const { board, decision } = await boot(virtual);
        expect([at, bit, decision.kind, board.otp.damage?.code, refusals(decision)]).toEqual([
          at,
          bit,
          'off',
          'boot-refused',
          ['board: fuses'],
        ]);
      }
    }
    expect(flips).toBe(8 * length);
    virtual.otp.bytes.set(original);
    expect(outcomeOfBoot((await boot(virtual)).decision)).toBe('1.0.0 of slot 0');
  });

  it('an older copy of the whole memory is put back: told from the count of burnt fuses', async () => {
    const virtual = await provisionedBoard();
    await fill(virtual.slots[0], await makeImage({ version: '1.0.0' }));
    const before = virtual.otp.bytes.slice();
    await (await virtual.powerOn()).otp.revoke(1);
    virtual.otp.bytes.set(before);
    const { board, decision } = await boot(virtual);
    expect(decision.log).toEqual([
      {
        outcome: 'refused',
        check: 'fuse-count',
        message:
          'the one-time programmable memory is not believed: 3 fuses are burnt where 4 were: the life cycle or a revocation was set back',
        details: { code: 'boot-refused', expected: 4, found: 3 },
      },
    ]);
    for (const work of [board.otp.revoke(0), board.otp.advance('secured'), board.otp.lockDebug()]) {
      expect(await outcomeOfPromise(work)).toBe('boot-refused');
    }
  });

  it('a record that lowers the life cycle, un-revokes a key or trusts another one, made without the unique key', async () => {
    const virtual = await securedBoard();
    const original = virtual.otp.bytes.slice();
    const cell = decode(cellFormat, original.subarray(cellSize, cellSize + encodedLength(original.subarray(cellSize))));
    const fuses = decode(fusesFormat, cell.record);
    const stranger = testSigner(9).publicKey;
    const publicKey = encodeKey(stranger);
    const edits = [
      { ...fuses, secured: false, debugLocked: false },
      { ...fuses, rootKeys: fuses.rootKeys.map((rootKey) => ({ ...rootKey, revoked: false })) },
      { ...fuses, rootKeys: [{ publicKey, hash: keyHashOf(nativeCore, stranger), revoked: false }] },
      fuses,
    ];
    const checks = [hashCheck(nativeCore), keyedCheck(nativeCore, new Uint8Array(32))];
    let forgeries = 0;
    for (const edited of edits) {
      for (const check of checks) {
        const forged = TwoCells.image(encode(fusesFormat, edited), check);
        for (const places of [[0, cellSize], [0], [cellSize]]) {
          virtual.otp.bytes.set(original);
          for (const place of places) virtual.otp.bytes.set(forged.subarray(0, cellSize), place);
          const { decision } = await boot(virtual);
          // Of one cell it is no more than damage: the other has the fuses.
          const expected = places.length === 2 ? ['off', ['board: fuses']] : ['start', []];
          expect([decision.kind, refusals(decision)]).toEqual(expected);
          const { otp } = await virtual.powerOn();
          if (places.length === 1) {
            expect([otp.lifeCycle, otp.rootKeys.map(({ revoked }) => revoked)]).toEqual(['secured', [false, true]]);
          }
          forgeries++;
        }
      }
    }
    expect(forgeries).toBe(24);
  });

  it('an older copy, with one cell of the count damaged as well: the other cell has the same count', async () => {
    const virtual = await provisionedBoard();
    const before = virtual.otp.bytes.slice();
    await (await virtual.powerOn()).otp.advance('secured');
    const count = virtual.counters.get('fuses')?.bytes as Uint8Array;
    for (const place of [0, cellSize]) {
      virtual.otp.bytes.set(before);
      count.fill(0, place, place + cellSize);
      expect(refusals((await boot(virtual)).decision)).toEqual(['board: fuse-count']);
    }
  });

  it("another chip's fuses, and fuses that were erased", async () => {
    const virtual = await securedBoard();
    const other = await provisionedBoard({ entropy: new SeededEntropy('another chip') });
    virtual.otp.bytes.set(other.otp.bytes);
    expect(refusals((await boot(virtual)).decision)).toEqual(['board: fuses']);
    virtual.otp.bytes.fill(0);
    expect(refusals((await boot(virtual)).decision)).toEqual(['board: fuses']);
  });
});

/** With an image that starts, the second root key revoked. */
async function securedBoard(): Promise<VirtualBoard> {
  const virtual = await provisionedBoard();
  await fill(virtual.slots[0], await makeImage({ version: '1.0.0' }));
  const { otp } = await virtual.powerOn();
  await otp.revoke(1);
  await otp.advance('secured');
  return virtual;
}

function encodedLength(page: Uint8Array): number {
  // Magic, sequence, length of the record, record, check.
  return 4 + 6 + 2 + ((page[10] as number) << 8) + (page[11] as number) + 16;
}

function encodeKey({ publicKey }: PublicKey): Uint8Array {
  return Uint8Array.from(Buffer.from(`302a300506032b6570032100${toHex(publicKey)}`, 'hex'));
}
