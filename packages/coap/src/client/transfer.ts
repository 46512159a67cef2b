import { type Instant, type PeerAddress, SelvageError } from '@selvage/core';
import { Download, type DownloadStep, withoutBlocks } from '../blockwise/download.js';
import type { Representation } from '../blockwise/representation.js';
import { blockSizeFor, fitsWhole, headLength } from '../blockwise/room.js';
import { Upload } from '../blockwise/upload.js';
import { codeText, isSuccess, methodCodes, type ResponseCode } from '../message/code.js';
import { type CoapMessage, noBytes } from '../message/message.js';
import type { CoapOption } from '../message/option-codec.js';
import type { Content } from '../messaging/delivery.js';
import type { Peer } from '../messaging/peer.js';
import type { TimerEntry } from '../messaging/timers.js';
import { first, inOrder, without } from '../option/access.js';
import { type Block } from '../option/block.js';
import { type Recognized, unrecognized } from '../option/recognition.js';
import { option } from '../option/registry.js';
import { ClientExchange, type ExchangeUser } from './exchange.js';
import type { CoapResponse, PreparedRequest, RequestSettings } from './request.js';
import type { ClientWorld } from './world.js';

/** What became of a request. */
export type Outcome<Address extends PeerAddress> =
  | { readonly kind: 'response'; readonly response: CoapResponse<Address> }
  | { readonly kind: 'failed'; readonly error: SelvageError };

type State =
  | { readonly kind: 'whole' }
  | { readonly kind: 'upload'; readonly upload: Upload; block: Block }
  | { readonly kind: 'download'; readonly download: Download }
  | { readonly kind: 'over' };

/** How often a server may ask for an Echo, and how often the resource may change under a download. */
const mostChallenges = 2;
const mostRestarts = 3;
const challenge = '4.01';
const tooLarge = '4.13';
const continued = '2.31';

/**
 * A request and its response as wholes: the request's body goes in blocks if it must, the response's blocks are fetched
 * and put together, and a server that asks for an Echo gets it (RFC 7959 §2.4 and §2.5, RFC 9175 §2.3). Each block is
 * an exchange with a token of its own.
 */
export class ClientTransfer<Address extends PeerAddress> implements ExchangeUser<Address> {
  readonly #world: ClientWorld<Address>;
  readonly #peer: Peer<Address>;
  readonly #request: PreparedRequest;
  readonly #settings: RequestSettings;
  readonly #done: (outcome: Outcome<Address>, now: Instant) => void;
  #state: State = { kind: 'whole' };
  #last: Content | undefined;
  #exchange: ClientExchange<Address> | undefined;
  #timer: TimerEntry | undefined;
  #echo: Uint8Array | undefined;
  #tag: CoapOption | undefined;
  #challenges = 0;
  #restarts = 0;

  constructor(
    world: ClientWorld<Address>,
    peer: Peer<Address>,
    request: PreparedRequest,
    settings: RequestSettings,
    done: (outcome: Outcome<Address>, now: Instant) => void,
  ) {
    this.#world = world;
    this.#peer = peer;
    this.#request = request;
    this.#settings = settings;
    this.#done = done;
  }

  /** @throws SelvageError `too-many-requests`, or `payload-too-large` for options that fill a datagram. */
  begin(now: Instant): void {
    this.#setTimer(now);
    try {
      this.#start(now);
    } catch (error) {
      this.cancel(now);
      throw error;
    }
  }

  /** Goes on from a response that came otherwise, such as to a group or as a notification. */
  resume(message: CoapMessage, now: Instant): void {
    this.#setTimer(now);
    this.#guarded(now, () => this.#answered(message, now));
  }

  /** Ends it; nobody is told. */
  cancel(now: Instant): void {
    this.#state = { kind: 'over' };
    this.#world.timers.cancel(this.#timer);
    this.#exchange?.close(now);
  }

