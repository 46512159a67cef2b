import type { RouterTable } from '../mesh/router-table.js';
import type { LeaderData } from './partition.js';

/** Where a full device stands in its partition: what its messages say of it. */
export interface Standing {
  /** Its own locator: a router's, or a child's. */
  readonly rloc16: number;
  readonly leaderData: LeaderData;
  readonly table: RouterTable;
  /** It has a router id; an end device that could have one has not. */
  readonly isRouter: boolean;
}
