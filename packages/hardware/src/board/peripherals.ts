import type { CborValue } from '@selvage/core';

/** Hears of a peripheral: what it was told to show, or what came in through it. */
export type PeripheralListener = (peripheral: string, value: CborValue) => void;

/**
 * What is wired to a board, by name: displays and lamps show what they are told, buttons and sensors tell what happens.
 * A name is a wire; whoever listens at its other end is the thing that the board is built into.
 */
export class Peripherals {
  readonly #shown = new Map<string, CborValue>();
  readonly #showing = new Set<PeripheralListener>();
  readonly #input = new Set<PeripheralListener>();

  /** Firmware to the world. */
  show(peripheral: string, value: CborValue): void {
    this.#shown.set(peripheral, value);
    for (const listener of this.#showing) listener(peripheral, value);
  }

  /** The world to firmware. */
  input(peripheral: string, value: CborValue): void {
    for (const listener of this.#input) listener(peripheral, value);
  }

  /** What a peripheral shows; undefined where it was told nothing. */
  shown(peripheral: string): CborValue | undefined {
    return this.#shown.get(peripheral);
  }

  /** Tells of all that is shown from now on; the result ends it. */
  onShow(listener: PeripheralListener): () => void {
    return listening(this.#showing, listener);
  }

  /** Tells of all that comes in from now on; the result ends it. */
  onInput(listener: PeripheralListener): () => void {
    return listening(this.#input, listener);
  }
}

function listening(listeners: Set<PeripheralListener>, listener: PeripheralListener): () => void {
  // A wrapper of its own for each call: one function may listen twice.
  const entry: PeripheralListener = (peripheral, value) => listener(peripheral, value);
  listeners.add(entry);
  return () => void listeners.delete(entry);
}
