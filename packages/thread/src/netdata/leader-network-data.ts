import type { Entropy, Instant } from '@selvage/core';
import { filterNodes, type PrefixSubTlv, type PrefixTlv } from './entries.js';
import { withEntries } from './join-entries.js';
import type { NetworkData } from './network-data.js';
import { isProperRegistration } from './registration.js';
import { sameEntries } from './same-entries.js';
import { stablePart } from './stable-part.js';

/** Network data is another: everybody is to be told, and its version raised. */
export interface NetworkDataChange {
  readonly data: NetworkData;
  /** The stable part is another too. */
  readonly stable: boolean;
}

/** What a node asks of the leader: `a/sd`. */
export interface RegistrationRequest {
  /** The RLOC16 that it came from. */
  readonly source: number;
  /** All that the node offers; undefined where it only has something forgotten. */
  readonly data: NetworkData | undefined;
  /** An RLOC16 that is no more: the node's old one, or its lost child's. */
  readonly forget: number | undefined;
  /** The router ids that are given. */
  readonly isAllocated: (routerId: number) => boolean;
}

/** How long a context without border router is still read with, milliseconds (Thread 1.3 §5.18.5: CONTEXT_ID_REUSE_DELAY). */
const contextReuse = 300_000;
/** MeshCoP TLV 11: the commissioner's session. */
const commissionerSession = 0x0b;

/** The network data of a partition, as its leader keeps it (Thread 1.3 §5.15). */
export class LeaderNetworkData {
  #data: NetworkData;
  /** By context number: when one that does not compress any more is forgotten. */
  readonly #ending = new Map<number, Instant>();
  #change: NetworkDataChange | undefined;

  constructor(data: NetworkData) {
    this.#data = data;
  }

  get data(): NetworkData {
    return this.#data;
  }

  get deadline(): Instant | undefined {
    let least = Infinity;
    for (const at of this.#ending.values()) least = Math.min(least, at);
    return least === Infinity ? undefined : least;
  }

  /** Takes what a neighbour still has from before our restart: contexts that end begin to end anew. */
  adopt(data: NetworkData, now: Instant): void {
    this.#data = data;
    this.#ending.clear();
    this.#watchContexts(now);
  }

  /**
   * Takes a registration: all that the node had and does not name any more is removed. False for one that is refused,
   * which the node is not told (OpenThread answers the same to all).
   */
  register({ source, data, forget, isAllocated }: RegistrationRequest, now: Instant): boolean {
    if (!isAllocated(source >> 10)) return false;
    if (data !== undefined && !isProperRegistration(data, source)) return false;
    // Of somebody else's children, or of a router that is there, nobody but it may say so.
    const mayForget = forget !== undefined && (forget >> 10 === source >> 10 || !isAllocated(forget >> 10));
    const isGone = (rloc16: number): boolean =>
      (data !== undefined && rloc16 === source) || (mayForget && rloc16 === forget);
    const kept = filterNodes(this.#data, (rloc16) => !isGone(rloc16));
    this.#set(data === undefined ? kept : withEntries(kept, data), now);
    return true;
  }

  /** A router is gone, and its children with it. */
  forgetRouter(routerId: number, now: Instant): void {
    this.#set(
      filterNodes(this.#data, (rloc16) => rloc16 >> 10 !== routerId),
      now,
    );
  }

  /** MeshCoP TLVs of whoever commissions. */
  setCommissioning(value: Extract<NetworkData[number], { type: 'commissioning' }>['value'], now: Instant): void {
    const others = this.#data.filter(({ type }) => type !== 'commissioning');
    this.#set([{ type: 'commissioning', stable: false, value }, ...others], now);
  }

  /** Replaces all, as whoever leads alone may. */
  replace(data: NetworkData, now: Instant): void {
    this.#set(data, now);
  }

  /** What changed since the last call; several changes in a row are one. */
  poll(now: Instant): NetworkDataChange | undefined {
    if (this.#ending.size > 0) this.#endContexts(now);
    const change = this.#change;
    this.#change = undefined;
    return change;
  }

  #set(data: NetworkData, now: Instant): void {
    const next = data.flatMap((tlv) => tidied(tlv));
    if (sameEntries(next, this.#data)) return;
    const stable = this.#change?.stable === true || !sameEntries(stablePart(next), stablePart(this.#data));
    this.#data = next;
    this.#change = { data: next, stable };
    this.#watchContexts(now);
  }

  #watchContexts(now: Instant): void {
    const ending = new Set(endingContexts(this.#data));
    for (const id of this.#ending.keys()) if (!ending.has(id)) this.#ending.delete(id);
    for (const id of ending) if (!this.#ending.has(id)) this.#ending.set(id, now + contextReuse);
  }

  #endContexts(now: Instant): void {
    const over = [...this.#ending].filter(([, at]) => at <= now).map(([id]) => id);
    if (over.length === 0) return;
    const isOver = (sub: PrefixSubTlv): boolean => sub.type === 'context' && over.includes(sub.value.flags.id);
    this.#set(
      this.#data.map((tlv) =>
        tlv.type === 'prefix'
          ? { ...tlv, value: { ...tlv.value, subTlvs: tlv.value.subTlvs.filter((sub) => !isOver(sub)) } }
          : tlv,
      ),
      now,
    );
  }
}

/** The network data of a new partition: nobody commissions, in a session of a number of its own. */
export function firstNetworkData(entropy: Entropy): NetworkData {
  const session = new Uint8Array(2);
  entropy.fill(session);
  return [{ type: 'commissioning', stable: false, value: [{ type: commissionerSession, value: session }] }];
}

/** A prefix or service without nodes goes; the context of a prefix without border router stays, and compresses no more. */
function tidied(tlv: NetworkData[number]): NetworkData {
  if (tlv.type === 'service') return tlv.value.subTlvs.length === 0 ? [] : [tlv];
  return tlv.type === 'prefix' ? tidiedPrefix(tlv) : [tlv];
}

function tidiedPrefix(tlv: PrefixTlv): NetworkData {
  const hasRouter = tlv.value.subTlvs.some(({ type }) => type === 'borderRouter');
  const subTlvs = tlv.value.subTlvs.map((sub) =>
    sub.type === 'context' && !hasRouter
      ? { ...sub, value: { ...sub.value, flags: { ...sub.value.flags, compress: false } } }
      : sub,
  );
  if (subTlvs.length === 0) return [];
  return [{ ...tlv, stable: subTlvs.some((sub) => sub.stable), value: { ...tlv.value, subTlvs } }];
}

function endingContexts(data: NetworkData): number[] {
  return data.flatMap((tlv) =>
    tlv.type === 'prefix'
      ? tlv.value.subTlvs.flatMap((sub) =>
          sub.type === 'context' && !sub.value.flags.compress ? [sub.value.flags.id] : [],
        )
      : [],
  );
}