  responded(message: CoapMessage, _from: Peer<Address>, now: Instant): boolean {
    const number = unrecognizedIn(message, this.#request, this.#world.recognized);
    if (number !== undefined) {
      this.failed(unrecognizedOption(number), now);
      return false;
    }
    this.#guarded(now, () => {
      if (this.#challenged(message, now)) return;
      if (this.#state.kind === 'upload') return this.#uploaded(this.#state, message, now);
      this.#answered(message, now);
    });
    return true;
  }

  failed(error: SelvageError, now: Instant): void {
    this.#finish({ kind: 'failed', error }, now);
  }

  /** A response that cannot be read, or a next block that cannot be asked for, is the request's failure. */
  #guarded(now: Instant, work: () => void): void {
    try {
      work();
    } catch (error) {
      if (!(error instanceof SelvageError)) throw error;
      this.failed(error, now);
    }
  }

  #start(now: Instant): void {
    const { payload, raw } = this.#request;
    const options = this.#base();
    const limit = this.#limit;
    const length = headLength(options);
    if (length > limit) throw tooLong(length, limit);
    if (raw || payload.length === 0 || fitsWhole(length, payload.length, limit)) {
      this.#state = { kind: 'whole' };
      return this.#send({ code: this.#request.code, options, payload }, now);
    }
    const upload = new Upload(payload);
    if (this.#world.requestTags) this.#tag = option.requestTag.of(this.#world.random.bytes(4));
    this.#sendBlock(upload, upload.first(blockSizeFor(length, limit)), now);
  }

  #sendBlock(upload: Upload, block: Block, now: Instant): void {
    this.#state = { kind: 'upload', upload, block };
    const size = block.number === 0 ? [option.size1.of(upload.length)] : [];
    const options = inOrder([...this.#base(), option.block1.of(block), ...size]);
    this.#send({ code: this.#request.code, options, payload: upload.part(block) }, now);
  }

  /** A response to a block of the request's body. */
  #uploaded({ upload, block }: Extract<State, { kind: 'upload' }>, message: CoapMessage, now: Instant): void {
    const echoed = first(message.options, option.block1);
    const code = codeText(message.code);
    if (code === tooLarge && echoed !== undefined && echoed.size < block.size) {
      return this.#sendBlock(upload, upload.first(echoed.size), now);
    }
    const goesOn = code === continued || (isSuccess(message.code) && block.more && echoed !== undefined);
    if (!goesOn) return this.#answered(message, now);
    if (!block.more || echoed?.number !== block.number) {
      return this.failed(broken(`the server answered ${code} to another block than ${block.number}`), now);
    }
    this.#sendBlock(upload, upload.after(block, echoed.size), now);
  }

  /** A response to the whole request, or to a block of its own. */
  #answered(message: CoapMessage, now: Instant): void {
    const block = this.#request.raw ? undefined : first(message.options, option.block2);
    const isFirst = this.#state.kind !== 'download';
    if (isFirst && (block === undefined || (block.number === 0 && !block.more))) {
      return this.#respond(this.#checked(message), now);
    }
    if (this.#state.kind === 'download') {
      if (!isSuccess(message.code)) return this.#respond(message, now);
      return this.#downloaded(this.#state.download, this.#state.download.take(message, block), now);
    }
    const download = new Download(message, this.#maximumBody);
    this.#state = { kind: 'download', download };
    this.#downloaded(download, download.take(message, block), now);
  }

  #downloaded(_download: Download, step: DownloadStep, now: Instant): void {
    switch (step.kind) {
      case 'next':
        return this.#fetch(step.block, now);
      case 'complete':
        return this.#respond(step.whole, now);
      case 'changed':
        return this.#restart(now);
      case 'too-large':
        return this.failed(bodyTooLarge(this.#maximumBody), now);
      case 'broken':
        return this.failed(broken(`the server sent ${step.problem}`), now);
    }
  }

  #fetch(block: Block, now: Instant): void {
    const own = without(this.#base(), option.observe, option.block2);
    const options = inOrder([...own, option.block2.of(block)]);
    this.#send({ code: this.#request.code, options, payload: noBytes }, now);
  }

  /** What changes something is not done again because the description of what it did has changed. */
  #restart(now: Instant): void {
    const { code } = this.#request;
    const isSafe = code === methodCodes.GET || code === methodCodes.FETCH;
    if (!isSafe || ++this.#restarts > mostRestarts) {
      return this.failed(broken('the resource changed while its blocks were fetched'), now);
    }
    this.#start(now);
  }

