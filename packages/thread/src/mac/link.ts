import { type Engine, type Entropy, type Instant, toHex } from '@selvage/core';
import type { CryptoCore } from '@selvage/crypto';
import type { ThreadKeys } from '../keys/thread-keys.js';
import type { RadioCapabilities } from '../radio/radio.js';
import { BeaconResponder } from './beacon-responder.js';
import { Dice } from './dice.js';
import { FrameBuilder } from './frame-builder.js';
import { FrameOpener } from './frame-opener.js';
import { Incoming } from './incoming.js';
import { type LinkCounters, linkCounters } from './link-counters.js';
import type { LinkInput, LinkOutput } from './link-engine.js';
import type { LinkRequest } from './link-request.js';
import type { LinkService } from './link-service.js';
import type { LinkUser } from './link-user.js';
import { NeighbourTable } from './neighbour-table.js';
import { Outgoing } from './outgoing.js';
import { OwnIdentity } from './own-identity.js';
import type { PollSetting } from './poll-setting.js';
import { Poller } from './poller.js';
import { RadioSetting } from './radio-setting.js';
import { readPsdu } from './receiver.js';
import { payloadRoom } from './room.js';
import { Scanner, type ScanDone, type ScanRequest } from './scanner.js';
import { SendQueue } from './send-queue.js';
import { Transmitter } from './transmitter.js';

/** What a {@link Link} is made of. */
export interface LinkOptions {
  readonly core: CryptoCore;
  readonly entropy: Entropy;
  readonly keys: ThreadKeys;
  readonly radio: RadioCapabilities;
  /** 8 bytes in printed order. */
  readonly extended: Uint8Array;
  readonly user: LinkUser;
}

/**
 * The link of a Thread node over one radio: frames of IEEE 802.15.4 with CSMA-CA, acknowledgements, repetition,
 * security, and indirect transmission on both sides. It is driven by {@link LinkRunner}, or by the engine of a node.
 */
export class Link implements Engine<LinkInput, LinkOutput>, LinkService {
  readonly neighbours = new NeighbourTable();
  readonly counters: LinkCounters = linkCounters();
  readonly #capabilities: RadioCapabilities;
  readonly #user: LinkUser;
  readonly #identity: OwnIdentity;
  readonly #builder: FrameBuilder;
  readonly #opener: FrameOpener;
  readonly #transmitter: Transmitter;
  readonly #queue = new SendQueue();
  readonly #poller = new Poller();
  readonly #outputs: LinkOutput[] = [];
  readonly #outgoing: Outgoing;
  readonly #beacons: BeaconResponder;
  readonly #scanner: Scanner;
  readonly #incoming: Incoming;
  readonly #radio: RadioSetting;
  #nextId = 1;
  #now: Instant = -Infinity;

