import type { CryptoCore } from '@selvage/crypto';

/** A piece of work that both engines do. */
export interface Work {
  readonly name: string;
  /** What is done once, in a few words. */
  readonly what: string;
  /** Gets everything ready for rounds. */
  prepare(core: CryptoCore): Promise<Rounds>;
}

/** Gets one round ready; what comes back does the work once, and its time alone is measured. */
export type Rounds = () => Promise<() => Promise<void>>;
