/** An entry of a {@link MinHeap}: what `remove` and `update` take. */
export interface HeapEntry<T> {
  readonly key: number;
  readonly value: T;
}

interface Entry<T> extends HeapEntry<T> {
  key: number;
  /** Breaks ties: of equal keys the one set first comes first, so that a virtual world replays. */
  order: number;
  /** Place in the heap; -1 when not in it. */
  index: number;
}

/**
 * Values by ascending key, such as timers by instant: insert, remove, update and pop in O(log n), peek in O(1).
 * Entries of equal key come in the order in which their keys were set.
 */
export class MinHeap<T> {
  readonly #entries: Entry<T>[] = [];
  #order = 0;

  get size(): number {
    return this.#entries.length;
  }

  insert(key: number, value: T): HeapEntry<T> {
    const entry: Entry<T> = { key, value, order: this.#order++, index: this.#entries.length };
    this.#entries.push(entry);
    this.#up(entry);
    return entry;
  }

  /** The entry of the least key, which stays. */
  peek(): HeapEntry<T> | undefined {
    return this.#entries[0];
  }

  /** Takes out the entry of the least key. */
  pop(): HeapEntry<T> | undefined {
    const first = this.#entries[0];
    if (first !== undefined) this.#take(first);
    return first;
  }

  /** Takes an entry out; false when it was out already. */
  remove(entry: HeapEntry<T>): boolean {
    const own = entry as Entry<T>;
    if (this.#entries[own.index] !== own) return false;
    this.#take(own);
    return true;
  }

  /** Gives an entry a new key; one that was taken out comes back in. */
  update(entry: HeapEntry<T>, key: number): void {
    const own = entry as Entry<T>;
    own.key = key;
    own.order = this.#order++;
    if (this.#entries[own.index] !== own) own.index = this.#entries.push(own) - 1;
    this.#up(own);
    this.#down(own);
  }

  #take(entry: Entry<T>): void {
    const last = this.#entries.pop() as Entry<T>;
    if (last !== entry) {
      this.#place(last, entry.index);
      this.#up(last);
      this.#down(last);
    }
    entry.index = -1;
  }

  #up(entry: Entry<T>): void {
    while (entry.index > 0) {
      const parent = this.#entries[(entry.index - 1) >> 1] as Entry<T>;
      if (isBefore(parent, entry)) return;
      this.#swap(parent, entry);
    }
  }

  #down(entry: Entry<T>): void {
    for (;;) {
      const left = this.#entries[2 * entry.index + 1];
      if (left === undefined) return;
      const right = this.#entries[2 * entry.index + 2];
      const child = right !== undefined && isBefore(right, left) ? right : left;
      if (isBefore(entry, child)) return;
      this.#swap(entry, child);
    }
  }

  #swap(upper: Entry<T>, lower: Entry<T>): void {
    const { index } = lower;
    this.#place(lower, upper.index);
    this.#place(upper, index);
  }

  #place(entry: Entry<T>, index: number): void {
    this.#entries[index] = entry;
    entry.index = index;
  }
}

function isBefore<T>(a: Entry<T>, b: Entry<T>): boolean {
  return a.key < b.key || (a.key === b.key && a.order < b.order);
}
