import { ByteWriter, decode, encode, FormatError, SelvageError } from '@selvage/core';
import type { ByteStream } from './byte-stream.js';
import { decodeFailure, encodeFailure } from './failure.js';
import {
  answer,
  answerBit,
  answerStatus,
  cancel,
  channelVersion,
  type Frame,
  frameCodec,
  frameHeadLength,
  FrameReader,
  hello,
  ownOperations,
  ownService,
} from './frame.js';
import { type ChannelRequest, Inbound, InboundRequest } from './inbound.js';
import { type ChannelLimits, offence, usualLimits, type Violation, type ViolationKind } from './limits.js';
import { Outbound, type OutboundRequest } from './outbound.js';
import { type ChannelSchedule, microtaskSchedule } from './schedule.js';
import { Withdrawals } from './withdrawals.js';

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

/** How a request is made. */
export interface RequestOptions {
  /** 0 where nothing else is said. */
  readonly lane?: number | undefined;
  /** Where it aborts the request is withdrawn, and rejects with `cancelled`. */
  readonly signal?: AbortSignal | undefined;
  /** Whether its answer takes no longer than some tens of microseconds: then it is waited for without a rest. */
  readonly isQuick?: boolean | undefined;
}

/** What a channel stands on, and how much it takes. */
export interface ChannelOptions {
  readonly schedule?: ChannelSchedule | undefined;
  readonly limits?: Partial<ChannelLimits> | undefined;
  /** Hears of each violation, once for each. */
  readonly onViolation?: ((violation: Violation) => void) | undefined;
}

const none = new Uint8Array(0);

/**
 * Requests, answers and notices over a byte stream, both ways. Both sides are alike: each may serve and ask.
 *
 * What the other side may have under way is bounded a lane, and lanes are served in turn. A caller that floods, or whose
 * frames make no sense, is refused and counted; one that goes on is cut off. The service stays up for the others.
 */
export class Channel {
  readonly #stream: ByteStream;
  readonly #schedule: ChannelSchedule;
  readonly #limits: ChannelLimits;
  readonly #onViolation: (violation: Violation) => void;
  readonly #reader: FrameReader;
  readonly #codec;
  readonly #services = new Map<number, ChannelService>();
  readonly #inbound: Inbound;
  readonly #outbound: Outbound;
  readonly #withdrawals = new Withdrawals();
  readonly #closeListeners: ((error: SelvageError) => void)[] = [];
  #writer = new ByteWriter();
  #isFlushDue = false;
  #isPumpDue = false;
  #isBlocked = false;
  #isGreeted = false;
  #offences = 0;
  #violations = 0;
  #end: SelvageError | undefined;

