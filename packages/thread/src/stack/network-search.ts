import type { Instant } from '@selvage/core';
import { Announcer } from '../mle/announce/announcer.js';
import type { MleArrival, MleHost } from '../mle/mle-host.js';
import type { Datasets } from './datasets.js';
import { networkOf } from './network.js';
import type { NodeAddressing } from './node-addressing.js';

/** Searches that fail before the other channels are asked: the pause behind them is then long enough for it. */
const searchesAlone = 4;
/** How long that takes, milliseconds. */
const announceTime = 2000;

/** Finds a network again that moved while its node did not hear (Thread 1.3 §4.8). */
export class NetworkSearch {
  readonly #announcer: Announcer;
  readonly #host: MleHost;
  readonly #addressing: NodeAddressing;
  readonly #datasets: Datasets;

  constructor(host: MleHost, addressing: NodeAddressing, datasets: Datasets) {
    this.#announcer = new Announcer(host);
    this.#host = host;
    this.#addressing = addressing;
    this.#datasets = datasets;
  }

  get deadline(): Instant {
    return this.#announcer.deadline;
  }

  tick(now: Instant): void {
    this.#announcer.tick(now);
  }

  /** A search for parents begins, on the network's own channel. */
  stop(): void {
    this.#announcer.stop();
  }

  /** A search for parents found nobody. */
  unheard(failures: number, now: Instant): void {
    const dataset = networkOf(this.#datasets.active);
    const { channel, panId } = this.#addressing.network;
    // Where an announcement sent us nobody is either.
    if (channel !== dataset.channel || panId !== dataset.panId) return this.#addressing.setNetwork(dataset);
    if (failures < searchesAlone) return;
    this.#announcer.orphan(dataset.channels, now);
    this.#host.link.stayAwake(now + announceTime);
  }

  /**
   * An Announce. Only a node without a parent follows it: one that has a parent hears of a move from it.
   * @returns whether the node is elsewhere now, where it is to look for parents.
   */
  announced(arrival: MleArrival, isAttached: boolean, now: Instant): boolean {
    const { network } = this.#addressing;
    const { channel, panId } = network;
    const ours = { channel, panId, timestamp: this.#datasets.timestamps.active };
    const found = this.#announcer.receive(arrival, ours, isAttached, now);
    if (found === undefined || isAttached) return false;
    this.#announcer.stop();
    this.#addressing.setNetwork({ ...network, channel: found.channel, panId: found.panId });
    return true;
  }
}
