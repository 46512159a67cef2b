import { describe, expect, it } from 'vitest';
import { nativeCore, type PublicKey } from '@selvage/crypto';
import { type Board, type ImageSigner, readTrailer, trailerLayout, versionText } from '@selvage/hardware';
import { type VirtualBoard, VirtualBoard as NewBoard } from '@selvage/hardware/virtual';
import { fill, makeImage, payloadOf, rom, smallSlot, started } from './support.js';

const layout = trailerLayout(smallSlot.size);
const trailerLength = smallSlot.size - layout.start;

/** Where both slots have an image, of which one may not start. */
interface Situation {
  readonly name: string;
  readonly board: () => Promise<VirtualBoard>;
  /** Whose trailer is damaged. */
  readonly slot: 0 | 1;
  /** What starts of an undamaged board. */
  readonly usual: string;
  /** What starts of a damaged one at first and then, and how often of all flips. */
  readonly outcomes: Readonly<Record<string, number>>;
}

const situations: readonly Situation[] = [
  {
    name: 'of a confirmed image beside a confirmed older one',
    board: () => boardWith([confirmed('1.0.0', 1), confirmed('2.0.0', 1)]),
    slot: 1,
    usual: '2.0.0',
    outcomes: { '2.0.0, then 2.0.0': 7905, '1.0.0, then 1.0.0': 4334, '2.0.0 on trial, then 1.0.0': 1 },
  },
  {
    name: 'of the only image that the security counter lets start',
    board: () => boardWith([confirmed('1.0.0', 1), confirmed('2.0.0', 2)]),
    slot: 1,
    usual: '2.0.0',
    outcomes: { '2.0.0, then 2.0.0': 12239, '2.0.0 on trial, then 2.0.0 on trial': 1 },
  },
  {
    name: 'of an image that is to be tried',
    board: () => boardWith([confirmed('1.0.0', 1), staged('2.0.0')]),
    slot: 1,
    usual: '2.0.0 on trial',
    outcomes: { '2.0.0 on trial, then 1.0.0': 5865, '1.0.0, then 1.0.0': 6374, '2.0.0, then 2.0.0': 1 },
  },
  {
    name: 'of an image that was tried and is dropped',
    board: () => boardWith([confirmed('1.0.0', 1), { ...staged('2.0.0'), tried: true }]),
    slot: 1,
    usual: '1.0.0',
    outcomes: { '1.0.0, then 1.0.0': 12238, '2.0.0 on trial, then 1.0.0': 1, '2.0.0, then 2.0.0': 1 },
  },
  {
    name: 'of the image that is the fallback of one on trial',
    board: () => boardWith([confirmed('1.0.0', 1), staged('2.0.0')]),
    slot: 0,
    usual: '2.0.0 on trial',
    outcomes: { '2.0.0 on trial, then 1.0.0': 12239, '2.0.0 on trial, then 1.0.0 on trial': 1 },
  },
  {
    name: 'of the only image there is',
    board: () => boardWith([confirmed('1.0.0', 1), undefined]),
    slot: 0,
    usual: '1.0.0',
    outcomes: { '1.0.0, then 1.0.0': 12239, '1.0.0 on trial, then 1.0.0 on trial': 1 },
  },
];

describe('every byte of the trailer, changed to all of its 255 other values', () => {
  for (const { name, board: make, slot, usual, outcomes: outcomesExpected } of situations) {
    it(`${name}: a verified image starts, at this start and the next`, async () => {
      const virtual = await make();
      const before = snapshot(virtual);
      let board = await virtual.powerOn();
      expect(await startOf(board)).toBe(usual);
      let flips = 0;
      const outcomes = new Map<string, number>();
      for (let place = layout.start; place < smallSlot.size; place++) {
        const original = before.slots[slot].at(place) as number;
        for (let change = 1; change < 256; change++, flips++) {
          if (restore(virtual, before)) board = await virtual.powerOn();
          virtual.slots[slot].bytes[place] = original ^ change;
          const outcome = await startOf(board);
          const again = await startOf(board);
          const both = `${outcome}, then ${again}`;
          outcomes.set(both, (outcomes.get(both) ?? 0) + 1);
        }
      }
      expect(flips).toBe(48 * 255);
      expect(flips).toBe(trailerLength * 255);
      expect(Object.fromEntries(outcomes)).toEqual(outcomesExpected);
    });
  }
});

/** What one slot is filled with. */
interface Filling {
  readonly version: string;
  readonly counter: number;
  readonly request: 'confirm' | 'test';
  readonly tried?: boolean;
}

function confirmed(version: string, counter: number): Filling {
  return { version, counter, request: 'confirm' };
}

function staged(version: string): Filling {
  return { version, counter: 2, request: 'test' };
}

/** P-256, which OpenSSL verifies in half of Ed25519's time: there are many starts here. */
const seed = new Uint8Array(32).fill(7);
const publicKey: PublicKey = { kind: 'p256', publicKey: nativeCore.p256.publicKey(seed) };
const signer: ImageSigner = { publicKey, sign: async (message) => nativeCore.p256.sign(seed, 'sha256', message) };

async function boardWith(fillings: readonly [Filling, Filling | undefined]): Promise<VirtualBoard> {
  const virtual = new NewBoard({ geometry: smallSlot });
  const board = await virtual.powerOn();
  await board.otp.provision({ rootKeys: [publicKey] });
  for (const [i, filling] of fillings.entries()) {
    if (filling === undefined) continue;
    const { version, counter, request, tried } = filling;
    const flash = virtual.slots[i as 0 | 1];
    await fill(flash, await makeImage({ version, securityCounter: counter, payloadLength: 400, signer }), request);
    if (tried) flash.bytes[layout.copyDone] = 1;
    if (request === 'confirm')
      await board.securityCounter.advance(Math.max(counter, await board.securityCounter.read()));
  }
  return virtual;
}

/** What starts, verified: its payload is the one of its version. */
async function startOf(board: Board): Promise<string> {
  const { image, trial } = started(await rom.boot(board));
  const version = versionText(image.version);
  const expected = payloadOf(version, 400);
  if (Buffer.compare(image.payload, expected) !== 0) return `another payload than that of ${version}`;
  return trial ? `${version} on trial` : version;
}

interface Snapshot {
  readonly slots: readonly [Uint8Array, Uint8Array];
  readonly counter: Uint8Array;
}

function snapshot({ slots, counters }: VirtualBoard): Snapshot {
  return {
    slots: [slots[0].bytes.slice(), slots[1].bytes.slice()],
    counter: counters.get('security')?.bytes.slice() as Uint8Array,
  };
}

/** Puts everything back as it was; whether the counter was raised, which the board has in its head. */
function restore(virtual: VirtualBoard, { slots, counter }: Snapshot): boolean {
  for (const at of [0, 1] as const) virtual.slots[at].bytes.set(slots[at]);
  const memory = virtual.counters.get('security')?.bytes as Uint8Array;
  if (Buffer.compare(memory, counter) === 0) return false;
  memory.set(counter);
  return true;
}

describe('a trailer', () => {
  it('has 48 bytes of these slots', () => {
    expect([trailerLength, readTrailer(new Uint8Array(smallSlot.size).fill(0xff), layout)]).toEqual([
      48,
      { magic: 'unset', imageOk: 'unset', copyDone: 'unset' },
    ]);
  });
});
