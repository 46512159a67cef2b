import { type CborValue, checkStoreName, type Entropy, MonitoredEntropy } from '@selvage/core';
import { type CryptoCore, nativeCore } from '@selvage/crypto';
import { Board } from '../board/board.js';
import { CellCounter } from '../board/cell-counter.js';
import { keyedCheck } from '../board/cell-format.js';
import { type Counters, isMirrored } from '../board/counters.js';
import type { FlashGeometry } from '../board/flash.js';
import type { MonotonicCounter } from '../board/monotonic-counter.js';
import { Otp } from '../board/otp.js';
import { UniqueKey } from '../board/unique-key.js';
import { VirtualFlash } from './flash.js';
import { VirtualMemory } from './memory.js';
import { VirtualPower } from './power.js';

/** What a virtual board is made of; all of it has a default. */
export interface VirtualBoardOptions {
  readonly core?: CryptoCore | undefined;
  readonly geometry?: FlashGeometry | undefined;
  readonly power?: VirtualPower | undefined;
  readonly entropy?: Entropy | undefined;
  readonly facts?: CborValue | undefined;
}

/** 64 KiB, erased by 4 KiB, written by 8 bytes. */
export const virtualSlot: FlashGeometry = { size: 65_536, eraseSize: 4096, writeSize: 8 };

/** A board in memory, with its power off or on. Its memories outlast every power cut. */
export class VirtualBoard {
  readonly power: VirtualPower;
  readonly slots: readonly [VirtualFlash, VirtualFlash];
  /** The fuses. */
  readonly otp: VirtualMemory;
  /** The counters that were ever asked for. */
  readonly counters = new Map<string, VirtualMemory>();
  readonly #core: CryptoCore;
  readonly #entropy: Entropy;
  readonly #uniqueKey: UniqueKey;
  readonly #facts: CborValue | undefined;

  constructor(options: VirtualBoardOptions = {}) {
    const { core = nativeCore, geometry = virtualSlot, power = new VirtualPower(), facts } = options;
    this.power = power;
    this.#core = core;
    this.#facts = facts;
    const { random } = power;
    this.#entropy = options.entropy ?? new MonitoredEntropy((target) => random.fill(target));
    this.#uniqueKey = new UniqueKey(core, UniqueKey.draw(this.#entropy));
    this.slots = [new VirtualFlash(geometry, power), new VirtualFlash(geometry, power)];
    this.otp = new VirtualMemory(Otp.image({ core, uniqueKey: this.#uniqueKey }), power);
  }

  /** Powers the board on: after a power cut, or again, as a restart does. */
  powerOn(): Promise<Board> {
    if (this.power.isOff) this.power.restore();
    const { slots, otp } = this;
    const parts = { core: this.#core, entropy: this.#entropy, uniqueKey: this.#uniqueKey, facts: this.#facts };
    return Board.powerOn({ ...parts, slots, otp, counters: this.#openCounters() });
  }

  /** One that knows the counters that this power-on opened. */
  #openCounters(): Counters {
    const open = new Map<string, Promise<MonotonicCounter>>();
    return {
      counter: async (name) => {
        checkStoreName(name);
        const counter = open.get(name) ?? this.#openCounter(name);
        open.set(name, counter);
        return counter;
      },
    };
  }

  #openCounter(name: string): Promise<MonotonicCounter> {
    const check = keyedCheck(this.#core, this.#uniqueKey.deriveKey(`counter ${name}`, 32).reveal());
    const memory = this.counters.get(name) ?? new VirtualMemory(CellCounter.image(check), this.power);
    this.counters.set(name, memory);
    return CellCounter.open(memory, { check, name, mirrored: isMirrored(name) });
  }
}
