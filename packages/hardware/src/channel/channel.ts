import { decode, encode, SelvageError } from '@selvage/core';
import type { ByteStream } from './byte-stream.js';
import { decodeFailure } from './failure.js';
import {
  answer,
  answerBit,
  answerStatus,
  cancel,
  channelVersion,
  type Frame,
  frameHeadLength,
  FrameReader,
  hello,
  ownOperations,
  ownService,
} from './frame.js';
import { FrameSender } from './frame-sender.js';
import { type ChannelLimits, offence, usualLimits, type Violation, type ViolationKind } from './limits.js';
import { Outbound, type OutboundRequest } from './outbound.js';
import { type ChannelSchedule, microtaskSchedule } from './schedule.js';
import { cancelled, type ChannelService, Serving } from './serving.js';
import { Withdrawals } from './withdrawals.js';

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
  readonly #sender: FrameSender;
  readonly #serving: Serving;
  readonly #outbound: Outbound;
  readonly #withdrawals = new Withdrawals();
  readonly #closeListeners: ((error: SelvageError) => void)[] = [];
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
    this.#sender = new FrameSender(stream, this.#schedule, this.#limits.frame);
    this.#serving = new Serving({
      limits: this.#limits,
      schedule: this.#schedule,
      answer: (frame, status, body) => this.#answer(frame, status, body),
      violate: (kind, frame) => this.#violate(kind, frame),
      forgive: () => (this.#offences = Math.max(0, this.#offences - 1)),
      cut: (error) => this.#cut(error),
      isHalted: () => this.#sender.isBlocked || this.isClosed,
    });
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
    if (this.#end || this.#sender.isBlocked) return false;
    this.#send({ service, operation, lane, id: 0, body });
    return true;
  }

  /** From now on requests and notices to `service` go to it. */
  serve(service: number, handler: ChannelService): void {
    this.#serving.serve(service, handler);
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
    this.#serving.pump();
  }

  #receive(frame: Frame): void {
    if (frame.service === ownService) this.#receiveOwn(frame);
    else if (!this.#isGreeted) this.#refuseStranger(frame);
    else if (frame.operation & answerBit) this.#receiveAnswer(frame);
    else if (frame.id === 0) this.#serving.notice(frame);
    else this.#serving.request(frame);
  }

  #receiveOwn(frame: Frame): void {
    const { operation, body, id } = frame;
    try {
      if (id !== 0) throw new SelvageError('invalid-value', 'a channel is not asked');
      if (operation === ownOperations.hello && !this.#isGreeted) this.#greet(decode(hello, body).version, frame);
      else if (operation === ownOperations.cancel && this.#isGreeted) this.#serving.cancel(decode(cancel, body).id);
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

  #violate(kind: ViolationKind, frame: Frame | undefined): void {
    this.#violations++;
    this.#onViolation({ kind, service: frame?.service, operation: frame?.operation });
    this.#offences += kind === 'flood' ? 1 : offence;
    if (this.#offences < this.#limits.tolerance) return;
    this.#cut(new SelvageError('too-many-requests', 'the other side went on after it was refused', { fault: 'peer' }));
  }

  // What goes out

  #answer({ service, operation, lane, id }: Frame, status: number, body: Uint8Array): void {
    this.#send({ service, operation: operation | answerBit, lane, id, body: encode(answer, { status, body }) });
  }

  #sendOwn(operation: number, body: Uint8Array): void {
    this.#send({ service: ownService, operation, lane: 0, id: 0, body });
  }

  #send(frame: Frame): void {
    if (this.#end === undefined) this.#sender.send(frame);
  }

  #drained(): void {
    this.#sender.unblock();
    this.#serving.pump();
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
    this.#sender.flush();
    this.#finish(error);
    this.#stream.close();
  }

  #finish(error: SelvageError): void {
    if (this.#end) return;
    this.#end = error;
    this.#serving.cancelAll();
    this.#outbound.fail(error);
    for (const listener of this.#closeListeners.splice(0)) listener(error);
  }
}
