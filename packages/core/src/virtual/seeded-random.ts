/** What a seeded generator is made from; a text serves to name a world. */
export type Seed = number | string;

/**
 * A replayable generator (xoshiro128** of Blackman and Vigna, its state filled from the seed by a 32-bit mixer). It is
 * fast and evenly spread, and **anyone who sees its output can predict it**: it serves tests and simulations only.
 */
export class SeededRandom {
  readonly seed: Seed;
  #a: number;
  #b: number;
  #c: number;
  #d: number;

  constructor(seed: Seed) {
    this.seed = seed;
    const next = stateFrom(seed);
    this.#a = next();
    this.#b = next();
    this.#c = next();
    this.#d = next();
  }

  /** 32 bits. */
  u32(): number {
    const result = Math.imul(rotate(Math.imul(this.#b, 5), 7), 9) >>> 0;
    const shifted = this.#b << 9;
    this.#c ^= this.#a;
    this.#d ^= this.#b;
    this.#b ^= this.#c;
    this.#a ^= this.#d;
    this.#c ^= shifted;
    this.#d = rotate(this.#d, 11);
    return result;
  }

  /** A real number, at least 0 and below 1, of 32 random bits. */
  unit(): number {
    return this.u32() / 0x1_0000_0000;
  }

  /** A whole number, at least 0 and below `limit` (at most 2^32). */
  below(limit: number): number {
    return Math.floor(this.unit() * limit);
  }

  /** True with the given probability. Draws in any case, so that a changed probability shifts nothing else. */
  chance(probability: number): boolean {
    return this.unit() < probability;
  }

  fill(target: Uint8Array): void {
    for (let i = 0; i < target.length; i += 4) {
      let word = this.u32();
      for (let j = i; j < Math.min(i + 4, target.length); j++) {
        target[j] = word & 0xff;
        word >>>= 8;
      }
    }
  }

  bytes(length: number): Uint8Array {
    const bytes = new Uint8Array(length);
    this.fill(bytes);
    return bytes;
  }

  /** A generator of its own for one part of a world: what the part draws does not shift the draws of the others. */
  fork(name: string): SeededRandom {
    return new SeededRandom(`${this.seed}/${name}`);
  }
}

function rotate(value: number, bits: number): number {
  return (value << bits) | (value >>> (32 - bits));
}

function stateFrom(seed: Seed): () => number {
  let state = 0x811c9dc5;
  for (const character of String(seed)) state = mix(state ^ (character.codePointAt(0) as number));
  return () => {
    state = (state + 0x9e3779b9) | 0;
    return mix(state);
  };
}

function mix(value: number): number {
  let mixed = value;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return mixed ^ (mixed >>> 16);
}
