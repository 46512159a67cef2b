import { decode, encode, type Engine, FormatError, type Instant } from '@selvage/core';
import { HdlcDecoder, hdlcFrame } from './hdlc.js';
import {
  properties,
  type PropertyName,
  type PropertyValue,
  type RawTransmit,
  rawTransmit,
  statuses,
} from './properties.js';
import { commands, lastTransaction, propertyBody, spinelFrame } from './spinel-frame.js';

/** What {@link SpinelEngine} takes. */
export type SpinelInput =
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
  /** The way to the co-processor is gone. */
  | { readonly kind: 'closed'; readonly reason: string };

/** What it wants done, and tells. */
export type SpinelOutput =
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
  /** It was reset, by us or by itself: it has forgotten everything. */
  | { readonly kind: 'reset' }
  /** A request was answered; `value` is undefined where the status was not good. */
  | { readonly kind: 'answer'; readonly id: number; readonly status: number; readonly value: Uint8Array | undefined }
  | { readonly kind: 'notice'; readonly property: number; readonly value: Uint8Array }
  | { readonly kind: 'failed'; readonly reason: string };

/** A value that is to be got or set. */
type Request =
  | { readonly kind: 'get'; readonly id: number; readonly property: PropertyName }
  | { readonly kind: 'set'; readonly id: number; readonly property: PropertyName; readonly value: Uint8Array }
  | { readonly kind: 'transmit'; readonly id: number; readonly value: Uint8Array; readonly patience: number };

interface Pending {
  readonly request: Request;
  readonly until: Instant;
}

/** How long a co-processor may say nothing after its start before it is told to reset; for an answer, and how often. */
const [bootPatience, answerPatience, mostResets] = [300, 2000, 3] as const;
/** Requests that wait at most: far more than a radio that answers ever has. */
const mostWaiting = 256;

/**
 * Requests and answers of spinel over bytes: one request at a time, and beside it a transmission, whose end may take a
 * while. What is damaged, unknown or unasked-for is counted and dropped.
 */
export class SpinelEngine implements Engine<SpinelInput, SpinelOutput> {
  readonly #decoder = new HdlcDecoder();
  /** Frames that were no spinel, or answered nothing. */
  readonly counters = { malformed: 0, unexpected: 0 };
  readonly #outputs: SpinelOutput[] = [];
  readonly #waiting: Request[] = [];
  readonly #pending = new Map<number, Pending>();
  #transaction = 0;
  #nextId = 1;
  #resets = 0;
  #bootedBy: Instant | undefined;
  #state: 'starting' | 'running' | 'failed' = 'starting';

  constructor(now: Instant) {
    this.#bootedBy = now + bootPatience;
  }

  /** What the framing dropped. */
  get framing(): HdlcDecoder['counters'] {
    return this.#decoder.counters;
  }

