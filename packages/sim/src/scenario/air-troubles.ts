import type { AirConditions } from '@selvage/thread';
import type { World } from '../world/world.js';
import type { Pair } from './scenario.js';

/** What the air of a scenario is while nothing is done to it. */
export interface UsualAir {
  /** 0 to 1. */
  readonly loss: number;
  /** The pairs that hear each other; undefined where place and range decide. */
  readonly links: readonly Pair[] | undefined;
}

interface Loss {
  readonly loss: number;
}

/** What is done to a pair. */
interface Trouble {
  readonly pair: Pair;
  /** In the order in which they began; those that are over are gone. */
  readonly losses: Loss[];
  isCut: boolean;
}

/**
 * What is done to a scenario's air. Of losses that overlap the one that began last is felt; whichever ends, those that
 * go on go on, and after the last of them the air is as usual.
 */
export class AirTroubles {
  readonly #world: World;
  readonly #usual: UsualAir;
  /** Everywhere. */
  readonly #losses: Loss[] = [];
  /** By pair; in a world whose links are listed, those too that nothing is done to. */
  readonly #pairs = new Map<string, Trouble>();

  constructor(world: World, usual: UsualAir) {
    this.#world = world;
    this.#usual = usual;
    for (const pair of usual.links ?? []) this.#trouble(pair);
    this.#settleAll();
  }

  /** Frames are lost from now on, everywhere or between two. @returns how to end it */
  lose(loss: number, between: Pair | undefined): () => void {
    const begun: Loss = { loss };
    const losses = between === undefined ? this.#losses : this.#trouble(between).losses;
    losses.push(begun);
    const settle = (): void => (between === undefined ? this.#settleAll() : this.#settle(this.#trouble(between)));
    settle();
    return () => {
      const place = losses.indexOf(begun);
      if (place < 0) return;
      losses.splice(place, 1);
      settle();
    };
  }

  /** Two hear each other no longer, or again. */
  cut(between: Pair, isCut: boolean): void {
    const trouble = this.#trouble(between);
    trouble.isCut = isCut;
    this.#settle(trouble);
  }

  #trouble(pair: Pair): Trouble {
    const name = [...pair].sort().join(' ');
    let trouble = this.#pairs.get(name);
    if (trouble === undefined) this.#pairs.set(name, (trouble = { pair, losses: [], isCut: false }));
    return trouble;
  }

  #settleAll(): void {
    if (this.#usual.links === undefined) this.#world.ether.conditions = { loss: this.#everywhere };
    else for (const trouble of this.#pairs.values()) this.#settle(trouble);
  }

  #settle(trouble: Trouble): void {
    this.#world.setLink(...trouble.pair, this.#conditionsOf(trouble));
  }

  #conditionsOf({ losses, isCut }: Trouble): AirConditions | undefined {
    if (isCut) return { reaches: false };
    const own = losses.at(-1);
    if (own !== undefined) return { loss: own.loss };
    return this.#usual.links === undefined ? undefined : { loss: this.#everywhere };
  }

  get #everywhere(): number {
    return this.#losses.at(-1)?.loss ?? this.#usual.loss;
  }
}
