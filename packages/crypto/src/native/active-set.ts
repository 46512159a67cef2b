/** Who owns a member of the active ones, and forgets it when it must rest. */
export interface ActiveOwner {
  forget(): void;
}

/** What holds cipher objects. */
export interface ActiveMember {
  readonly owner: ActiveOwner;
  /** The neighbours in order of use, which the set keeps. */
  newer: ActiveMember | undefined;
  older: ActiveMember | undefined;
}

/**
 * The active streams in order of use, no more than `capacity` of them: one more lets the least recently used rest. So
 * ten thousand idle sessions cost their keys, and only those that talk cost cipher objects.
 */
export class ActiveSet {
  readonly capacity: number;
  #size = 0;
  #newest: ActiveMember | undefined;
  #oldest: ActiveMember | undefined;

  constructor(capacity: number) {
    this.capacity = capacity;
  }

  get size(): number {
    return this.#size;
  }

  /** Takes a stream in as the most recently used. */
  add(stream: ActiveMember): void {
    const oldest = this.#oldest;
    if (this.#size >= this.capacity && oldest !== undefined) {
      this.remove(oldest);
      oldest.owner.forget();
    }
    this.#size++;
    this.#push(stream);
  }

  /** Says that a stream of the set is in use. */
  touch(stream: ActiveMember): void {
    if (stream !== this.#newest) {
      this.#unlink(stream);
      this.#push(stream);
    }
  }

  remove(stream: ActiveMember): void {
    this.#size--;
    this.#unlink(stream);
  }

  #push(stream: ActiveMember): void {
    stream.older = this.#newest;
    if (this.#newest === undefined) {
      this.#oldest = stream;
    } else {
      this.#newest.newer = stream;
    }
    this.#newest = stream;
  }

  #unlink(stream: ActiveMember): void {
    if (stream.newer === undefined) {
      this.#newest = stream.older;
    } else {
      stream.newer.older = stream.older;
    }
    if (stream.older === undefined) {
      this.#oldest = stream.newer;
    } else {
      stream.older.newer = stream.newer;
    }
    stream.newer = undefined;
    stream.older = undefined;
  }
}

/**
 * The streams that hold cipher objects and key stream, in the whole process: up to 11 KB each. One that is dropped
 * without `destroy()` stays until others push it out.
 */
export const activeStreams = new ActiveSet(128);
