import type { Instant } from '@selvage/core';
import { sameAddress } from './address.js';
import type { FrameContent } from './frame-builder.js';
import { commandIds } from './frame/mac-frame.js';
import type { LinkEvent } from './link-user.js';
import type { PollSetting } from './poll-setting.js';

/** How long a child listens after a poll whose acknowledgement said that something waits, milliseconds. */
const dataWait = 100;
/** How often it polls again at once when nothing came although something was said to wait. */
const mostEmptyWaits = 5;
/**
 * After an answer is expected, as many polls this far apart at most (OpenThread's). What was asked is often answered within
 * milliseconds: the first poll follows so soon on what was sent, and each pause is twice the one before.
 */
const [quickPeriod, quickPolls, leastPause] = [188, 8, 24] as const;
/** After a poll that nobody acknowledged. */
const failedPeriod = 1000;

const noBytes = new Uint8Array(0);

/** A sleepy child's side of indirect transmission: asks its parent for frames, and listens for each. */
export class Poller {
  #setting: PollSetting | undefined;
  #pollAt: Instant = Infinity;
  #listenUntil: Instant = -Infinity;
  #quickLeft = 0;
  #quickPause: number = quickPeriod;
  #emptyWaits = 0;
  #failures = 0;
  #isPolling = false;

  get setting(): PollSetting | undefined {
    return this.#setting;
  }

  /** Whether a frame may come any moment. */
  isListening(now: Instant): boolean {
    return now < this.#listenUntil;
  }

  /** When it listens no longer: then `tick` is wanted. */
  get deadline(): Instant {
    return this.#setting === undefined || this.#listenUntil === -Infinity ? Infinity : this.#listenUntil;
  }

  /** When a poll is due, which only a free radio can send. */
  get pollDeadline(): Instant {
    const isOccupied = this.#isPolling || this.#listenUntil !== -Infinity;
    return this.#setting === undefined || isOccupied ? Infinity : this.#pollAt;
  }

  set(setting: PollSetting | undefined, now: Instant): void {
    const isSameParent =
      setting !== undefined && this.#setting !== undefined && sameAddress(setting.parent, this.#setting.parent);
    this.#setting = setting;
    if (!isSameParent) this.#failures = 0;
    if (setting === undefined) {
      this.#pollAt = Infinity;
      this.#listenUntil = -Infinity;
      this.#quickLeft = 0;
    } else {
      this.#pollAt = Math.min(this.#pollAt, now + setting.period);
    }
  }

  /** An answer is expected. */
  soon(now: Instant): void {
    if (this.#setting === undefined) return;
    this.#quickLeft = quickPolls;
    this.#pollAt = Math.min(this.#pollAt, now + quickPeriod);
  }

  /** What may be answered is with the parent now. */
  sent(now: Instant): void {
    if (this.#setting === undefined || this.#quickLeft === 0) return;
    this.#quickPause = leastPause;
    this.#pollAt = Math.min(this.#pollAt, now + leastPause);
  }

  /** Something waits for us: polls as soon as the radio is free. */
  atOnce(now: Instant): void {
    if (this.#setting !== undefined) this.#pollAt = now;
  }

  /** Time passes; tells when something was said to wait too often, and nothing came. */
  tick(now: Instant): LinkEvent | undefined {
    if (this.#listenUntil === -Infinity || now < this.#listenUntil) return undefined;
    this.#listenUntil = -Infinity;
    if (++this.#emptyWaits <= mostEmptyWaits) {
      this.#pollAt = now;
      return undefined;
    }
    this.#emptyWaits = 0;
    return { kind: 'polls-unanswered' };
  }

  /** The poll that is due, if one is. */
  due(now: Instant): FrameContent | undefined {
    const setting = this.#setting;
    if (setting === undefined || this.#isPolling || now < this.#pollAt || this.isListening(now)) return undefined;
    const { parent: destination, source } = setting;
    const protection = { kind: 'network' } as const;
    return { destination, source, protection, payload: noBytes, command: commandIds.dataRequest };
  }

  started(): void {
    this.#isPolling = true;
  }

  /** What became of the poll. */
  done(isAcknowledged: boolean, framePending: boolean, now: Instant): LinkEvent {
    this.#isPolling = false;
    const period = this.#setting?.period ?? Infinity;
    if (!isAcknowledged) {
      this.#pollAt = now + Math.min(failedPeriod, period);
      return { kind: 'poll-failed', failures: ++this.#failures };
    }
    this.#failures = 0;
    this.#pollAt = now + (this.#quickLeft > 0 ? Math.min(this.#nextPause(), period) : period);
    if (this.#quickLeft > 0) this.#quickLeft--;
    if (framePending) this.#listenUntil = now + dataWait;
    return { kind: 'polled', pending: framePending };
  }

  #nextPause(): number {
    this.#quickPause = Math.min(quickPeriod, 2 * this.#quickPause);
    return this.#quickPause;
  }

  /** A secured frame of the parent came. */
  received(framePending: boolean, now: Instant): void {
    if (this.#setting === undefined) return;
    this.#emptyWaits = 0;
    if (this.#listenUntil !== -Infinity) this.#listenUntil = -Infinity;
    if (framePending) this.#pollAt = now;
  }
}
