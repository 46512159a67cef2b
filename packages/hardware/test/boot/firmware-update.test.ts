import { describe, expect, it } from 'vitest';
import { SelvageError } from '@selvage/core';
import { outcomeOfPromise } from '@selvage/core/testing';
import { SeededRandom } from '@selvage/core/virtual';
import { type Board, type BootDecision, FirmwareUpdate, type UpdateState, updateStates } from '@selvage/hardware';
import type { VirtualBoard } from '@selvage/hardware/virtual';
import {
  boot,
  fill,
  makeImage,
  outcomeOfBoot,
  payloadOf,
  provisionedBoard,
  refusals,
  secureWorld,
  smallSlot,
  started,
  stranger,
} from './support.js';

type Operation = 'begin' | 'write' | 'finish' | 'install' | 'cancel' | 'clean' | 'reject';

/** After which operations each state is reached, from a board that runs 1.0.0; `restart` is a start of the board. */
const ways: Readonly<Record<UpdateState, readonly (Operation | 'restart' | 'confirm')[]>> = {
  READY: [],
  WRITING: ['begin'],
  CANDIDATE: ['begin', 'write', 'finish'],
  STAGED: ['begin', 'write', 'finish', 'install'],
  FAILED: ['begin', 'cancel'],
  TRIAL: ['begin', 'write', 'finish', 'install', 'restart'],
  REJECTED: ['begin', 'write', 'finish', 'install', 'restart', 'restart'],
  UPDATED: ['begin', 'write', 'finish', 'install', 'restart', 'confirm'],
};

/** The states that an operation is for, and where it leads. */
const table: Readonly<Record<Operation, Partial<Record<UpdateState, UpdateState>>>> = {
  begin: {
    READY: 'WRITING',
    WRITING: 'WRITING',
    CANDIDATE: 'WRITING',
    FAILED: 'WRITING',
    REJECTED: 'WRITING',
    UPDATED: 'WRITING',
  },
  write: { WRITING: 'WRITING' },
  finish: { WRITING: 'WRITING' },
  install: { CANDIDATE: 'STAGED' },
  cancel: { WRITING: 'FAILED', CANDIDATE: 'FAILED' },
  clean: { FAILED: 'READY', REJECTED: 'READY', UPDATED: 'READY' },
  reject: { STAGED: 'REJECTED', TRIAL: 'REJECTED' },
};

/** A board that runs 1.0.0, and the update to 2.0.0 on it. */
class Bench {
  readonly virtual: VirtualBoard;
  readonly image: Uint8Array;
  board!: Board;
  decision!: BootDecision;
  update!: FirmwareUpdate;

  private constructor(virtual: VirtualBoard, image: Uint8Array) {
    this.virtual = virtual;
    this.image = image;
  }

  static async make(image?: Uint8Array): Promise<Bench> {
    const virtual = await provisionedBoard();
    await fill(virtual.slots[0], await makeImage({ version: '1.0.0' }));
    const bench = new Bench(virtual, image ?? (await makeImage({ version: '2.0.0', securityCounter: 2 })));
    await bench.do('restart');
    return bench;
  }

  get slots(): VirtualBoard['slots'] {
    return this.virtual.slots;
  }

  async do(operation: Operation | 'restart' | 'confirm'): Promise<void> {
    const { image, update } = this;
    if (operation === 'begin') return update.begin(image.length);
    if (operation === 'write') return update.write(0, image);
    if (operation !== 'restart') return update[operation]();
    const { board, decision } = await boot(this.virtual);
    this.board = board;
    this.decision = decision;
    this.update = await FirmwareUpdate.afterStart({ board, secureWorld, running: started(decision) });
  }

  async all(operations: readonly (Operation | 'restart' | 'confirm')[]): Promise<this> {
    for (const operation of operations) await this.do(operation);
    return this;
  }
}

const states = Object.keys(updateStates) as UpdateState[];
const operations = Object.keys(table) as Operation[];