  get deadline(): Instant | undefined {
    let least = this.#bootedBy ?? Infinity;
    for (const { until } of this.#pending.values()) least = Math.min(least, until);
    return least === Infinity || this.#state === 'failed' ? undefined : least;
  }

  /** Asks for a value; the id names the answer. */
  get(property: PropertyName, now: Instant): number {
    return this.#ask({ kind: 'get', id: this.#nextId++, property }, now);
  }

  set<N extends PropertyName>(property: N, value: PropertyValue<N>, now: Instant): number {
    const codec = properties[property][1] as Parameters<typeof encode>[0];
    return this.#ask({ kind: 'set', id: this.#nextId++, property, value: encode(codec, value, property) }, now);
  }

  /** Sends a frame. @param patience milliseconds after which its end is not waited for any more */
  transmit(frame: RawTransmit, patience: number, now: Instant): number {
    return this.#ask(
      { kind: 'transmit', id: this.#nextId++, value: encode(rawTransmit, frame, 'transmit'), patience },
      now,
    );
  }

  handle(input: SpinelInput, now: Instant): void {
    if (this.#state === 'failed') return;
    if (input.kind === 'closed') return this.#fail(input.reason);
    for (const frame of this.#decoder.take(input.bytes)) this.#take(frame, now);
  }

  poll(now: Instant): SpinelOutput | undefined {
    if (this.#state !== 'failed') this.#tick(now);
    return this.#outputs.shift();
  }

  #tick(now: Instant): void {
    if (this.#bootedBy !== undefined && now >= this.#bootedBy) {
      if (this.#resets++ >= mostResets) return this.#fail('the co-processor does not answer');
      this.#bootedBy = now + answerPatience;
      this.#send(0, commands.reset, new Uint8Array());
    }
    for (const [transaction, { request, until }] of this.#pending) {
      if (now < until) continue;
      this.#pending.delete(transaction);
      const what = request.kind === 'transmit' ? 'how a transmission ended' : `about ${request.property}`;
      return this.#fail(`the co-processor does not say ${what}`);
    }
  }

  #ask(request: Request, now: Instant): number {
    if (this.#state === 'failed') return request.id;
    if (this.#waiting.length >= mostWaiting) this.#fail('the co-processor does not keep up');
    this.#waiting.push(request);
    this.#next(now);
    return request.id;
  }

  /** Sends what waits, as long as only transmissions are without an answer, and one transmission at most. */
  #next(now: Instant): void {
    if (this.#state !== 'running') return;
    for (let request = this.#waiting[0]; request !== undefined; request = this.#waiting[0]) {
      const isTransmission = request.kind === 'transmit';
      const busy = [...this.#pending.values()].some(
        ({ request: other }) => other.kind !== 'transmit' || isTransmission,
      );
      if (busy) return;
      this.#waiting.shift();
      const transaction = this.#freeTransaction();
      const until = now + (request.kind === 'transmit' ? request.patience : answerPatience);
      this.#pending.set(transaction, { request, until });
      const property = properties[request.kind === 'transmit' ? 'streamRaw' : request.property][0];
      const value = request.kind === 'get' ? new Uint8Array() : request.value;
      const command = request.kind === 'get' ? commands.get : commands.set;
      this.#send(transaction, command, encode(propertyBody, { property, value }));
    }
  }

  #freeTransaction(): number {
    do this.#transaction = (this.#transaction % lastTransaction) + 1;
    while (this.#pending.has(this.#transaction));
    return this.#transaction;
  }

  #send(transaction: number, command: number, body: Uint8Array): void {
    const frame = encode(spinelFrame, { header: { interface: 0, transaction }, command, body });
    this.#outputs.push({ kind: 'bytes', bytes: hdlcFrame(frame) });
  }

  #take(bytes: Uint8Array, now: Instant): void {
    try {
      const { header, command, body } = decode(spinelFrame, bytes, 'spinel');
      if (command !== commands.is || header.interface !== 0) return void this.counters.unexpected++;
      const { property, value } = decode(propertyBody, body, 'spinel');
      const status =
        property === properties.lastStatus[0] ? decode(properties.lastStatus[1], value, 'spinel') : undefined;
      const isReset =
        status !== undefined && status.status >= statuses.resetFirst && status.status <= statuses.resetLast;
      if (isReset && header.transaction === 0) return this.#wasReset();
      if (this.#state !== 'running') return void this.counters.unexpected++;
      if (header.transaction === 0) return void this.#outputs.push({ kind: 'notice', property, value });
      this.#answer(header.transaction, property, value, status, now);
    } catch (error) {
      if (!(error instanceof FormatError)) throw error;
      this.counters.malformed++;
    }
  }

  #answer(
    transaction: number,
    property: number,
    value: Uint8Array,
    status: PropertyValue<'lastStatus'> | undefined,
    now: Instant,
  ): void {
    const pending = this.#pending.get(transaction);
    if (pending === undefined) return void this.counters.unexpected++;
    const { request } = pending;
    const asked = request.kind === 'transmit' ? properties.lastStatus[0] : properties[request.property][0];
    if (status === undefined && property !== asked) return void this.counters.unexpected++;
    this.#pending.delete(transaction);
    const answer =
      status === undefined
        ? { status: statuses.ok, value }
        : { status: status.status, value: request.kind === 'transmit' ? status.rest : undefined };
    this.#outputs.push({ kind: 'answer', id: request.id, ...answer });
    this.#next(now);
  }

  #wasReset(): void {
    this.#state = 'running';
    this.#bootedBy = undefined;
    this.#resets = 0;
    this.#pending.clear();
    this.#waiting.length = 0;
    this.#outputs.push({ kind: 'reset' });
  }

  #fail(reason: string): void {
    this.#state = 'failed';
    this.#bootedBy = undefined;
    this.#pending.clear();
    this.#waiting.length = 0;
    this.#outputs.push({ kind: 'failed', reason });
  }
}
