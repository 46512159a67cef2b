import { bytesEqual, type Store } from '@selvage/core';
import { decodeState, encodeState } from './state-codec.js';
import type { DurableState } from './durable-state.js';

/** Where the state is in the device's store. */
const name = 'state';

/** Hears of a state that has become durable. */
export type StateListener = (state: DurableState, before: DurableState) => void;

/**
 * Keeps a device's state: what is read is always what is durable, and changes are made one after the other, each
 * durable before the next begins.
 */
export class StateKeeper {
  readonly #store: Store;
  readonly #listener: StateListener;
  #state: DurableState;
  /** The state as the store has it; `undefined` where that is not known. */
  #durable: Uint8Array | undefined;
  #last: Promise<unknown> = Promise.resolve();

  constructor(store: Store, state: DurableState, listener: StateListener) {
    this.#store = store;
    this.#state = state;
    this.#listener = listener;
  }

  /** What the store has; `undefined` in a new device. @throws SelvageError `store-failed` */
  static async load(store: Store): Promise<DurableState | undefined> {
    const value = await store.get(name);
    return value && decodeState(value);
  }

  /** Makes a state durable. @throws SelvageError `store-failed` */
  static async save(store: Store, state: DurableState): Promise<void> {
    await store.put(name, encodeState(state));
  }

  get state(): DurableState {
    return this.#state;
  }

  /**
   * Runs work in its turn, when all changes asked for before are durable; nothing else changes while it runs.
   * @throws what the work throws
   */
  inTurn<T>(work: () => T | Promise<T>): Promise<T> {
    const turn = this.#last.then(work);
    this.#last = turn.catch(() => undefined);
    return turn;
  }

  /**
   * Replaces the state, in a turn; resolves when that is durable. What says the same is not written again: a stranger
   * who repeats itself must not wear the medium out.
   * @throws SelvageError `store-failed`: then the store may have either, and the next change decides
   */
  async replace(next: DurableState): Promise<void> {
    const before = this.#state;
    if (next === before) return;
    const value = encodeState(next);
    if (this.#durable !== undefined && bytesEqual(this.#durable, value)) return;
    this.#durable = undefined;
    await this.#store.put(name, value);
    this.#durable = value;
    this.#state = next;
    this.#listener(next, before);
  }
}