  /** RFC 9175 §2.3: the same message again, with the Echo. */
  #challenged({ code, options }: CoapMessage, now: Instant): boolean {
    const echo = first(options, option.echo);
    if (echo === undefined || codeText(code) !== challenge || this.#last === undefined) return false;
    if (++this.#challenges > mostChallenges) return false;
    this.#echo = echo;
    const again = inOrder([...without(this.#last.options, option.echo), option.echo.of(echo)]);
    this.#send({ ...this.#last, options: again }, now);
    return true;
  }

  /** The options of every message of the request. */
  #base(): readonly CoapOption[] {
    const { options, raw } = this.#request;
    const wanted = raw ? undefined : this.#wantedBlock(options);
    const added = [
      ...(wanted === undefined ? [] : [option.block2.of(wanted)]),
      ...(this.#echo === undefined ? [] : [option.echo.of(this.#echo)]),
      ...(this.#tag === undefined ? [] : [this.#tag]),
    ];
    return added.length === 0 ? options : inOrder([...options, ...added]);
  }

  /** A port of small datagrams asks for small blocks from the start (RFC 7959 §2.4). */
  #wantedBlock(options: readonly CoapOption[]): Block | undefined {
    const size = blockSizeFor(headLength(options), this.#limit);
    return size === 1024 ? undefined : { number: 0, more: false, size };
  }

  #send(parts: Content, now: Instant): void {
    this.#last = parts;
    const settings = { confirmable: this.#request.confirmable, lasting: false };
    this.#exchange = new ClientExchange(this.#world, this.#peer, settings, this);
    this.#exchange.send(parts, now);
  }

  #checked(message: CoapMessage): Representation {
    if (message.payload.length > this.#maximumBody) throw bodyTooLarge(this.#maximumBody);
    return message;
  }

  #respond({ code, options, payload }: Representation, now: Instant): void {
    const response = {
      code: codeText(code) as ResponseCode,
      options: this.#request.raw ? options : withoutBlocks(options),
      payload,
      from: this.#peer.address,
    };
    this.#finish({ kind: 'response', response }, now);
  }

  #finish(outcome: Outcome<Address>, now: Instant): void {
    if (this.#state.kind === 'over') return;
    this.cancel(now);
    this.#done(outcome, now);
  }

  #setTimer(now: Instant): void {
    const { timeout } = this.#settings;
    if (timeout === undefined) return;
    this.#timer = this.#world.timers.set(now + timeout, (at) =>
      this.failed(new SelvageError('timed-out', `no response within ${timeout} ms`), at),
    );
  }

  get #limit(): number {
    return this.#world.maximumPayload(this.#peer.address);
  }

  get #maximumBody(): number {
    return this.#settings.maximumBody ?? this.#world.limits.body;
  }
}

/**
 * The first critical option of a response that is not recognized. One that the request had is known to who made it;
 * libcoap says with 4.02 which it was by sending it back.
 */
export function unrecognizedIn(
  { options }: CoapMessage,
  request: PreparedRequest,
  recognized: Recognized,
): number | undefined {
  const number = unrecognized(options, recognized);
  if (number === undefined) return undefined;
  return unrecognized(options, new Set([...recognized, ...request.options.map((one) => one.number)]));
}

/** A response that must not be used, RFC 7252 §5.4.1. */
export function unrecognizedOption(number: number): SelvageError {
  return new SelvageError('unrecognized-option', `the response has the critical option ${number}`, {
    details: { option: number },
  });
}

function tooLong(length: number, limit: number): SelvageError {
  return new SelvageError('payload-too-large', `the options take ${length} bytes where a datagram has ${limit}`);
}

function bodyTooLarge(limit: number): SelvageError {
  return new SelvageError('payload-too-large', `the response is longer than ${limit} bytes`, {
    fault: 'peer',
    details: { limit },
  });
}

function broken(problem: string): SelvageError {
  return new SelvageError('transfer-failed', problem);
}
