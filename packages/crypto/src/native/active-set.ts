/** Something that holds memory only while it is used. */
export interface Restable {
  /** Drops what the member holds. The set has forgotten it already. */
  idle(): void;
}

/** A place in the set: a member and its neighbours in order of use. */
export class Seat {
  readonly member: Restable;
  newer: Seat | undefined;
  older: Seat | undefined;

  constructor(member: Restable) {
    this.member = member;
  }
}

/**
 * The members in order of use, no more than `capacity` of them: one more lets the least recently used rest. So ten
 * thousand idle sessions cost their keys, and only those that talk cost cipher objects.
 */
export class ActiveSet {
  readonly capacity: number;
  #size = 0;
  #newest: Seat | undefined;
  #oldest: Seat | undefined;

  constructor(capacity: number) {
    this.capacity = capacity;
  }

  get size(): number {
    return this.#size;
  }

  /** Seats a member as the most recently used. */
  add(seat: Seat): void {
    if (this.#size >= this.capacity && this.#oldest !== undefined) {
      const oldest = this.#oldest;
      this.remove(oldest);
      oldest.member.idle();
    }
    this.#size++;
    this.#push(seat);
  }

  /** Says that a seated member is in use. */
  touch(seat: Seat): void {
    if (seat !== this.#newest) {
      this.#unlink(seat);
      this.#push(seat);
    }
  }

  remove(seat: Seat): void {
    this.#size--;
    this.#unlink(seat);
  }

  #push(seat: Seat): void {
    seat.older = this.#newest;
    seat.newer = undefined;
    if (this.#newest === undefined) {
      this.#oldest = seat;
    } else {
      this.#newest.newer = seat;
    }
    this.#newest = seat;
  }

  #unlink(seat: Seat): void {
    if (seat.newer === undefined) {
      this.#newest = seat.older;
    } else {
      seat.newer.older = seat.older;
    }
    if (seat.older === undefined) {
      this.#oldest = seat.newer;
    } else {
      seat.older.newer = seat.newer;
    }
    seat.newer = undefined;
    seat.older = undefined;
  }
}
