import { FormatError, SelvageError } from '@selvage/core';
import { encodeFailure } from './failure.js';
import { answerStatus, type Frame, frameHeadLength } from './frame.js';
import { type ChannelRequest, Inbound, InboundRequest } from './inbound.js';
import type { ChannelLimits, ViolationKind } from './limits.js';
import type { ChannelSchedule } from './schedule.js';

/** What is said without being answered. */
export interface ChannelNotice {
  readonly operation: number;
  readonly lane: number;
  /** A view on what arrived; it belongs to the service. */
  readonly body: Uint8Array;
}

/** What a service does. A request that throws is answered with the error; a `FormatError` is an offence as well. */
export interface ChannelService {
  readonly request?: (request: ChannelRequest) => Uint8Array | Promise<Uint8Array>;
  readonly notice?: (notice: ChannelNotice) => void;
}

/** What {@link Serving} needs of its channel. */
export interface ServingParts {
  readonly limits: ChannelLimits;
  readonly schedule: ChannelSchedule;
  readonly answer: (frame: Frame, status: number, body: Uint8Array) => void;
  readonly violate: (kind: ViolationKind, frame: Frame) => void;
  /** A request was served: what was wrong before weighs less. */
  readonly forgive: () => void;
  /** The channel is no more. */
  readonly cut: (error: SelvageError) => void;
  /** Whether nothing is begun just now: the other side does not read, or the channel is no more. */
  readonly isHalted: () => boolean;
}

const none = new Uint8Array(0);

/** Serves what the other side of a channel asks and says: lanes in turn, bounded, some of it at a time. */
export class Serving {
  readonly #parts: ServingParts;
  readonly #services = new Map<number, ChannelService>();
  readonly #inbound: Inbound;
  #isPumpDue = false;

  constructor(parts: ServingParts) {
    this.#parts = parts;
    this.#inbound = new Inbound(parts.limits);
  }

  /** From now on requests and notices to `service` go to it. */
  serve(service: number, handler: ChannelService): void {
    this.#services.set(service, handler);
  }

  notice(frame: Frame): void {
    const notice = this.#services.get(frame.service)?.notice;
    if (notice === undefined) return this.#parts.violate('unknown-service', frame);
    try {
      notice(frame);
    } catch {
      this.#parts.violate('malformed-notice', frame);
    }
  }

  /** Takes a request; it is served by {@link Serving.pump}. */
  request(frame: Frame): void {
    if (this.#inbound.has(frame.id)) {
      // An answer would be taken for that of the other request.
      this.#parts.violate('repeated-id', frame);
      return this.#parts.cut(new SelvageError('invalid-value', 'the other side uses an id twice', { fault: 'peer' }));
    }
    if (!this.#inbound.hasLane(frame.lane)) {
      const problem = `there is no lane ${frame.lane}`;
      return this.#refuse(frame, 'unknown-lane', new SelvageError('invalid-argument', problem));
    }
    if (this.#services.get(frame.service)?.request === undefined) {
      const problem = `there is no service ${frame.service} here`;
      return this.#refuse(frame, 'unknown-service', new SelvageError('invalid-argument', problem));
    }
    if (!this.#inbound.add(new InboundRequest(frame))) {
      this.#refuse(frame, 'flood', new SelvageError('too-many-requests', 'too many requests are under way'));
    }
  }

  /** Nobody waits for the answer to a request any more. */
  cancel(id: number): void {
    this.#inbound.cancel(id);
  }

  cancelAll(): void {
    this.#inbound.cancelAll();
  }

  /** Serves what waits: some of it now, and the rest when what has arrived meanwhile was read. */
  pump(): void {
    if (this.#isPumpDue) return;
    const { slice, sliceTime } = this.#parts.limits;
    const end = this.#now() + sliceTime;
    for (let count = 0; count < slice; count++) {
      if (this.#parts.isHalted()) return;
      const request = this.#inbound.take();
      if (request === undefined) return;
      this.#run(request);
      if (this.#now() >= end) break;
    }
    if (!this.#inbound.isWaiting) return;
    this.#isPumpDue = true;
    this.#parts.schedule.later(() => {
      this.#isPumpDue = false;
      this.pump();
    });
  }

  #now(): number {
    return this.#parts.schedule.now?.() ?? 0;
  }

  #refuse(frame: Frame, kind: ViolationKind, error: SelvageError): void {
    this.#parts.violate(kind, frame);
    this.#parts.answer(frame, answerStatus.failed, encodeFailure(error));
  }

  #run(request: InboundRequest): void {
    if (request.isCancelled) return this.#failed(request, cancelled());
    try {
      const result = this.#services.get(request.frame.service)?.request?.(request) ?? none;
      if (result instanceof Uint8Array) return this.#served(request, result);
      result.then(
        (body) => this.#served(request, body),
        (error: unknown) => this.#failed(request, error),
      );
    } catch (error) {
      this.#failed(request, error);
    }
  }

  #served(request: InboundRequest, body: Uint8Array): void {
    if (body.length + 1 + frameHeadLength > this.#parts.limits.frame) {
      return this.#failed(request, new SelvageError('payload-too-large', 'the answer does not fit a frame'));
    }
    this.#inbound.finish(request);
    this.#parts.forgive();
    this.#parts.answer(request.frame, answerStatus.done, body);
  }

  #failed(request: InboundRequest, error: unknown): void {
    this.#inbound.finish(request);
    if (isMalformed(error)) this.#parts.violate('malformed-request', request.frame);
    else this.#parts.forgive();
    this.#parts.answer(request.frame, answerStatus.failed, encodeFailure(error));
  }
}

/** What a request ends with that was withdrawn. */
export function cancelled(): SelvageError {
  return new SelvageError('cancelled', 'nobody waits for the answer any more');
}

function isMalformed(error: unknown): boolean {
  return error instanceof FormatError && error.fault === 'peer';
}
