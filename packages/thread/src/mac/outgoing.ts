import { type Instant } from '@selvage/core';
import { isBroadcast } from './address.js';
import type { BeaconResponder } from './beacon-responder.js';
import type { BuiltFrame, FrameBuilder, FrameContent } from './frame-builder.js';
import type { LinkCounters } from './link-counters.js';
import type { LinkRequest } from './link-request.js';
import type { LinkEvent, SendOutcome } from './link-user.js';
import type { Poller } from './poller.js';
import { type ChildQueue, mostPolls, type SendQueue, type Waiting } from './send-queue.js';
import type { Order, OrderOutcome, Transmitter } from './transmitter.js';

/** What {@link Outgoing} works with. */
export interface OutgoingParts {
  readonly builder: FrameBuilder;
  readonly queue: SendQueue;
  readonly transmitter: Transmitter;
  readonly poller: Poller;
  readonly beacons: BeaconResponder;
  /** Whether the radio is elsewhere, or busy: nothing starts. */
  readonly isHeld: () => boolean;
  readonly counters: LinkCounters;
  readonly tell: (event: LinkEvent, now: Instant) => void;
  /** For whom something waits has changed. */
  readonly onPendingChanged: () => void;
}

/** Repetitions of a frame that is not acknowledged (OpenThread: 15); none of one that a sleepy child polls for. */
const usualRepetitions = 15;
/** How long a child listens after its poll was acknowledged with frame pending, milliseconds. */
const childListens = 100;
/** While no frame counter is durable, milliseconds. */
const counterWait = 2;

/** What is sent next: frames for children that listen, our own polls, and what the layers above gave, in this order. */
export class Outgoing {
  readonly #parts: OutgoingParts;
  readonly #outcomes: (readonly [id: number, outcome: SendOutcome])[] = [];
  #retryAt: Instant = Infinity;

  constructor(parts: OutgoingParts) {
    this.#parts = parts;
  }

