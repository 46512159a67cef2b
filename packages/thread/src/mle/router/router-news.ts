import type { Entropy, Instant } from '@selvage/core';
import { linkLocalAddress } from '../../ip6/address/thread-address.js';
import type { MleArrival } from '../mle-host.js';
import type { NamedDatasets, News } from '../news.js';
import { mleTlvType } from '../tlv/mle-tlvs.js';
import type { DeviceMode } from '../tlv/mode.js';
import type { RouterHost } from './router-host.js';

/** Milliseconds: before what everybody heard of is asked for, or what we alone heard of, and before it is told on. */
const times = { ask: 1000, told: 10, tell: 500 } as const;
/** Answers in a row that name what they do not carry, after which nobody is asked until somebody tells again. */
const mostEmpty = 3;

/** Network data and datasets on their way from the leader: asked of a neighbour that has them, and told on. */
export class RouterNews {
  readonly #host: RouterHost;
  readonly #entropy: Entropy;
  readonly #news: News;
  readonly #mode: DeviceMode;
  readonly #tell: (now: Instant) => void;
  #asking: { readonly to: Uint8Array; readonly at: Instant; readonly named: NamedDatasets } | undefined;
  #tellAt: Instant = Infinity;
  /** Answers in a row that did not carry what they name. */
  #empty = 0;

  /** @param tell a Data Response to everybody */
  constructor(host: RouterHost, news: News, mode: DeviceMode, tell: (now: Instant) => void) {
    this.#host = host;
    this.#entropy = host.entropy;
    this.#news = news;
    this.#mode = mode;
    this.#tell = tell;
  }

  get deadline(): Instant {
    return Math.min(this.#asking?.at ?? Infinity, this.#tellAt);
  }

  /** A neighbour's message names versions and timestamps: what is missing is asked for. */
  heard(arrival: MleArrival, now: Instant): void {
    const { leaderData, activeTimestamp, pendingTimestamp } = arrival.tlvs;
    if (leaderData === undefined || this.#asking !== undefined || !this.#news.lacks(arrival, leaderData, this.#mode)) {
      return;
    }
    const delay = arrival.multicast ? this.#fraction() * times.ask : times.told;
    const named = {
      ...(activeTimestamp !== undefined && { activeTimestamp }),
      ...(pendingTimestamp !== undefined && { pendingTimestamp }),
    };
    this.#asking = { to: Uint8Array.from(arrival.extended), at: now + delay, named };
  }

  /** Asks a neighbour at once: nothing is known. */
  ask(to: Uint8Array, now: Instant): void {
    this.#asking = { to: Uint8Array.from(to), at: now, named: {} };
  }

  /** A neighbour's Data Response. */
  take(arrival: MleArrival, now: Instant): void {
    const { leaderData } = arrival.tlvs;
    if (leaderData === undefined) return;
    // Network data are told on once, with the datasets that they name: without one of those nobody would hear of it again.
    const isWhole = !this.#news.lacksDataset(arrival.tlvs);
    if (isWhole && this.#news.take(arrival, this.#mode, now)) this.#tellAt = now + this.#fraction() * times.tell;
    if (this.#news.lacks(arrival, leaderData, this.#mode)) return this.#askAgain(arrival, now);
    this.#empty = 0;
    // Who answers may not have heard itself of what was to be asked for.
    if (this.#asking !== undefined && !this.#news.lacksDataset(this.#asking.named)) this.#asking = undefined;
  }

  tick(now: Instant): void {
    if (now >= this.#tellAt) {
      this.#tellAt = Infinity;
      this.#tell(now);
    }
    const asking = this.#asking;
    if (asking === undefined || now < asking.at) return;
    this.#asking = undefined;
    const { active, pending } = this.#host.timestamps;
    const tlvs = {
      tlvRequest: [mleTlvType('networkData')],
      ...(active !== undefined && { activeTimestamp: active }),
      ...(pending !== undefined && { pendingTimestamp: pending }),
    };
    this.#host.send('dataRequest', tlvs, { address: linkLocalAddress(asking.to) }, now);
  }

  stop(): void {
    this.#asking = undefined;
    this.#tellAt = Infinity;
  }

  /** What is missing is asked for again, of one that never gives it no more than a few times. */
  #askAgain(arrival: MleArrival, now: Instant): void {
    if (!arrival.multicast && ++this.#empty > mostEmpty) this.#empty = 0;
    else this.heard(arrival, now);
  }

  #fraction(): number {
    const bytes = new Uint8Array(1);
    this.#entropy.fill(bytes);
    return (bytes[0] as number) / 256;
  }
}
