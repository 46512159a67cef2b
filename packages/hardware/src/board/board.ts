import type { CborValue, Entropy } from '@selvage/core';
import type { CryptoCore } from '@selvage/crypto';
import { boardCounters, type Counters } from './counters.js';
import type { Flash } from './flash.js';
import type { Memory } from './memory.js';
import type { MonotonicCounter } from './monotonic-counter.js';
import { Otp } from './otp.js';
import { Peripherals } from './peripherals.js';
import { ResetButton } from './reset-button.js';
import type { UniqueKey } from './unique-key.js';

/** What a board is soldered from. */
export interface BoardParts {
  readonly core: CryptoCore;
  /** The memory of the fuses. */
  readonly otp: Memory;
  readonly slots: readonly [Flash, Flash];
  readonly counters: Counters;
  readonly uniqueKey: UniqueKey;
  /** Under a health test: `MonitoredEntropy`. */
  readonly entropy: Entropy;
  /** What the board says of itself, as its maker configured it. */
  readonly facts?: CborValue | undefined;
}

/**
 * A board with its power on. What is inside the package of the chip (fuses, counters, unique key) only the secure world
 * reaches; the slots are in flash beside it, which anybody with a soldering iron reads and writes.
 */
export class Board {
  readonly core: CryptoCore;
  readonly otp: Otp;
  readonly slots: readonly [Flash, Flash];
  readonly counters: Counters;
  /** The lowest security counter of an image that is started. */
  readonly securityCounter: MonotonicCounter;
  readonly uniqueKey: UniqueKey;
  readonly entropy: Entropy;
  readonly facts: CborValue;
  readonly peripherals = new Peripherals();
  readonly resetButton: ResetButton;

  protected constructor(parts: BoardParts, { otp, security, asked, done }: BoardState) {
    this.core = parts.core;
    this.otp = otp;
    this.slots = parts.slots;
    this.counters = parts.counters;
    this.securityCounter = security;
    this.uniqueKey = parts.uniqueKey;
    this.entropy = parts.entropy;
    this.facts = parts.facts ?? null;
    this.resetButton = new ResetButton(asked, done);
  }

  /** Powers a board on. @throws SelvageError `store-failed` where its memory cannot be read, or a counter is damaged */
  static async powerOn(parts: BoardParts): Promise<Board> {
    return new Board(parts, await readState(parts));
  }
}

/** What a board knows when its power is on. */
export interface BoardState {
  readonly otp: Otp;
  readonly security: MonotonicCounter;
  readonly asked: MonotonicCounter;
  readonly done: MonotonicCounter;
}

/** Reads the memories inside the chip. @throws SelvageError `store-failed` */
export async function readState({ core, otp, counters, uniqueKey }: BoardParts): Promise<BoardState> {
  const { security, fuses, resetsAsked, resetsDone } = boardCounters;
  const names = [fuses, security, resetsAsked, resetsDone] as const;
  const [count, securityCounter, asked, done] = (await Promise.all(names.map((name) => counters.counter(name)))) as [
    MonotonicCounter,
    MonotonicCounter,
    MonotonicCounter,
    MonotonicCounter,
  ];
  return { otp: await Otp.open({ core, memory: otp, count, uniqueKey }), security: securityCounter, asked, done };
}
