import type { Instant } from '@selvage/core';
import { type AttachMode, isLookedFor, type OwnRank } from '../mle/attach/attach-mode.js';
import type { ParentCandidate } from '../mle/attach/parent-candidate.js';
import { linkMargin } from '../mle/link-margin.js';
import type { MleArrival } from '../mle/mle-host.js';
import type { FullDevice } from '../mle/router/full-device.js';
import { judgeAdvertisement, type Verdict } from '../mle/router/judge-advertisement.js';

/** How long a partition that was left is not returned to by what is left of it, milliseconds. */
const memory = 120_000;

/** What a full device makes of partitions beside its own. */
export class PartitionWatch {
  readonly #full: FullDevice;
  #left: { readonly partitionId: number; readonly idSequence: number; readonly until: Instant } | undefined;

  constructor(full: FullDevice) {
    this.#full = full;
  }

  /** Leaves the partition that it is in. */
  leave(now: Instant): void {
    const { leaderData, table } = this.#full;
    if (table.activeRouters === 0) return;
    this.#left = { partitionId: leaderData.partitionId, idSequence: table.idSequence, until: now + memory };
  }

  judge({ tlvs, rssi }: MleArrival, isParent: boolean, now: Instant): Verdict {
    const { leaderData: leader, route64 } = tlvs;
    if (leader === undefined) return 'ignored';
    const { leaderData, isSingleton } = this.#full;
    const left = this.#left !== undefined && now < this.#left.until ? this.#left : undefined;
    const margin = linkMargin(rssi, this.#full.sensor);
    return judgeAdvertisement({ leader, route64, margin, isParent }, { leader: leaderData, isSingleton, left });
  }

  /** Whether a parent that answered is one that is looked for. */
  admits(mode: AttachMode, candidate: ParentCandidate): boolean {
    const { leaderData, isSingleton, table } = this.#full;
    const { partitionId, weighting } = leaderData;
    const own: OwnRank = { partitionId, weighting, isSingleton, idSequence: table.idSequence };
    return isLookedFor(mode, candidate, own);
  }
}
