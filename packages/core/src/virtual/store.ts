import { SelvageError } from '../errors/error.js';
import type { Store } from '../ports.js';
import { checkStoreName } from '../store/name.js';

/** What a write that the power cut interrupts leaves behind: a store promises one or the other, never a mixture. */
export type CutOutcome = 'old' | 'new';

interface PlannedCut {
  readonly write: number;
  readonly outcome: CutOutcome;
}

/**
 * A store in memory whose power can be cut: at once, or during its n-th write, which then leaves either the old state or
 * the new one. Until `powerOn` every call fails with `store-failed`, as it would in a process that is gone.
 *
 * To test that nothing acknowledged is lost: count the writes of a run, then run again once for each write and outcome.
 */
export class MemoryStore implements Store {
  readonly #values: Map<string, Uint8Array>;
  #powered = true;
  /** Counts power cuts, so that work begun before one fails even when the power is back before it continues. */
  #boots = 0;
  #writes = 0;
  #planned: PlannedCut | undefined;

  constructor(values: Iterable<readonly [name: string, value: Uint8Array]> = []) {
    this.#values = new Map();
    for (const [name, value] of values) {
      checkStoreName(name);
      this.#values.set(name, new Uint8Array(value));
    }
  }

  /** How many `put`s and `delete`s reached the medium. */
  get writes(): number {
    return this.#writes;
  }

  async get(name: string): Promise<Uint8Array | undefined> {
    checkStoreName(name);
    await this.#turn();
    const value = this.#values.get(name);
    return value && new Uint8Array(value);
  }

  async put(name: string, value: Uint8Array): Promise<void> {
    checkStoreName(name);
    const copy = new Uint8Array(value);
    await this.#turn();
    this.#write(() => this.#values.set(name, copy));
  }

  async delete(name: string): Promise<void> {
    checkStoreName(name);
    await this.#turn();
    this.#write(() => this.#values.delete(name));
  }

  async names(): Promise<string[]> {
    await this.#turn();
    return [...this.#values.keys()].sort();
  }

  /** Cuts the power now: writes that have not resolved yet are lost. */
  cutPower(): void {
    this.#powered = false;
    this.#boots++;
  }

  /** Cuts the power during the write after `write` more (0: the next one), with the given outcome. */
  cutPowerDuring(write: number, outcome: CutOutcome): void {
    this.#planned = { write: this.#writes + write, outcome };
  }

  /** Gives power back; what was durable is there. */
  powerOn(): void {
    this.#powered = true;
  }

  #write(change: () => void): void {
    const cut = this.#planned?.write === this.#writes ? this.#planned : undefined;
    this.#writes++;
    if (cut?.outcome !== 'old') change();
    if (cut === undefined) return;
    this.#planned = undefined;
    this.cutPower();
    throw powerIsOff();
  }

  async #turn(): Promise<void> {
    const boot = this.#boots;
    await Promise.resolve();
    if (!this.#powered || this.#boots !== boot) throw powerIsOff();
  }
}

function powerIsOff(): SelvageError {
  return new SelvageError('store-failed', 'the store has no power');
}
