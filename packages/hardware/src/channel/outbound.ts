import type { SelvageError } from '@selvage/core';
import type { Frame } from './frame.js';
import { type ChannelLimits, windowOf } from './limits.js';

/** A request of this side, and who waits for its answer. */
export interface OutboundRequest {
  readonly frame: Frame;
  resolve: (body: Uint8Array) => void;
  reject: (error: unknown) => void;
  /** Set when nobody waits any more; its answer still comes. */
  isForgotten: boolean;
}

interface Lane {
  underWay: number;
  waiting: OutboundRequest[];
}

/** Requests of this side: those under way by id, and those of each lane that wait until fewer are. */
export class Outbound {
  readonly #window: { readonly requests: number; readonly bytes: number };
  readonly #underWay = new Map<number, OutboundRequest>();
  readonly #lanes = new Map<number, Lane>();
  #bytes = 0;
  #lastId = 0;

  constructor(limits: ChannelLimits) {
    this.#window = windowOf(limits);
  }

  /** How many requests wait for their answer. */
  get underWay(): number {
    return this.#underWay.size;
  }

  /** An id that no request under way or waiting has; never 0. */
  nextId(): number {
    do this.#lastId = (this.#lastId + 1) >>> 0;
    while (this.#lastId === 0 || this.#underWay.has(this.#lastId));
    return this.#lastId;
  }

  /** Takes a request; true where it is to be sent now, else it waits. */
  add(request: OutboundRequest): boolean {
    const lane = this.#laneOf(request);
    if (lane.waiting.length === 0 && this.#hasRoom(lane, request)) {
      this.#begin(lane, request);
      return true;
    }
    lane.waiting.push(request);
    return false;
  }

  /** Takes a waiting request away; false where it is under way. */
  drop(request: OutboundRequest): boolean {
    const { waiting } = this.#laneOf(request);
    const at = waiting.indexOf(request);
    if (at >= 0) waiting.splice(at, 1);
    return at >= 0;
  }

  /** The request that an answer is for, which is under way no longer. */
  answered({ id, service, operation, lane }: Frame): OutboundRequest | undefined {
    const request = this.#underWay.get(id);
    if (request === undefined) return undefined;
    const { frame } = request;
    if (frame.service !== service || frame.operation !== operation || frame.lane !== lane) return undefined;
    this.#underWay.delete(id);
    this.#laneOf(request).underWay--;
    this.#bytes -= frame.body.length;
    return request;
  }

  /** The waiting requests for which there is room now: they are under way. */
  *due(): Generator<OutboundRequest> {
    for (const lane of this.#lanes.values()) {
      while (lane.waiting[0] && this.#hasRoom(lane, lane.waiting[0])) {
        const request = lane.waiting.shift() as OutboundRequest;
        this.#begin(lane, request);
        yield request;
      }
    }
  }

  /** Nothing will be answered any more. */
  fail(error: SelvageError): void {
    const all = [...this.#underWay.values(), ...[...this.#lanes.values()].flatMap(({ waiting }) => waiting)];
    this.#underWay.clear();
    this.#lanes.clear();
    for (const { reject } of all) reject(error);
  }

  #begin(lane: Lane, request: OutboundRequest): void {
    lane.underWay++;
    this.#bytes += request.frame.body.length;
    this.#underWay.set(request.frame.id, request);
  }

  /** One that is larger than the window goes when it is alone. */
  #hasRoom(lane: Lane, { frame }: OutboundRequest): boolean {
    if (lane.underWay >= this.#window.requests) return false;
    return this.#bytes === 0 || this.#bytes + frame.body.length <= this.#window.bytes;
  }

  #laneOf({ frame }: OutboundRequest): Lane {
    let lane = this.#lanes.get(frame.lane);
    if (lane === undefined) {
      lane = { underWay: 0, waiting: [] };
      this.#lanes.set(frame.lane, lane);
    }
    return lane;
  }
}
