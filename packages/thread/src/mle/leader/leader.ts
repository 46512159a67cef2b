import type { Entropy, Instant } from '@selvage/core';
import { lastRouterId, routerIdOf, routerRloc16 } from '../../mesh/mesh-routes.js';
import type { IdChange } from '../../mesh/router-link.js';
import type { RouterTable } from '../../mesh/router-table.js';
import type { LeaderData } from '../partition.js';
import { RouterIds } from './router-ids.js';

/** How a {@link Leader} starts. */
export interface LeaderStart {
  readonly entropy: Entropy;
  readonly table: RouterTable;
  /** 8 bytes: our own. */
  readonly extended: Uint8Array;
  readonly upgradeThreshold: number;
  readonly weighting: number;
  /** From before. */
  readonly routerId?: number | undefined;
  /** The partition that it goes on leading, whose routers are in the table already. */
  readonly goesOn?: LeaderData | undefined;
  /** Router ids changed: address caches and network data are told who is gone. */
  readonly onIds: (change: IdChange, now: Instant) => void;
  readonly now: Instant;
}

/** What a device asks for, or gives up (Thread 1.3 §5.9.10). */
export interface Solicitation {
  readonly extended: Uint8Array;
  readonly status: number;
  readonly wanted: number | undefined;
}

/** What became of it: status 0 with an RLOC16, 1 where there is none to give, 6 for a reason that is not known. */
export type Solicited =
  | { readonly status: 0; readonly rloc16: number; readonly idSequence: number; readonly ids: readonly number[] }
  | { readonly status: 1 | 6 };

/** Why a router id is asked for. */
export const solicitStatus = { tooFewRouters: 2, childIdRequest: 3, partitionChange: 4, borderRouter: 5 } as const;

/** Milliseconds: between steps of the id sequence, and how long a router without any route keeps its id. */
const times = { idSequence: 10_000, unreachable: 90_000 } as const;
/**
 * By how much the id sequence of a leader that was restarted leaps. Who told it of the sequence may not have been the
 * first to know: others would take their older set for newer than ours, and whoever has an id since would leave by it.
 */
const leap = 16;

/** What makes a leader of a router: its partition's ids, and the data that says of what version everything is. */
export class Leader {
  readonly ids = new RouterIds();
  readonly routerId: number;
  readonly #start: LeaderStart;
  #facts: LeaderData;
  #nextSequence: Instant;

  constructor(start: LeaderStart) {
    this.#start = start;
    const { table, extended, weighting, goesOn, now } = start;
    this.routerId = start.routerId ?? this.#number(1) % (lastRouterId + 1);
    this.#nextSequence = now + times.idSequence;
    this.ids.know(this.routerId, extended);
    if (goesOn !== undefined) {
      this.#facts = goesOn;
      for (const id of table.ids) if (id !== this.routerId) this.ids.know(id, table.link(id)?.extended);
      table.setIds((table.idSequence + leap) & 0xff, this.ids.ids, now);
      return;
    }
    const [partitionId, dataVersion, stableDataVersion] = [this.#number(4), this.#number(1), this.#number(1)];
    this.#facts = { partitionId, weighting, dataVersion, stableDataVersion, leaderRouterId: this.routerId };
    table.setIds(this.#number(1), [this.routerId], now);
  }

  get facts(): LeaderData {
    return this.#facts;
  }

  get deadline(): Instant {
    const { table } = this.#start;
    let least = this.#nextSequence;
    for (const id of this.ids.ids) {
      if (id !== this.routerId) least = Math.min(least, (table.unreachableSince(id) ?? Infinity) + times.unreachable);
    }
    return least;
  }

  /** Network data or a dataset changed. */
  changed(stable: boolean): void {
    const { dataVersion, stableDataVersion } = this.#facts;
    this.#facts = {
      ...this.#facts,
      dataVersion: (dataVersion + 1) & 0xff,
      stableDataVersion: stable ? (stableDataVersion + 1) & 0xff : stableDataVersion,
    };
  }

  /** Address Solicit. A device that has an id gets it again. */
  solicit({ extended, status, wanted }: Solicitation, now: Instant): Solicited {
    const { table, upgradeThreshold } = this.#start;
    const known = this.ids.idOf(extended);
    if (known === undefined) {
      if (!Object.values<number>(solicitStatus).includes(status)) return { status: 6 };
      const isElective = status === solicitStatus.tooFewRouters;
      if (isElective && this.ids.size >= upgradeThreshold) return { status: 1 };
    }
    const id = known ?? this.ids.allocate(Uint8Array.from(extended), wanted, this.#number(1) / 256, now);
    if (id === undefined) return { status: 1 };
    if (known === undefined) this.#publish(now);
    return { status: 0, rloc16: routerRloc16(id), idSequence: table.idSequence, ids: this.ids.ids };
  }

  /** Address Release. @returns false for one that is not its to give up */
  release(extended: Uint8Array, rloc16: number, now: Instant): boolean {
    const id = routerIdOf(rloc16);
    if (id === this.routerId || !this.ids.release(id, extended, now)) return false;
    this.#publish(now);
    return true;
  }

  /** Who has an id is known by a link. */
  know(routerId: number, extended: Uint8Array): void {
    if (this.ids.has(routerId)) this.ids.know(routerId, extended);
  }

  /** Time passes: the id sequence shows that the leader is there, and ids of those that are gone are taken back. */
  tick(now: Instant): void {
    const { table } = this.#start;
    let isChanged = false;
    for (const id of this.ids.ids) {
      const since = id === this.routerId ? undefined : table.unreachableSince(id);
      // Compared as `deadline` has it: fractions of milliseconds may not add up the other way round.
      if (since !== undefined && now >= since + times.unreachable) {
        isChanged = this.ids.release(id, undefined, now) || isChanged;
      }
    }
    if (isChanged || now >= this.#nextSequence) this.#publish(now);
  }

  #publish(now: Instant): void {
    const { table, onIds } = this.#start;
    this.#nextSequence = now + times.idSequence;
    const change = table.setIds((table.idSequence + 1) & 0xff, this.ids.ids, now);
    if (change.added.length + change.removed.length > 0) onIds(change, now);
  }

  #number(length: number): number {
    const bytes = new Uint8Array(length);
    this.#start.entropy.fill(bytes);
    return bytes.reduce((number, byte) => number * 256 + byte, 0);
  }
}
