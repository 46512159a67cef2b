import type { Clock } from '@selvage/core';
import type { CryptoCore } from '@selvage/crypto';
import type { Radio } from '@selvage/thread';
import { countedCore } from './counted-core.js';
import { sumOf } from './amounts.js';
import { noOperations, type Operations } from './operations.js';
import { MeteredRadio } from './radio-meter.js';
import { type RadioUse, unusedRadio } from './radio-use.js';

/** What a node did for a while. */
export interface EnergyUse {
  /** Milliseconds. */
  readonly duration: number;
  readonly radio: RadioUse;
  /** Computed while the receiver was on. */
  readonly receiving: Operations;
  /** Computed while it was off. */
  readonly asleep: Operations;
}

/** Counts what one node sends, hears and computes, over all of its radios and restarts. */
export class EnergyMeter {
  /** The engine that the node computes with. */
  readonly core: CryptoCore;
  readonly #clock: Clock;
  readonly #begun: number;
  readonly #operations = { receiving: { ...noOperations }, asleep: { ...noOperations } };
  /** Of radios before the one that it has now. */
  #before: RadioUse = unusedRadio;
  #radio: MeteredRadio | undefined;

  constructor(clock: Clock, core: CryptoCore) {
    this.#clock = clock;
    this.#begun = clock.now();
    this.core = countedCore(core, (name, times) => {
      const counted: Record<keyof Operations, number> =
        this.#operations[this.#radio?.isReceiving === true ? 'receiving' : 'asleep'];
      counted[name] += times;
    });
  }

  /** The node's radio from now on. */
  metered(radio: Radio): Radio {
    this.#before = this.#radioUse();
    return (this.#radio = new MeteredRadio(radio, this.#clock));
  }

  /** All until now. */
  get use(): EnergyUse {
    const { receiving, asleep } = this.#operations;
    return {
      duration: this.#clock.now() - this.#begun,
      radio: this.#radioUse(),
      receiving: { ...receiving },
      asleep: { ...asleep },
    };
  }

  #radioUse(): RadioUse {
    return sumOf(this.#before, this.#radio?.use ?? unusedRadio);
  }
}

/** What was done between two looks at a meter. */
export function useSince(before: EnergyUse, after: EnergyUse): EnergyUse {
  return {
    duration: after.duration - before.duration,
    radio: sumOf(after.radio, before.radio, -1),
    receiving: sumOf(after.receiving, before.receiving, -1),
    asleep: sumOf(after.asleep, before.asleep, -1),
  };
}
