const firstCapacity = 2048;

/** A body of which the first blocks are here, in one buffer that grows: many small blocks cost no more than few large. */
export class Assembly {
  #bytes = new Uint8Array(firstCapacity);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  append(part: Uint8Array): void {
    const length = this.#length + part.length;
    if (length > this.#bytes.length) {
      const larger = new Uint8Array(Math.max(length, 2 * this.#bytes.length));
      larger.set(this.#bytes.subarray(0, this.#length));
      this.#bytes = larger;
    }
    this.#bytes.set(part, this.#length);
    this.#length = length;
  }

  /** What has arrived, in an array of its own. */
  body(): Uint8Array {
    return this.#bytes.slice(0, this.#length);
  }
}