  get deadline(): Instant {
    const { transmitter, poller, beacons, isHeld } = this.#parts;
    // A poll or a beacon that is due while a frame is under way, or waits for a counter, starts when that is over.
    const isFree = transmitter.isIdle && this.#retryAt === Infinity && !isHeld();
    const due = isFree ? Math.min(poller.pollDeadline, beacons.deadline) : Infinity;
    return Math.min(transmitter.deadline, poller.deadline, this.#retryAt, due);
  }

  /** Takes a request; it waits for the polls of `child` where one is given. */
  enqueue(id: number, request: LinkRequest, child: Uint8Array | undefined): void {
    const { queue, onPendingChanged } = this.#parts;
    const isTaken = child === undefined ? queue.push(id, request) : queue.pushIndirect(id, request, child);
    if (!isTaken) this.finish(id, 'refused');
    else if (child !== undefined) onPendingChanged();
  }

  /** A child polled, and its acknowledgement said that something waits. */
  childListens(extended: Uint8Array, now: Instant): void {
    const queue = this.#parts.queue.child(extended);
    const head = queue?.waiting[0];
    if (queue === undefined || head === undefined) return;
    queue.listensUntil = now + childListens;
    head.polls++;
  }

  /** Time passes: timers run, and the next frame starts. */
  advance(now: Instant): void {
    const { transmitter, poller, tell } = this.#parts;
    transmitter.tick(now);
    const event = poller.tick(now);
    if (event !== undefined) tell(event, now);
    if (now >= this.#retryAt) this.#retryAt = Infinity;
    this.#startNext(now);
  }

  /** An outcome that is to be told. */
  finish(id: number, outcome: OrderOutcome | SendOutcome): void {
    if (outcome === 'sent') this.#parts.counters.sent++;
    else this.#parts.counters.failed++;
    this.#outcomes.push([id, outcome === 'aborted' ? 'dropped' : outcome]);
  }

  takeOutcome(): readonly [id: number, outcome: SendOutcome] | undefined {
    return this.#outcomes.shift();
  }

  #startNext(now: Instant): void {
    const { transmitter, queue, beacons, isHeld } = this.#parts;
    while (transmitter.isIdle && this.#retryAt === Infinity && !isHeld()) {
      const child = queue.listeningChild(now);
      if (child !== undefined) this.#startIndirect(child, now);
      else if (!this.#startPoll(now) && !beacons.start(now) && !this.#startDirect(now)) return;
    }
  }

  /** One transmission a poll; the frame stays as it was built. */
  #startIndirect(child: ChildQueue, now: Instant): void {
    const { queue, counters, transmitter, onPendingChanged } = this.#parts;
    const [waiting] = child.waiting as [Waiting];
    const more = waiting.request.more === true || child.waiting.length > 1;
    const built = waiting.built ?? this.#build(waiting.request, more, now);
    if (built === undefined) return this.#refuse(waiting);
    waiting.built = built;
    const notAfter = child.listensUntil;
    child.listensUntil = -Infinity;
    counters.answeredPolls++;
    const { destination } = waiting.request;
    const done: Order['done'] = (outcome) => {
      if (outcome !== 'sent' && waiting.polls < mostPolls) return;
      if (queue.remove(waiting.id) !== undefined) this.finish(waiting.id, outcome);
      onPendingChanged();
    };
    transmitter.start({ frame: built, destination, repetitions: 0, notAfter, done }, now);
  }

  #startPoll(now: Instant): boolean {
    const { poller, transmitter, tell } = this.#parts;
    const content = poller.due(now);
    if (content === undefined) return false;
    const built = this.#build(content, false, now);
    if (built === undefined) {
      if (this.#retryAt !== Infinity) return false;
      tell(poller.done(false, false, now), now);
      return true;
    }
    poller.started();
    const done: Order['done'] = (outcome, pending, at) => {
      const event = poller.done(outcome === 'sent', pending, at);
      if (outcome !== 'aborted') tell(event, at);
    };
    const { destination } = content;
    transmitter.start({ frame: built, destination, repetitions: usualRepetitions, done }, now);
    return true;
  }

  #startDirect(now: Instant): boolean {
    const { queue, poller, transmitter, counters } = this.#parts;
    const waiting = queue.peek();
    if (waiting === undefined) return false;
    const { id, request } = waiting;
    if (now > (request.notAfter ?? Infinity) || now >= (request.until ?? Infinity)) {
      queue.shift();
      this.finish(id, 'dropped');
      return true;
    }
    const built = waiting.built ?? this.#build(request, request.more === true, now);
    if (built === undefined) {
      this.#refuse(waiting);
      return this.#retryAt === Infinity;
    }
    queue.shift();
    const done: Order['done'] = (outcome, pending, at) => {
      this.finish(id, outcome);
      if (outcome === 'sent' && isBroadcast(request.destination)) counters.sentToAll++;
      if (outcome === 'sent' && request.more !== true) poller.sent(at);
      // A parent's acknowledgement of any frame says whether something waits (Thread 1.2 on).
      if (pending) poller.atOnce(at);
    };
    const { destination, channel, until: notAfter, repetitions = usualRepetitions } = request;
    transmitter.start({ frame: built, destination, channel, repetitions, notAfter, done }, now);
    return true;
  }

  /** The frame, or `undefined`: it waits until `#retryAt` for a counter, or it is impossible. */
  #build(content: FrameContent, more: boolean, now: Instant): BuiltFrame | undefined {
    const built = this.#parts.builder.build(content, more);
    if (built === 'wait') this.#retryAt = now + counterWait;
    return typeof built === 'string' ? undefined : built;
  }

  /** Gives up a frame that cannot be built; one that waits for a counter stays. */
  #refuse({ id }: Waiting): void {
    if (this.#retryAt !== Infinity) return;
    this.#parts.queue.remove(id);
    this.finish(id, 'refused');
  }
}
