import type { LeaderData } from '../partition.js';

/** What a Parent Response says of one that would be our parent (Thread 1.3 §4.5.2). */
export interface ParentCandidate {
  /** 8 bytes in printed order. */
  readonly extended: Uint8Array;
  readonly rloc16: number;
  readonly leader: LeaderData;
  /** Under which its message was sealed, and the counters that it goes on with. */
  readonly keySequence: number;
  readonly linkFrameCounter: number;
  readonly mleFrameCounter: number;
  readonly version: number;
  /** Its challenge, which our Child ID Request echoes. */
  readonly challenge: Uint8Array;
  /** dB: the smaller of both directions'. */
  readonly linkMargin: number;
  /** 0 to 3, of both directions. */
  readonly linkQuality: number;
  readonly connectivity: ParentConnectivity;
  /** When its response came: a challenge does not live long. */
  readonly heardAt: number;
}

/** What chooses among parents of one quality. */
export interface ParentConnectivity {
  /** 1 high, 0 medium, −1 low. */
  readonly priority: number;
  readonly linkQuality3: number;
  readonly linkQuality2: number;
  readonly linkQuality1: number;
  /** Of a router 0: its child id is 0. */
  readonly sedBufferSize: number;
  readonly sedDatagrams: number;
}

/**
 * Whether `candidate` is a better parent than `other`: the better link, then a router before an end device that would
 * become one, then what its connectivity says, in the order of Thread 1.3 §4.5.3.
 */
export function isBetterParent(candidate: ParentCandidate, other: ParentCandidate): boolean {
  const [a, b] = [rank(candidate), rank(other)];
  for (const [i, value] of a.entries()) {
    const difference = value - (b[i] as number);
    if (difference !== 0) return difference > 0;
  }
  return false;
}

function rank({ linkQuality, linkMargin, rloc16, version, connectivity }: ParentCandidate): readonly number[] {
  const isRouter = (rloc16 & 0x1ff) === 0 ? 1 : 0;
  const { priority, linkQuality3, linkQuality2, linkQuality1, sedBufferSize, sedDatagrams } = connectivity;
  return [
    linkQuality,
    isRouter,
    priority,
    linkQuality3,
    version,
    sedBufferSize,
    sedDatagrams,
    linkQuality2,
    linkQuality1,
    linkMargin,
  ];
}