  constructor(stream: ByteStream, options: ChannelOptions = {}) {
    this.#stream = stream;
    this.#schedule = options.schedule ?? microtaskSchedule;
    this.#limits = { ...usualLimits, ...options.limits };
    this.#onViolation = options.onViolation ?? (() => undefined);
    this.#reader = new FrameReader(this.#limits.frame);
    this.#codec = frameCodec(this.#limits.frame);
    this.#inbound = new Inbound(this.#limits);
    this.#outbound = new Outbound(this.#limits);
    stream.onData((bytes) => this.#read(bytes));
    stream.onClose(() => this.#finish(new SelvageError('port-closed', 'the other side has closed the channel')));
    stream.onDrain(() => this.#drained());
    this.#sendOwn(ownOperations.hello, encode(hello, { magic: 0x53_4c_56_43, version: channelVersion }));
  }

  /** Violations of the other side so far. */
  get violations(): number {
    return this.#violations;
  }

  get isClosed(): boolean {
    return this.#end !== undefined;
  }

  /**
   * Asks the other side.
   * @param service 1 to 255
   * @param operation 1 to 127
   * @throws SelvageError what the other side's service threw; `cancelled`; `payload-too-large`; `port-closed`;
   *   `protocol-version` where the other side speaks another version
   */
  request(service: number, operation: number, body: Uint8Array, options: RequestOptions = {}): Promise<Uint8Array> {
    const { lane = 0, signal, isQuick = false } = options;
    return new Promise((resolve, reject) => {
      if (this.#end) throw this.#end;
      if (signal?.aborted) throw cancelled();
      this.#requireFits(body);
      const frame = { service, operation, lane, id: this.#outbound.nextId(), body };
      const request: OutboundRequest = { frame, resolve, reject, isForgotten: false };
      if (signal) this.#withdrawOnAbort(request, signal);
      if (this.#outbound.add(request)) this.#send(frame);
      // Where many are under way there is enough to do meanwhile.
      const isAlone = (): boolean => this.#outbound.underWay === 1;
      if (isQuick && isAlone()) this.#schedule.hurry?.(isAlone);
    });
  }

  /**
   * Says something that is not answered; false where the other side does not read, and it was dropped.
   * @throws SelvageError `payload-too-large`
   */
  notify(service: number, operation: number, body: Uint8Array, lane = 0): boolean {
    this.#requireFits(body);
    if (this.#end || this.#isBlocked) return false;
    this.#send({ service, operation, lane, id: 0, body });
    return true;
  }

  /** From now on requests and notices to `service` go to it. */
  serve(service: number, handler: ChannelService): void {
    this.#services.set(service, handler);
  }

  /** Called once, with why, when the channel is closed by either side. */
  onClose(listener: (error: SelvageError) => void): void {
    if (this.#end) listener(this.#end);
    else this.#closeListeners.push(listener);
  }

  close(): void {
    this.#cut(new SelvageError('port-closed', 'the channel was closed'));
  }

  // What arrives

  #read(bytes: Uint8Array): void {
    if (this.#end) return;
    try {
      this.#reader.read(bytes, (frame) => {
        this.#receive(frame);
        return this.#end === undefined;
      });
    } catch {
      this.#violate('malformed-frame', undefined);
      this.#cut(
        new SelvageError('invalid-value', 'the other side does not speak as a channel does', { fault: 'peer' }),
      );
    }
    this.#pump();
  }

  #receive(frame: Frame): void {
    if (frame.service === ownService) this.#receiveOwn(frame);
    else if (!this.#isGreeted) this.#refuseStranger(frame);
    else if (frame.operation & answerBit) this.#receiveAnswer(frame);
    else if (frame.id === 0) this.#receiveNotice(frame);
    else this.#receiveRequest(frame);
  }

  #receiveOwn(frame: Frame): void {
    const { operation, body, id } = frame;
    try {
      if (id !== 0) throw new SelvageError('invalid-value', 'a channel is not asked');
      if (operation === ownOperations.hello && !this.#isGreeted) this.#greet(decode(hello, body).version, frame);
      else if (operation === ownOperations.cancel && this.#isGreeted) this.#inbound.cancel(decode(cancel, body).id);
      else throw new SelvageError('invalid-value', 'a channel has no such operation');
    } catch {
      if (this.#isGreeted) this.#violate('malformed-notice', frame);
      else this.#refuseStranger(frame);
    }
  }

  #greet(version: number, frame: Frame): void {
    this.#isGreeted = true;
    if (version === channelVersion) return;
    this.#violate('other-version', frame);
    const message = `the other side speaks version ${version} of the channel, this one ${channelVersion}`;
    this.#cut(
      new SelvageError('protocol-version', message, {
        details: { theirs: version, ours: channelVersion },
        remedy: 'Use the same version of Selvage on both sides.',
      }),
    );
  }

  #refuseStranger(frame: Frame): void {
    this.#violate('no-hello', frame);
    this.#cut(new SelvageError('invalid-value', 'the other side does not begin as a channel does', { fault: 'peer' }));
  }

  #receiveAnswer(frame: Frame): void {
    const request = this.#outbound.answered({ ...frame, operation: frame.operation & ~answerBit });
    if (request === undefined) return this.#violate('unasked-answer', frame);
    for (const { frame: due } of this.#outbound.due()) this.#send(due);
    if (request.isForgotten) return;
    const status = frame.body[0];
    const body = frame.body.subarray(1);
    if (status === answerStatus.done) return request.resolve(body);
    if (status !== answerStatus.failed) this.#violate('malformed-frame', frame);
    request.reject(decodeFailure(body));
  }

  #receiveNotice(frame: Frame): void {
    const notice = this.#services.get(frame.service)?.notice;
    if (notice === undefined) return this.#violate('unknown-service', frame);
    try {
      notice(frame);
    } catch {
      this.#violate('malformed-notice', frame);
    }
  }

  #receiveRequest(frame: Frame): void {
    if (this.#inbound.has(frame.id)) {
      // An answer would be taken for that of the other request.
      this.#violate('repeated-id', frame);
      return this.#cut(new SelvageError('invalid-value', 'the other side uses an id twice', { fault: 'peer' }));
    }
    if (!this.#inbound.hasLane(frame.lane)) {
      return this.#refuse(
        frame,
        'unknown-lane',
        new SelvageError('invalid-argument', `there is no lane ${frame.lane}`),
      );
    }
    if (this.#services.get(frame.service)?.request === undefined) {
      const problem = `there is no service ${frame.service} here`;
      return this.#refuse(frame, 'unknown-service', new SelvageError('invalid-argument', problem));
    }
    if (!this.#inbound.add(new InboundRequest(frame))) {
      this.#refuse(frame, 'flood', new SelvageError('too-many-requests', 'too many requests are under way'));
    }
  }

  #refuse(frame: Frame, kind: ViolationKind, error: SelvageError): void {
    this.#violate(kind, frame);
    this.#answer(frame, answerStatus.failed, encodeFailure(error));
  }