  constructor({ core, entropy, keys, radio, extended, user }: LinkOptions) {
    const dice = new Dice(entropy);
    const output = (one: LinkOutput): void => void this.#outputs.push(one);
    const { neighbours, counters } = this;
    const [queue, poller] = [this.#queue, this.#poller];
    this.#capabilities = radio;
    this.#user = user;
    const identity = new OwnIdentity(extended);
    const builder = new FrameBuilder(core, identity, keys, dice.draw(8));
    const opener = new FrameOpener(core, neighbours, keys, counters, (event) => user.onEvent(event, this.#now));
    const transmitter = new Transmitter(radio, dice, counters, output);
    const beacons = new BeaconResponder(identity, transmitter);
    const scanner = new Scanner(transmitter, output);
    const parts = { identity, neighbours, builder, opener, transmitter, queue, poller, beacons, scanner, counters };
    const outgoing = new Outgoing({
      ...parts,
      isHeld: () => scanner.isHolding(this.channel),
      tell: (event) => user.onEvent(event, this.#now),
      onPendingChanged: () => this.#radio.identityChanged(),
    });
    this.#radio = new RadioSetting({ ...parts, capabilities: radio, output });
    this.#incoming = new Incoming({ ...parts, outgoing, user, radioAcknowledges: radio.acknowledges, output }, keys);
    this.#identity = identity;
    this.#builder = builder;
    this.#opener = opener;
    this.#transmitter = transmitter;
    this.#beacons = beacons;
    this.#scanner = scanner;
    this.#outgoing = outgoing;
  }

  get extended(): Uint8Array {
    return this.#identity.extended;
  }

  get short(): number | undefined {
    return this.#identity.short;
  }

  get panId(): number {
    return this.#identity.panId;
  }

  get channel(): number {
    return this.#transmitter.channel;
  }

  get sensitivity(): number {
    return this.#capabilities.sensitivity;
  }

  /** Frames that wait or are under way. */
  get backlog(): number {
    return this.#queue.length + Number(!this.#transmitter.isIdle);
  }

  get deadline(): Instant | undefined {
    const least = Math.min(this.#outgoing.deadline, this.#scanner.deadline, this.#radio.deadline(this.#now));
    return least === Infinity ? undefined : least;
  }

  /** The keys of another network key. What was sealed already goes out as it is. */
  setKeys(keys: ThreadKeys): void {
    for (const one of [this.#builder, this.#opener, this.#incoming]) one.setKeys(keys);
    this.neighbours.forgetKeys();
  }

  send(request: LinkRequest, now: Instant): number {
    const id = this.#nextId++;
    const neighbour = this.neighbours.entry(request.destination);
    const waits = neighbour?.isChild === true && !neighbour.receiveOn && request.direct !== true;
    if (request.payload.length > payloadRoom(request)) this.#outgoing.finish(id, 'refused');
    else this.#outgoing.enqueue(id, request, waits ? neighbour.extended : undefined);
    this.#now = Math.max(this.#now, now);
    return id;
  }

  withdraw(id: number): void {
    if (this.#queue.remove(id) !== undefined) this.#outgoing.finish(id, 'dropped');
    this.#radio.identityChanged();
  }

  withdrawIndirect(extended: Uint8Array): void {
    for (const { id } of this.#queue.removeChild(extended)) this.#outgoing.finish(id, 'dropped');
    this.#radio.identityChanged();
  }

  setPanId(panId: number): void {
    this.#identity.panId = panId;
    this.#radio.identityChanged();
  }

  setShort(short: number | undefined): void {
    this.#identity.short = short;
    this.#radio.identityChanged();
  }

  setExtended(extended: Uint8Array): void {
    this.#identity.extended = Uint8Array.from(extended);
    this.#radio.identityChanged();
  }

  setChannel(channel: number): void {
    this.#transmitter.channel = channel;
  }

  setReceiveOn(receiveOn: boolean): void {
    this.#radio.receiveOn = receiveOn;
  }

  stayAwake(until: Instant): void {
    this.#radio.stayAwake(until);
  }

  setPolling(setting: PollSetting | undefined, now: Instant): void {
    this.#poller.set(setting, now);
  }

  pollSoon(now: Instant): void {
    this.#poller.soon(now);
  }

  proven(now: Instant): void {
    this.#incoming.proven(now);
  }

  setGivenKey(extended: Uint8Array, key: Uint8Array | undefined): void {
    const { given } = this.#opener;
    const name = toHex(extended);
    given.get(name)?.fill(0);
    if (key === undefined) given.delete(name);
    else given.set(name, Uint8Array.from(key));
  }

  scan(request: ScanRequest, done: ScanDone): void {
    this.#scanner.add(request, done);
  }

  setBeacons(isOn: boolean): void {
    this.#beacons.isOn = isOn;
  }

  reset(now: Instant): void {
    this.#transmitter.abort(now);
    this.#scanner.reset(now);
    this.#beacons.isOn = false;
    for (const { id } of this.#queue.clear()) this.#outgoing.finish(id, 'dropped');
    this.#incoming.clear();
    this.#poller.set(undefined, now);
    this.#radio.reset();
  }

  handle(input: LinkInput, now: Instant): void {
    this.#now = now;
    switch (input.kind) {
      case 'received':
        return this.#incoming.receive(input.frame, now);
      case 'transmitted': {
        const { id, outcome, at, acknowledgement } = input;
        const pending = acknowledgement !== undefined && readPsdu(acknowledgement.psdu)?.frame.framePending === true;
        return this.#transmitter.transmitted(id, outcome, at, pending, now);
      }
      case 'energy':
        return this.#scanner.measured(input.channel, input.dBm, now);
      case 'failed':
        return this.#user.onEvent({ kind: 'radio-failed', reason: input.reason }, now);
    }
  }

  poll(now: Instant): LinkOutput | undefined {
    this.#now = now;
    if (this.#queue.hasIndirect) this.#settleChildren();
    this.#scanner.tick(this.#isFree(now), now);
    if (this.#scanner.isTuning) {
      this.#radio.instruct(now);
      this.#scanner.tuned(now);
    }
    this.#outgoing.advance(now);
    for (let told = this.#outgoing.takeOutcome(); told !== undefined; told = this.#outgoing.takeOutcome()) {
      this.#user.onSent(told[0], told[1], now);
      // Whoever was told may have given another frame.
      this.#outgoing.advance(now);
    }
    this.#radio.instruct(now);
    return this.#outputs.shift();
  }

  /** Nothing is under way, and nobody has been told to expect anything. */
  #isFree(now: Instant): boolean {
    const isQuiet = this.#transmitter.isIdle && !this.#poller.isListening(now);
    return isQuiet && (!this.#queue.hasIndirect || this.#queue.listeningChild(now) === undefined);
  }

  /** What waits for a child that left is dropped; what waits for one that listens all the time now is sent. */
  #settleChildren(): void {
    for (const child of this.#queue.waitingChildren()) {
      const neighbour = this.neighbours.byExtended(child);
      if (neighbour === undefined) this.withdrawIndirect(child);
      else if (neighbour.receiveOn) {
        this.#queue.release(child);
        this.#radio.identityChanged();
      }
    }
  }
}
