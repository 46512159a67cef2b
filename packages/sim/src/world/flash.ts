import { checkStoreName, type Clock, type Instant, SelvageError, type Store, type Timer } from '@selvage/core';
import type { SeededRandom } from '@selvage/core/virtual';
import type { WorkWatch } from './work-watch.js';

/** What a {@link Flash} is made of. */
export interface FlashParts {
  readonly clock: Clock;
  readonly watch: WorkWatch;
  /** Decides what a write leaves that a power cut interrupts. */
  readonly random: SeededRandom;
  /** How long a write takes until it is durable, milliseconds. */
  readonly writeTime: number;
}

/** A write under way. */
interface Write {
  readonly name: string;
  /** Undefined deletes. */
  readonly value: Uint8Array | undefined;
  readonly done: (error?: SelvageError) => void;
}

/**
 * A node's durable memory in virtual time: writes take time, one after the other, and what the power leaves in the middle
 * is the old value or the new one, as the seed has it. It outlasts the node's restarts; each start has a store of its own.
 */
export class Flash {
  readonly #parts: FlashParts;
  readonly #values = new Map<string, Uint8Array>();
  readonly #writes: Write[] = [];
  #timer: Timer | undefined;
  #endsAt: Instant = -Infinity;
  /** The store of this start works, and no older one. */
  #start = 0;

  constructor(parts: FlashParts) {
    this.#parts = parts;
  }

  /** The store of a node that starts now. */
  open(): Store {
    const start = ++this.#start;
    const { watch } = this.#parts;
    const checked = (name?: string): void => {
      if (name !== undefined) checkStoreName(name);
      watch.touch();
      if (start !== this.#start) throw noPower();
    };
    return {
      get: async (name) => {
        checked(name);
        // A write that is under way is there for whoever reads after it.
        const write = this.#writes.findLast((one) => one.name === name);
        const value = write === undefined ? this.#values.get(name) : write.value;
        return value && Uint8Array.from(value);
      },
      put: async (name, value) => {
        checked(name);
        const copy = Uint8Array.from(value);
        await this.#write(name, copy);
      },
      delete: async (name) => {
        checked(name);
        await this.#write(name, undefined);
      },
      names: async () => {
        checked();
        const after = new Map<string, Uint8Array | undefined>(this.#values);
        for (const { name, value } of this.#writes) after.set(name, value);
        return [...after].flatMap(([name, value]) => (value === undefined ? [] : [name])).sort();
      },
    };
  }

  /** The node stops, and the power stays: what was begun is finished. */
  close(): void {
    this.#start++;
    this.#timer?.cancel();
    for (const write of this.#writes.splice(0)) {
      this.#apply(write);
      write.done();
    }
  }

  /** What was not durable is lost; the write that was under way leaves the old value or the new one. */
  cutPower(): void {
    this.#start++;
    this.#timer?.cancel();
    const [current, ...waiting] = this.#writes.splice(0);
    if (current !== undefined && this.#parts.random.chance(0.5)) this.#apply(current);
    for (const { done } of current === undefined ? waiting : [current, ...waiting]) done(noPower());
  }

  #write(name: string, value: Uint8Array | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#writes.push({ name, value, done: (error) => (error === undefined ? resolve() : reject(error)) });
      if (this.#writes.length === 1) this.#begin();
    });
  }

  #apply({ name, value }: Write): void {
    if (value === undefined) this.#values.delete(name);
    else this.#values.set(name, value);
  }

  #begin(): void {
    const { clock, writeTime, watch } = this.#parts;
    this.#endsAt = Math.max(this.#endsAt, clock.now()) + writeTime;
    this.#timer = clock.wakeAt(this.#endsAt, () => {
      const write = this.#writes.shift();
      if (this.#writes.length > 0) this.#begin();
      if (write !== undefined) this.#apply(write);
      write?.done();
      watch.touch();
    });
  }
}

function noPower(): SelvageError {
  return new SelvageError('store-failed', 'the node has no power');
}
