import { bytesEqual } from '@selvage/core';
import type { Dataset } from '@selvage/thread';

/** Whether `dataset` has a network key, and another one than `active`: as a leader says that has its own at hand. */
export function hasOtherKey(active: Dataset, dataset: Dataset): boolean {
  const [ours, other] = [active.get('networkKey'), dataset.get('networkKey')];
  return ours !== undefined && other !== undefined && !bytesEqual(ours.reveal(), other.reveal());
}
