/** Records further behind the newest than this are refused (RFC 6347 §4.1.2.6 recommends 64). */
const windowSize = 64;
const half = 32;

/**
 * The sliding window of RFC 6347 §4.1.2.6 over the sequence numbers of one epoch. It is asked before a record is
 * opened and told only after the record proved authentic, so a forged record never moves it.
 */
export class ReplayWindow {
  #newest = -1;
  // Bit i of low stands for newest − i, bit i of high for newest − 32 − i: two integers, as 64 bits do not fit one.
  #low = 0;
  #high = 0;

  /** The highest sequence number accepted, or −1. */
  get newest(): number {
    return this.#newest;
  }

  /** Whether a record with this number was neither seen nor is too old. */
  isFresh(sequence: number): boolean {
    const behind = this.#newest - sequence;
    if (behind < 0) return true;
    if (behind >= windowSize) return false;
    return behind < half ? ((this.#low >>> behind) & 1) === 0 : ((this.#high >>> (behind - half)) & 1) === 0;
  }

  /** Records that an authentic record with this number arrived. */
  accept(sequence: number): void {
    const ahead = sequence - this.#newest;
    if (ahead > 0) {
      this.#advance(ahead);
      this.#newest = sequence;
    }
    this.#mark(this.#newest - sequence);
  }

  #advance(by: number): void {
    if (by >= windowSize) {
      this.#low = 0;
      this.#high = 0;
    } else if (by >= half) {
      this.#high = by === half ? this.#low : (this.#low << (by - half)) >>> 0;
      this.#low = 0;
    } else {
      this.#high = ((this.#high << by) | (this.#low >>> (half - by))) >>> 0;
      this.#low = (this.#low << by) >>> 0;
    }
  }

  #mark(behind: number): void {
    if (behind < half) this.#low = (this.#low | (1 << behind)) >>> 0;
    else if (behind < windowSize) this.#high = (this.#high | (1 << (behind - half))) >>> 0;
  }
}
