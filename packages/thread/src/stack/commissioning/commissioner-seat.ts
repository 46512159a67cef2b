/** Who has the network's one seat of a commissioner. */
interface Holder {
  /** The agent that it is behind, or its own way into the network. */
  readonly by: object;
  /** UTF-8, as it petitioned. */
  readonly name: Uint8Array;
}

/**
 * Which of a node's commissioners has the network: several agents and a commissioner may be in one node, and to the leader
 * they all have one address.
 */
export class CommissionerSeat {
  #holder: Holder | undefined;

  /** The name of another one that has it. */
  takenFrom(by: object): Uint8Array | undefined {
    return this.#holder === undefined || this.#holder.by === by ? undefined : this.#holder.name;
  }

  /** The leader has accepted it. */
  take(by: object, name: Uint8Array): void {
    this.#holder = { by, name: name.slice() };
  }

  /** False where it was not its own any more. */
  leave(by: object): boolean {
    if (this.#holder?.by !== by) return false;
    this.#holder = undefined;
    return true;
  }
}
