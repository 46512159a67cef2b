/** What is measured: a figure, its goal and the peer it is held against. */

export type Unit = 's' | 'ms' | 'µs' | 'KiB' | 'times' | '/s' | 'mC';

/** A measured value in the unit of its figure, and what it is the median of. */
export interface Measured {
  readonly value: number;
  /** How many operations (or sessions) were measured in all. */
  readonly n: number;
  /** What a reader must know to compare it. */
  readonly note?: string;
  /** False where some of them failed: whatever the value is, it is not that of the work, and no goal is met. */
  readonly isWhole?: boolean;
}

/** A measured peer. `name` says which program, and which version, did the work. */
export interface PeerMeasured extends Measured {
  readonly name: string;
}

/** What a figure measured: itself, and a peer where one runs in this process. C peers are found by the figure's name. */
export interface Outcome {
  readonly measured: Measured;
  readonly peer?: PeerMeasured;
}

export interface Figure {
  /** Dotted and stable: reports are compared by it. */
  readonly name: string;
  /** The work in a few words. */
  readonly work: string;
  readonly unit: Unit;
  /** The value that ought not to be exceeded; none where the figure is only told. */
  readonly atMost?: number;
  /** How many times the peer's value ought not to be exceeded. */
  readonly atMostTimes?: number;
  /** The value that ought to be reached; for rates. */
  readonly atLeast?: number;
  /** How many times the peer's value ought to be reached; for rates. */
  readonly atLeastTimes?: number;
  measure(): Outcome | Promise<Outcome>;
}

/** A figure with all that was measured for it; the first peer is the one it is held against. */
export interface Result {
  readonly figure: Figure;
  readonly measured: Measured;
  readonly peers: readonly PeerMeasured[];
}