  #violate(kind: ViolationKind, frame: Frame | undefined): void {
    this.#violations++;
    this.#onViolation({ kind, service: frame?.service, operation: frame?.operation });
    this.#offences += kind === 'flood' ? 1 : offence;
    if (this.#offences < this.#limits.tolerance) return;
    this.#cut(new SelvageError('too-many-requests', 'the other side went on after it was refused', { fault: 'peer' }));
  }

  // What is served

  /** Serves what waits: some of it now, and the rest when what has arrived meanwhile was read. */
  #pump(): void {
    if (this.#isPumpDue) return;
    const end = this.#now() + this.#limits.sliceTime;
    for (let count = 0; count < this.#limits.slice; count++) {
      if (this.#isBlocked || this.#end) return;
      const request = this.#inbound.take();
      if (request === undefined) return;
      this.#run(request);
      if (this.#now() >= end) break;
    }
    if (!this.#inbound.isWaiting) return;
    this.#isPumpDue = true;
    this.#schedule.later(() => {
      this.#isPumpDue = false;
      this.#pump();
    });
  }

  #now(): number {
    return this.#schedule.now?.() ?? 0;
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
    if (body.length + 1 + frameHeadLength > this.#limits.frame) {
      return this.#failed(request, new SelvageError('payload-too-large', 'the answer does not fit a frame'));
    }
    this.#inbound.finish(request);
    this.#offences = Math.max(0, this.#offences - 1);
    this.#answer(request.frame, answerStatus.done, body);
  }

  #failed(request: InboundRequest, error: unknown): void {
    this.#inbound.finish(request);
    if (isMalformed(error)) this.#violate('malformed-request', request.frame);
    else this.#offences = Math.max(0, this.#offences - 1);
    this.#answer(request.frame, answerStatus.failed, encodeFailure(error));
  }

  #answer({ service, operation, lane, id }: Frame, status: number, body: Uint8Array): void {
    this.#send({ service, operation: operation | answerBit, lane, id, body: encode(answer, { status, body }) });
  }

  // What goes out

  #sendOwn(operation: number, body: Uint8Array): void {
    this.#send({ service: ownService, operation, lane: 0, id: 0, body });
  }

  #send(frame: Frame): void {
    if (this.#end) return;
    this.#codec.encode(this.#writer, frame);
    if (this.#isFlushDue) return;
    this.#isFlushDue = true;
    this.#schedule.soon(() => this.#flush());
  }

  #flush(): void {
    this.#isFlushDue = false;
    if (this.#writer.length === 0) return;
    // What is written while the other side does not read waits in the stream, and is bounded by what it asked.
    if (!this.#stream.write(this.#writer.take())) this.#isBlocked = true;
  }

  #drained(): void {
    this.#isBlocked = false;
    this.#pump();
  }

  #withdrawOnAbort(request: OutboundRequest, signal: AbortSignal): void {
    const withdraw = (): void => {
      if (!this.#outbound.drop(request)) {
        request.isForgotten = true;
        this.#sendOwn(ownOperations.cancel, encode(cancel, { id: request.frame.id }));
      }
      request.reject(cancelled());
    };
    const forget = this.#withdrawals.add(signal, withdraw);
    const { resolve, reject } = request;
    request.resolve = (body) => (forget(), resolve(body));
    request.reject = (error) => (forget(), reject(error));
  }

  #requireFits(body: Uint8Array): void {
    const longest = this.#limits.frame - frameHeadLength;
    if (body.length <= longest) return;
    throw new SelvageError('payload-too-large', `${body.length} bytes where a frame of the channel takes ${longest}`, {
      details: { length: body.length, longest },
    });
  }

  #cut(error: SelvageError): void {
    if (this.#end) return;
    this.#flush();
    this.#finish(error);
    this.#stream.close();
  }

  #finish(error: SelvageError): void {
    if (this.#end) return;
    this.#end = error;
    this.#inbound.cancelAll();
    this.#outbound.fail(error);
    for (const listener of this.#closeListeners.splice(0)) listener(error);
  }
}

function cancelled(): SelvageError {
  return new SelvageError('cancelled', 'nobody waits for the answer any more');
}

function isMalformed(error: unknown): boolean {
  return error instanceof FormatError && error.fault === 'peer';
}
