import type { Secret } from '@selvage/core';
import type { CryptoCore } from '@selvage/crypto';
import { keyIndex } from '../keys/key-index.js';
import { type SequenceKeys, sequenceDerivation, splitSequenceKeys } from '../keys/sequence-keys.js';

/** Keys that a listener was given. */
export interface ListenerKeys {
  /** 16 bytes each. */
  readonly networkKeys: readonly Secret[];
  /** Key encryption keys of joiner sessions (key id mode 0), 16 bytes each. */
  readonly joinerKeys?: readonly Secret[];
}

/** Key sequences that are kept ready of each network key. */
const mostSequences = 64;
const indexes = 128;

/** The keys of all sequences that the air names, of each network key. */
export class SniffKeys {
  #joinerKeys: readonly Secret[] = [];
  readonly #core: CryptoCore;
  #networks: readonly { readonly networkKey: Secret; readonly derived: Map<number, SequenceKeys> }[] = [];
  readonly #sequences = new Set<number>();

  constructor(core: CryptoCore, keys: ListenerKeys) {
    this.#core = core;
    this.learn(keys);
  }

  get joinerKeys(): readonly Secret[] {
    return this.#joinerKeys;
  }

  /** There are these, too, from now on. */
  learn({ networkKeys, joinerKeys = [] }: ListenerKeys): void {
    this.#joinerKeys = [...this.#joinerKeys, ...joinerKeys];
    this.#networks = [...this.#networks, ...networkKeys.map((networkKey) => ({ networkKey, derived: new Map() }))];
  }

  /** The keys of a sequence, one for each network key. */
  ofSequence(sequence: number): SequenceKeys[] {
    return this.#networks.map(({ networkKey, derived }) => {
      const known = derived.get(sequence);
      if (known !== undefined) return known;
      const derivation = sequenceDerivation(sequence);
      const input = derivation.kind === 'hmac-sha256' ? derivation.input : new Uint8Array();
      const keys = splitSequenceKeys(sequence, this.#core.hmac('sha256', networkKey.reveal(), input));
      if (derived.size >= mostSequences) derived.clear();
      derived.set(sequence, keys);
      return keys;
    });
  }

  /** The keys that an index may mean: sequences that were proved first, then the first that there is. */
  ofIndex(index: number): SequenceKeys[] {
    const proved = [...this.#sequences].reverse().filter((sequence) => keyIndex(sequence) === index);
    const first = (index + indexes - 1) % indexes;
    return [...new Set([...proved, first, first + indexes])].flatMap((sequence) => this.ofSequence(sequence));
  }

  /** Something was opened under a sequence: its index means it from now on. */
  prove(sequence: number): void {
    this.#sequences.delete(sequence);
    this.#sequences.add(sequence);
    const [oldest] = this.#sequences;
    if (this.#sequences.size > mostSequences && oldest !== undefined) this.#sequences.delete(oldest);
  }
}
