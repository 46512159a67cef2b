import type { Frame } from './frame.js';
import type { ChannelLimits } from './limits.js';

/** What a service is asked. */
export interface ChannelRequest {
  readonly operation: number;
  readonly lane: number;
  /** A view on what arrived; it belongs to the service. */
  readonly body: Uint8Array;
  /** Aborts when nobody waits for the answer any more, or the channel is closed. */
  readonly signal: AbortSignal;
}

/** A request that is here to be served. */
export class InboundRequest implements ChannelRequest {
  readonly frame: Frame;
  isCancelled = false;
  /** Few services ask for a signal, and making one takes longer than most answers. */
  #controller: AbortController | undefined;

  constructor(frame: Frame) {
    this.frame = frame;
  }

  get operation(): number {
    return this.frame.operation;
  }

  get lane(): number {
    return this.frame.lane;
  }

  get body(): Uint8Array {
    return this.frame.body;
  }

  get signal(): AbortSignal {
    this.#controller ??= new AbortController();
    if (this.isCancelled) this.#controller.abort();
    return this.#controller.signal;
  }

  cancel(): void {
    this.isCancelled = true;
    this.#controller?.abort();
  }
}

interface Lane {
  waiting: InboundRequest[];
  /** Where the next of `waiting` is: those before it are gone. */
  next: number;
  /** Served and waiting. */
  count: number;
}

/**
 * Requests of all lanes: bounded, and taken from each lane in turn, so that a lane that is full keeps another waiting
 * for one request and no longer.
 */
export class Inbound {
  readonly #limits: ChannelLimits;
  readonly #lanes: readonly Lane[];
  readonly #byId = new Map<number, InboundRequest>();
  #bytes = 0;
  #turn = 0;

  constructor(limits: ChannelLimits) {
    this.#limits = limits;
    this.#lanes = Array.from({ length: limits.lanes }, () => ({ waiting: [], next: 0, count: 0 }));
  }

  /** Whether there is a lane of this number. */
  hasLane(lane: number): boolean {
    return lane < this.#lanes.length;
  }

  has(id: number): boolean {
    return this.#byId.has(id);
  }

  /** Puts a request at the end of its lane; false where there is no room for it. */
  add(request: InboundRequest): boolean {
    const lane = this.#laneOf(request);
    const length = request.body.length;
    if (lane.count >= this.#limits.requests || this.#bytes + length > this.#limits.bytes) return false;
    lane.count++;
    this.#bytes += length;
    lane.waiting.push(request);
    this.#byId.set(request.frame.id, request);
    return true;
  }

  /** The next request to serve; it counts until {@link Inbound.finish}. */
  take(): InboundRequest | undefined {
    for (let tried = 0; tried < this.#lanes.length; tried++) {
      const lane = this.#lanes[this.#turn] as Lane;
      this.#turn = (this.#turn + 1) % this.#lanes.length;
      const request = shift(lane);
      if (request) return request;
    }
    return undefined;
  }

  /** Whether something waits. */
  get isWaiting(): boolean {
    return this.#lanes.some(({ waiting, next }) => next < waiting.length);
  }

  cancel(id: number): void {
    this.#byId.get(id)?.cancel();
  }

  cancelAll(): void {
    for (const request of this.#byId.values()) request.cancel();
  }

  finish(request: InboundRequest): void {
    this.#byId.delete(request.frame.id);
    this.#laneOf(request).count--;
    this.#bytes -= request.body.length;
  }

  #laneOf({ lane }: InboundRequest): Lane {
    return this.#lanes[lane] as Lane;
  }
}

function shift(lane: Lane): InboundRequest | undefined {
  const request = lane.waiting[lane.next];
  if (request === undefined) return undefined;
  lane.next++;
  if (lane.next === lane.waiting.length) {
    lane.waiting = [];
    lane.next = 0;
  }
  return request;
}
