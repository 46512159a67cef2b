/** First in, first out, without moving what waits. */
export class OutputQueue<T> {
  #items: (T | undefined)[] = [];
  #next = 0;

  get isEmpty(): boolean {
    return this.#next === this.#items.length;
  }

  push(item: T): void {
    this.#items.push(item);
  }

  shift(): T | undefined {
    if (this.isEmpty) return undefined;
    const item = this.#items[this.#next];
    this.#items[this.#next++] = undefined;
    if (this.isEmpty) {
      this.#items.length = 0;
      this.#next = 0;
    }
    return item;
  }
}