describe('FirmwareUpdate (PSA Firmware Update API 1.0)', () => {
  it('has a way to each state', async () => {
    for (const state of states) expect((await (await Bench.make()).all(ways[state])).update.status.state).toBe(state);
  });

  it('allows each operation in its states alone, and changes nothing in others (56 pairs)', async () => {
    let pairs = 0;
    for (const state of states) {
      for (const operation of operations) {
        const bench = await (await Bench.make()).all(ways[state]);
        const before = bench.slots.map(({ bytes }) => bytes.slice());
        const to = table[operation][state];
        const outcome = await outcomeOfPromise(bench.do(operation));
        // Nothing was written of the image that is to be finished.
        const isEarly = operation === 'finish' && state === 'WRITING';
        const expected = to === undefined || isEarly ? 'wrong-state' : 'returned';
        expect([state, operation, outcome, bench.update.status.state]).toEqual([
          state,
          operation,
          expected,
          to ?? state,
        ]);
        if (outcome !== 'returned') expect(bench.slots.map(({ bytes }) => bytes)).toEqual(before);
        pairs++;
      }
    }
    expect(pairs).toBe(56);
  });

  it('takes an image in parts of any length, and writes no header before it is installed', async () => {
    const seed = 'parts';
    const random = new SeededRandom(seed);
    for (let round = 0; round < 12; round++) {
      const bench = await Bench.make(await makeImage({ version: '2.0.0', payloadLength: 1000 + random.below(3000) }));
      const { image, update, slots } = bench;
      await update.begin(image.length);
      while ((update.status.received ?? 0) < image.length) {
        const at = update.status.received ?? 0;
        await update.write(at, image.subarray(at, at + 1 + random.below(round < 4 ? 9 : 700)));
        expect(slots[1].bytes.subarray(0, 32).every((byte) => byte === 0xff)).toBe(true);
      }
      await bench.all(['finish', 'install']);
      expect(Buffer.from(slots[1].bytes.subarray(0, image.length)).equals(image)).toBe(true);
      await bench.do('restart');
      expect([seed, round, outcomeOfBoot(bench.decision)]).toEqual([seed, round, '2.0.0 of slot 1, on trial']);
      expect(started(bench.decision).image.payload).toEqual(
        payloadOf('2.0.0', started(bench.decision).image.payload.length),
      );
    }
  });

  it('refuses bytes that do not come next, and more than were announced, and goes on after that', async () => {
    const bench = await Bench.make();
    const { image, update } = bench;
    await update.begin(image.length);
    await update.write(0, image.subarray(0, 100));
    for (const [offset, length] of [
      [0, 100],
      [99, 1],
      [101, 1],
      [100, image.length - 99],
      [-1, 1],
    ] as const) {
      expect([offset, await outcomeOfPromise(update.write(offset, new Uint8Array(length)))]).toEqual([
        offset,
        'invalid-argument',
      ]);
    }
    expect(update.status).toEqual({ state: 'WRITING', size: image.length, received: 100 });
    await update.write(100, image.subarray(100));
    await bench.all(['finish', 'install', 'restart']);
    expect(bench.update.status).toEqual({ state: 'TRIAL', version: '2.0.0' });
  });

  it('refuses a size that does not fit before the trailer, and one that holds no header', async () => {
    const { update } = await Bench.make();
    expect(await outcomeOfPromise(update.begin(smallSlot.size - 47))).toBe('payload-too-large');
    for (const size of [31, 0, -1, 100.5, Number.NaN]) {
      expect([size, await outcomeOfPromise(update.begin(size))]).toEqual([size, 'invalid-argument']);
    }
    await update.begin(smallSlot.size - 48);
    expect(update.status.state).toBe('WRITING');
  });

  it('fails for every image that the ROM would not start, with the reason, and the running one stays', async () => {
    const good = await makeImage({ version: '2.0.0' });
    const flipped = good.slice();
    flipped[200] = (flipped[200] as number) ^ 1;
    const cases: [Uint8Array, string][] = [
      [flipped, 'image-refused'],
      [await makeImage({ version: '2.0.0', signer: stranger }), 'image-refused'],
      // Erased flash stands where the signature ends.
      [good.subarray(0, good.length - 10), 'image-refused'],
      [new Uint8Array(500), 'image-malformed'],
      [await makeImage({ version: '2.0.0', securityCounter: 0 }), 'rollback-refused'],
      [await makeImage({ version: '1.0.0' }), 'rollback-refused'],
      [await makeImage({ version: '0.9.9' }), 'rollback-refused'],
      [await makeImage({ version: '2.0.0', nonBootable: true }), 'image-refused'],
    ];
    for (const [image, code] of cases) {
      const bench = await Bench.make(image);
      const before = bench.slots[0].bytes.slice();
      await bench.all(['begin', 'write']);
      expect(await outcomeOfPromise(bench.do('finish'))).toBe(code);
      expect(bench.update.status.state).toBe('FAILED');
      expect(bench.update.status.reason).toMatch(/./);
      expect(await outcomeOfPromise(bench.do('install'))).toBe('wrong-state');
      await bench.do('restart');
      expect([outcomeOfBoot(bench.decision), refusals(bench.decision)]).toEqual(['1.0.0 of slot 0', []]);
      expect(bench.slots[0].bytes).toEqual(before);
    }
  });

  it('raises the stored security counter when the image is confirmed, and not before: a revert never bricks', async () => {
    const bench = await (await Bench.make()).all(ways.TRIAL);
    expect(await bench.board.securityCounter.read()).toBe(1);
    await bench.do('confirm');
    expect(await bench.board.securityCounter.read()).toBe(2);
    await bench.do('restart');
    expect([outcomeOfBoot(bench.decision), bench.update.status]).toEqual(['2.0.0 of slot 1', { state: 'READY' }]);
    // The old one is too old from now on.
    bench.slots[1].bytes.fill(0xff);
    const { decision } = await boot(bench.virtual);
    expect([outcomeOfBoot(decision), refusals(decision)[0]]).toEqual(['off', 'slot 0: security-counter']);
  });

  it('reverts an image that does not confirm itself, and one that is rejected, and tries neither again', async () => {
    for (const last of ['none', 'reject'] as const) {
      const bench = await (await Bench.make()).all(ways.TRIAL);
      if (last === 'reject') await bench.do('reject');
      for (let start = 0; start < 3; start++) {
        await bench.do('restart');
        expect(outcomeOfBoot(bench.decision)).toBe('1.0.0 of slot 0');
        expect(bench.update.status).toEqual({
          state: 'REJECTED',
          version: '2.0.0',
          reason: 'it was started and did not confirm itself',
        });
        expect(await bench.board.securityCounter.read()).toBe(1);
      }
    }
  });

  it('confirms nothing after it was rejected', async () => {
    const bench = await (await Bench.make()).all([...ways.TRIAL, 'reject', 'confirm']);
    expect([bench.update.status.state, await bench.board.securityCounter.read()]).toEqual(['REJECTED', 1]);
    await bench.do('restart');
    expect(outcomeOfBoot(bench.decision)).toBe('1.0.0 of slot 0');
  });

  it('takes a staged image back before it is started', async () => {
    const bench = await (await Bench.make()).all([...ways.STAGED, 'reject', 'restart']);
    expect([outcomeOfBoot(bench.decision), bench.update.status]).toEqual(['1.0.0 of slot 0', { state: 'READY' }]);
  });

  it('confirms an image as often as it says so, and makes good a counter that stayed behind', async () => {
    const bench = await (await Bench.make()).all(ways.TRIAL);
    const { securityCounter } = bench.board;
    const advance = securityCounter.advance.bind(securityCounter);
    securityCounter.advance = () =>
      Promise.reject(new SelvageError('store-failed', 'cannot write counter-security: ENOSPC'));
    expect(await outcomeOfPromise(bench.do('confirm'))).toBe('store-failed');
    securityCounter.advance = advance;
    await bench.all(['confirm', 'confirm']);
    expect([bench.update.status.state, await securityCounter.read()]).toEqual(['UPDATED', 2]);
  });

  it('does operations in the order of the calls', async () => {
    const { update, image } = await Bench.make();
    const middle = 1000;
    await Promise.all([
      update.begin(image.length),
      update.write(0, image.subarray(0, middle)),
      update.write(middle, image.subarray(middle)),
      update.finish(),
      update.install(),
    ]);
    expect(update.status).toEqual({ state: 'STAGED', version: '2.0.0' });
  });

  it('starts an image that did not confirm itself rather than nothing, which can then confirm itself or be replaced', async () => {
    for (const next of ['confirm', 'begin'] as const) {
      const bench = await (await Bench.make()).all(ways.TRIAL);
      bench.slots[0].bytes.fill(0x55);
      await bench.do('restart');
      expect([outcomeOfBoot(bench.decision), bench.update.status.state]).toEqual([
        '2.0.0 of slot 1, on trial',
        'TRIAL',
      ]);
      await bench.do(next);
      expect(bench.update.status.state).toBe(next === 'confirm' ? 'UPDATED' : 'WRITING');
    }
  });

  it('fails and can be begun again where the flash takes no more, and loses nothing', async () => {
    for (const failing of ['begin', 'write', 'finish', 'install'] as const) {
      // A length that leaves something for `finish` to write.
      const bench = await Bench.make(await makeImage({ version: '2.0.0', payloadLength: 3001 }));
      const steps = ways.STAGED.slice(0, ways.STAGED.indexOf(failing));
      await bench.all(steps);
      const [, other] = bench.board.slots;
      const full = (): Promise<never> =>
        Promise.reject(new SelvageError('store-failed', 'cannot write slot-1: ENOSPC'));
      Object.assign(other, { write: full, erase: full });
      expect([failing, await outcomeOfPromise(bench.do(failing))]).toEqual([failing, 'store-failed']);
      expect(bench.update.status.state).toBe(failing === 'begin' ? 'READY' : 'FAILED');
      // Those of its class are there again.
      for (const method of ['write', 'erase']) Reflect.deleteProperty(other, method);
      await bench.do('restart');
      expect(outcomeOfBoot(bench.decision)).toBe('1.0.0 of slot 0');
      await bench.all([...ways.STAGED, 'restart', 'confirm', 'restart']);
      expect(outcomeOfBoot(bench.decision)).toBe('2.0.0 of slot 1');
    }
  });
});
