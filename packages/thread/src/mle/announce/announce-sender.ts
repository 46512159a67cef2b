import type { Instant } from '@selvage/core';
import { linkLocalAllNodes } from '../../ip6/address/classes.js';
import type { DatasetTimestamp } from '../../dataset/timestamp.js';
import { type ChannelRounds, longestSurvey } from '../../meshcop/management/survey-messages.js';
import type { MleHost } from '../mle-host.js';

/** What is announced. */
export interface OwnWhereabouts {
  readonly channel: number;
  readonly panId: number;
  readonly timestamp: DatasetTimestamp;
}

interface Job {
  readonly rounds: ChannelRounds;
  at: number;
  left: number;
}

/** The least between two announcements, milliseconds, whatever is asked for and however often. */
const leastPause = 20;

/**
 * Says on other channels where this network is, so that whoever was left behind finds it (MLE Announce, Thread 1.3 §4.8):
 * one frame a channel, after which the radio is back.
 */
export class AnnounceSender {
  readonly #send: MleHost['send'];
  readonly #ours: () => OwnWhereabouts | undefined;
  #job: Job | undefined;
  #nextAt: Instant = Infinity;
  #sentAt: Instant = -Infinity;

  /** @param ours undefined for a node that is in no network: it announces nothing */
  constructor(send: MleHost['send'], ours: () => OwnWhereabouts | undefined) {
    this.#send = send;
    this.#ours = ours;
  }

  get deadline(): Instant {
    return this.#nextAt;
  }

  /** Begins at once, in place of what was asked for before; ends early where that would take too long. */
  begin(rounds: ChannelRounds, now: Instant): void {
    const mostInTime = 1 + Math.floor(longestSurvey / Math.max(rounds.period, leastPause));
    const left = Math.min(rounds.count * rounds.channels.length, mostInTime);
    if (left === 0 || rounds.period === 0) return;
    this.#job = { rounds, at: 0, left };
    this.#nextAt = Math.max(now, this.#sentAt + leastPause);
  }

  stop(): void {
    this.#job = undefined;
    this.#nextAt = Infinity;
  }

  tick(now: Instant): void {
    const job = this.#job;
    if (job === undefined || now < this.#nextAt) return;
    const ours = this.#ours();
    if (ours === undefined) return this.stop();
    const { channels, period } = job.rounds;
    const channel = channels[job.at % channels.length] as number;
    job.at++;
    job.left--;
    this.#sentAt = now;
    const tlvs = {
      channel: { page: 0, channel: ours.channel },
      activeTimestamp: ours.timestamp,
      panId: ours.panId,
    };
    const to = { address: linkLocalAllNodes, announce: true, channel };
    this.#send('announce', tlvs, to, now);
    if (job.left === 0) this.stop();
    else this.#nextAt = now + Math.max(period, leastPause);
  }
}
