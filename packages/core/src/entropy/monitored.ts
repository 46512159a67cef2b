import { SelvageError } from '../errors/error.js';
import type { Entropy } from '../ports.js';

/** Fills its argument with random bytes, or throws. At most 65,536 bytes are asked for at once. */
export type RandomSource = (target: Uint8Array<ArrayBuffer>) => void;

/** Bytes in a block of the health test. */
const blockSize = 16;
/** What `getRandomValues` gives at most in one call, less the test block. */
const largestDraw = 65_536 - blockSize;

/**
 * Entropy under a continuous health test. Every draw starts with a test block that is kept for the next draw and never
 * handed out; all blocks of 16 bytes are then checked: none may be all of one byte value (a stuck source), equal its
 * predecessor or the draw's test block (a source that repeats itself), or equal the previous draw's test block (one that
 * was rewound). A sound source fails each comparison once in 2^120 times or less.
 *
 * A failed test, or an exception of the source, is for good: the target is zeroed, and every later call throws.
 */
export class MonitoredEntropy implements Entropy {
  readonly #source: RandomSource;
  #testBlock: Uint8Array | undefined;
  #failure: SelvageError | undefined;

  constructor(source: RandomSource) {
    this.#source = source;
  }

  /** Whether the source has failed. */
  get failed(): boolean {
    return this.#failure !== undefined;
  }

  fill(target: Uint8Array): void {
    if (this.#failure !== undefined) throw this.#failure;
    try {
      for (let at = 0; at < target.length; at += largestDraw) this.#draw(target.subarray(at, at + largestDraw));
    } catch (error) {
      target.fill(0);
      this.#failure = entropyFailed(error);
      throw this.#failure;
    }
  }

  #draw(target: Uint8Array): void {
    const blocks = Math.ceil(target.length / blockSize);
    const drawn = new Uint8Array((1 + blocks) * blockSize);
    this.#source(drawn);
    this.#check(drawn);
    this.#testBlock = drawn.slice(0, blockSize);
    target.set(drawn.subarray(blockSize, blockSize + target.length));
    drawn.fill(0);
  }

  #check(drawn: Uint8Array): void {
    for (let at = 0; at < drawn.length; at += blockSize) {
      if (isConstant(drawn, at)) throw unhealthy('is stuck');
      if (at > 0 && (blocksEqual(drawn, at, drawn, at - blockSize) || blocksEqual(drawn, at, drawn, 0))) {
        throw unhealthy('repeats itself');
      }
      if (this.#testBlock !== undefined && blocksEqual(drawn, at, this.#testBlock, 0)) {
        throw unhealthy('repeats an earlier draw');
      }
    }
  }
}

function isConstant(bytes: Uint8Array, at: number): boolean {
  for (let i = 1; i < blockSize; i++) {
    if (bytes[at + i] !== bytes[at]) return false;
  }
  return true;
}

function blocksEqual(a: Uint8Array, aAt: number, b: Uint8Array, bAt: number): boolean {
  for (let i = 0; i < blockSize; i++) {
    if (a[aAt + i] !== b[bAt + i]) return false;
  }
  return true;
}

function unhealthy(how: string): SelvageError {
  return new SelvageError('entropy-failed', `the source of random bytes ${how}`, { remedy });
}

function entropyFailed(error: unknown): SelvageError {
  if (error instanceof SelvageError && error.code === 'entropy-failed') return error;
  return new SelvageError('entropy-failed', 'the source of random bytes failed', { cause: error, remedy });
}

const remedy = 'Restart on a machine whose random generator works; nothing secret may be made on this one.';
