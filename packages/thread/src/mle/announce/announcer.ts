import type { Instant } from '@selvage/core';
import { timestampOf, type DatasetTimestamp } from '../../dataset/timestamp.js';
import { linkLocalAllNodes } from '../../ip6/address/classes.js';
import type { MleArrival, MleHost } from '../mle-host.js';
import { isNewerTimestamp } from '../timestamps.js';

/** Between announcements on one channel and the next, milliseconds (OpenThread's least). */
const pause = 85;
/** Answers are this far apart at least, milliseconds: each takes the radio to another channel. */
const answerPause = 1000;

/** Where a network is, as an Announce says it. */
export interface Whereabouts {
  readonly channel: number;
  readonly panId: number;
  readonly timestamp: DatasetTimestamp | undefined;
}

/**
 * MLE Announce (Thread 1.3 §4.8): a node that finds nobody asks on the other channels whether its network moved without
 * it, and whoever hears an older dataset announced says on that channel where the network is.
 */
export class Announcer {
  readonly #host: MleHost;
  #channels: number[] = [];
  #home: number | undefined;
  #nextAt: Instant = Infinity;
  #answerAfter: Instant = -Infinity;

  constructor(host: MleHost) {
    this.#host = host;
  }

  get deadline(): Instant {
    return this.#nextAt;
  }

  /** Announces an orphan on these channels, one after the other. */
  orphan(channels: readonly number[], now: Instant): void {
    this.stop();
    this.#home = this.#host.link.channel;
    this.#channels = channels.filter((channel) => channel !== this.#home);
    this.#nextAt = now;
  }

  /** The radio is needed where it belongs. */
  stop(): void {
    if (this.#home !== undefined) this.#host.link.setChannel(this.#home);
    this.#home = undefined;
    this.#nextAt = Infinity;
    this.#channels = [];
  }

  tick(now: Instant): void {
    if (now < this.#nextAt) return;
    const channel = this.#channels.shift();
    if (channel === undefined || this.#home === undefined) return this.stop();
    const { link } = this.#host;
    link.setChannel(channel);
    this.#send({ channel: this.#home, panId: link.panId, timestamp: timestampOf(0) }, now);
    this.#nextAt = now + pause;
  }

  /** Where an announcement says that our network is, if it knows better; an older one is answered. */
  receive({ tlvs }: MleArrival, ours: Whereabouts, answers: boolean, now: Instant): Whereabouts | undefined {
    const { channel, panId, activeTimestamp } = tlvs;
    if (channel === undefined || panId === undefined || activeTimestamp === undefined) return undefined;
    const theirs = { channel: channel.channel, panId, timestamp: activeTimestamp };
    const isElsewhere = theirs.channel !== ours.channel || theirs.panId !== ours.panId;
    if (isNewerTimestamp(theirs.timestamp, ours.timestamp)) return isElsewhere ? theirs : undefined;
    const isOlder = isNewerTimestamp(ours.timestamp, theirs.timestamp);
    if (answers && isElsewhere && isOlder && now >= this.#answerAfter) this.#answer(theirs.channel, ours, now);
    return undefined;
  }

  /** On their channel, and back at once. */
  #answer(channel: number, ours: Whereabouts, now: Instant): void {
    this.#answerAfter = now + answerPause;
    this.#home = this.#host.link.channel;
    this.#host.link.setChannel(channel);
    this.#send(ours, now);
    this.#nextAt = now + pause;
  }

  #send({ channel, panId, timestamp = timestampOf(0) }: Whereabouts, now: Instant): void {
    const tlvs = { channel: { page: 0, channel }, activeTimestamp: timestamp, panId };
    this.#host.send('announce', tlvs, { address: linkLocalAllNodes, announce: true }, now, () => {
      // Whoever heard it answers at once, where we belong.
      if (this.#home !== undefined) this.#host.link.setChannel(this.#home);
    });
  }
}
