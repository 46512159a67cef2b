/** A number that only rises, such as the security counter of the boot ROM or the age of a sealed store. */
export interface MonotonicCounter {
  /** The highest value that was made durable. */
  read(): Promise<number>;
  /**
   * Raises the counter; resolved means durable. The value that it has already is no change. A call that was rejected may
   * have raised the counter or not.
   * @throws SelvageError `value-out-of-range` for a value below the present one, or none below 2^48; `store-failed`
   */
  advance(to: number): Promise<void>;
}

/** The highest value of a counter: what a field of 48 bits holds. */
export const highestCount = 2 ** 48 - 1;
