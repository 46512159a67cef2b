import { SelvageError } from '@selvage/core';
import { SeededRandom } from '@selvage/core/virtual';

/** What a power cut leaves of the operation that it hits: nothing, some of it, or all but the answer. */
export type CutMoment = 'before' | 'torn' | 'after';

/** A power cut at the operation of this number, counted from 0. */
export interface PowerCut {
  readonly operation: number;
  readonly moment: CutMoment;
}

/**
 * The power of a virtual board. All its memories count their changes here, so that a test can cut the power at each of
 * them in turn; from the cut on every operation fails, until the power comes back.
 */
export class VirtualPower {
  /** How many changes there were. */
  operations = 0;
  /** What is drawn from where a torn operation may leave one thing or another. */
  readonly random: SeededRandom;
  #cut: PowerCut | undefined;
  #isOff = false;

  constructor(seed = 'power') {
    this.random = new SeededRandom(seed);
  }

  get isOff(): boolean {
    return this.#isOff;
  }

  /** Plans a cut; it replaces one that was planned before. */
  cutAt(cut: PowerCut | undefined): void {
    this.#cut = cut;
  }

  /** Gives power back. No further cut is planned. */
  restore(): void {
    this.#isOff = false;
    this.#cut = undefined;
  }

  /** @throws SelvageError `store-failed` while the power is off */
  require(): void {
    if (this.#isOff) throw powerOff();
  }

  /** Makes a change, or what a power cut leaves of it. @throws SelvageError `store-failed` when the power is off */
  change(whole: () => void, torn: () => void): void {
    this.require();
    const number = this.operations++;
    const cut = this.#cut?.operation === number ? this.#cut.moment : undefined;
    if (cut === undefined || cut === 'after') whole();
    else if (cut === 'torn') torn();
    if (cut === undefined) return;
    this.#isOff = true;
    throw powerOff();
  }
}

function powerOff(): SelvageError {
  return new SelvageError('store-failed', 'the power is off', { details: { system: 'power' } });
}
