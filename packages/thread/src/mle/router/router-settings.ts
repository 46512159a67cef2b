/** What a full device is set to as a router. */
export interface RouterSettings {
  /** False for one that shall never be a router. */
  readonly eligible: boolean;
  /** Routers from which on there are enough, and above which there are too many. */
  readonly upgradeThreshold: number;
  readonly downgradeThreshold: number;
  /** Seconds within which it decides, each node at a time of its own. */
  readonly selectionJitter: number;
  /** Seconds without a sign of the leader after which its partition is over. */
  readonly networkIdTimeout: number;
  /** Of the partitions that it leads: the greatest is joined by all others. */
  readonly weighting: number;
  /** At most 511. */
  readonly mostChildren: number;
  /** Leads a partition of its own where nobody answers. */
  readonly formsPartition: boolean;
  /**
   * Of a leader: what a pending dataset waits at least, and one with another network key, milliseconds (Thread 1.3
   * §8.4.3.4). Who sleeps for longer is left behind.
   */
  readonly leastDelay: number;
  readonly leastKeyDelay: number;
}

/** OpenThread's; but that a node that is to attach goes on looking. */
export const defaultRouterSettings: RouterSettings = {
  eligible: true,
  upgradeThreshold: 16,
  downgradeThreshold: 23,
  selectionJitter: 120,
  networkIdTimeout: 120,
  weighting: 64,
  mostChildren: 64,
  formsPartition: false,
  leastDelay: 30_000,
  leastKeyDelay: 300_000,
};
