import { type Engine, type Entropy, type Instant, toHex } from '@selvage/core';
import type { CryptoCore } from '@selvage/crypto';
import type { ThreadKeys } from '../keys/thread-keys.js';
import type { RadioCapabilities, ReceivedFrame } from '../radio/radio.js';
import { isOurAcknowledgement } from './acknowledged.js';
import { acknowledgementOf, turnaround } from './acknowledgement.js';
import { isBroadcast, sameExtended } from './address.js';
import { isBeaconRequest, readBeacon } from './beacon.js';
import { BeaconResponder } from './beacon-responder.js';
import { Dice } from './dice.js';
import { Duplicates } from './duplicates.js';
import { FrameBuilder } from './frame-builder.js';
import { FrameOpener, type Opened } from './frame-opener.js';
import { commandIds, type MacFrame } from './frame/mac-frame.js';
import { isAcknowledgement, isForSomebodyElse } from './glance.js';
import { type LinkCounters, linkCounters } from './link-counters.js';
import type { LinkInput, LinkOutput } from './link-engine.js';
import type { LinkRequest } from './link-request.js';
import type { LinkService } from './link-service.js';
import type { LinkUser } from './link-user.js';
import type { Neighbour } from './neighbour.js';
import { NeighbourTable } from './neighbour-table.js';
import { Outgoing } from './outgoing.js';
import { OwnIdentity } from './own-identity.js';
import type { PollSetting } from './poll-setting.js';
import { Poller } from './poller.js';
import { radioIdentity } from './radio-identity.js';
import { type Addressed, addressed, indicationOf, openFrame, readPsdu } from './receiver.js';
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

/** Ids of acknowledgements, below those of frames. */
const acknowledgementId = 0;

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
  readonly #duplicates = new Duplicates();
  readonly #poller = new Poller();
  /** While a frame that says to be the parent's is handed up: whether it says that more waits. Anybody could have sent it. */
  #unproven: boolean | undefined;
  readonly #outputs: LinkOutput[] = [];
  readonly #outgoing: Outgoing;
  readonly #beacons: BeaconResponder;
  readonly #scanner: Scanner;
  #keys: ThreadKeys;
  #nextId = 1;
  #receiveOn = true;
  #awakeUntil: Instant = -Infinity;
  #receiverState: 'unset' | 'asleep' | number = 'unset';
  #identityChanged = true;
  #now: Instant = -Infinity;

  constructor({ core, entropy, keys, radio, extended, user }: LinkOptions) {
    const dice = new Dice(entropy);
    this.#capabilities = radio;
    this.#user = user;
    this.#keys = keys;
    this.#identity = new OwnIdentity(extended);
    this.#builder = new FrameBuilder(core, this.#identity, keys, dice.draw(8));
    this.#opener = new FrameOpener(core, this.neighbours, keys, this.counters, (event) =>
      user.onEvent(event, this.#now),
    );
    this.#transmitter = new Transmitter(radio, dice, this.counters, (output) => this.#outputs.push(output));
    this.#beacons = new BeaconResponder(this.#identity, this.#transmitter);
    this.#scanner = new Scanner(this.#transmitter, (output) => this.#outputs.push(output));
    this.#outgoing = new Outgoing({
      builder: this.#builder,
      queue: this.#queue,
      transmitter: this.#transmitter,
      poller: this.#poller,
      beacons: this.#beacons,
      isHeld: () => this.#scanner.isHolding(this.channel),
      counters: this.counters,
      tell: (event) => user.onEvent(event, this.#now),
      onPendingChanged: () => {
        this.#identityChanged = true;
      },
    });
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
    const awake = this.#awakeUntil > this.#now ? this.#awakeUntil : Infinity;
    const least = Math.min(this.#outgoing.deadline, this.#scanner.deadline, awake);
    return least === Infinity ? undefined : least;
  }

  /** The keys of another network key. What was sealed already goes out as it is. */
  setKeys(keys: ThreadKeys): void {
    this.#keys = keys;
    this.#builder.setKeys(keys);
    this.#opener.setKeys(keys);
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
    this.#identityChanged = true;
  }

  withdrawIndirect(extended: Uint8Array): void {
    for (const { id } of this.#queue.removeChild(extended)) this.#outgoing.finish(id, 'dropped');
    this.#identityChanged = true;
  }

  setPanId(panId: number): void {
    this.#identity.panId = panId;
    this.#identityChanged = true;
  }

  setShort(short: number | undefined): void {
    this.#identity.short = short;
    this.#identityChanged = true;
  }

  setExtended(extended: Uint8Array): void {
    this.#identity.extended = Uint8Array.from(extended);
    this.#identityChanged = true;
  }

  setChannel(channel: number): void {
    this.#transmitter.channel = channel;
  }

  setReceiveOn(receiveOn: boolean): void {
    this.#receiveOn = receiveOn;
  }

  stayAwake(until: Instant): void {
    this.#awakeUntil = Math.max(this.#awakeUntil, until);
  }

  setPolling(setting: PollSetting | undefined, now: Instant): void {
    this.#poller.set(setting, now);
  }

  pollSoon(now: Instant): void {
    this.#poller.soon(now);
  }

  proven(now: Instant): void {
    if (this.#unproven !== undefined) this.#poller.received(this.#unproven, now);
    this.#unproven = undefined;
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
    this.#duplicates.clear();
    this.#poller.set(undefined, now);
    this.#awakeUntil = -Infinity;
    this.#identityChanged = true;
  }

  handle(input: LinkInput, now: Instant): void {
    this.#now = now;
    switch (input.kind) {
      case 'received':
        return this.#received(input.frame, now);
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
      this.#instruct(now);
      this.#scanner.tuned(now);
    }
    this.#outgoing.advance(now);
    for (let told = this.#outgoing.takeOutcome(); told !== undefined; told = this.#outgoing.takeOutcome()) {
      this.#user.onSent(told[0], told[1], now);
      // Whoever was told may have given another frame.
      this.#outgoing.advance(now);
    }
    this.#instruct(now);
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
        this.#identityChanged = true;
      }
    }
  }

  /** What a frame from the air does: it ends a transmission, or is acknowledged, opened and handed up. */
  #received(received: ReceivedFrame, now: Instant): void {
    this.counters.received++;
    const { psdu } = received;
    if (isAcknowledgement(psdu) && !this.#transmitter.isListening) return;
    if (isForSomebodyElse(psdu, this.#identity)) return void this.counters.filtered++;
    const read = readPsdu(psdu);
    if (read === undefined) return void this.counters.malformed++;
    const { frame, body } = read;
    if (frame.type === 'beacon') return this.#beacon(frame, received);
    // What is heard where the radio is for a scan is none of our network.
    if (received.channel !== this.channel) return void this.counters.filtered++;
    if (frame.type === 'acknowledgement') return this.#acknowledgement(frame, body, now);
    if (this.#beacons.isOn && isBeaconRequest(frame)) {
      this.counters.beaconRequests++;
      return this.#beacons.asked();
    }
    const ours = addressed(frame, body, this.#identity);
    if (ours === undefined) return void this.counters.filtered++;
    const saidPending = this.#acknowledge(ours, received);
    const opened = openFrame(ours, this.#opener, this.#duplicates, this.counters, now);
    if (opened === undefined) return;
    opened.neighbour?.hear(received.rssi, now);
    if (frame.type === 'command') return this.#childPolled(ours, opened, saidPending, now);
    this.#deliver(ours, opened, received, now);
  }

  #deliver(ours: Addressed, opened: Opened, received: ReceivedFrame, now: Instant): void {
    this.counters.delivered++;
    if (isBroadcast(ours.destination)) this.counters.deliveredToAll++;
    const sender = opened.neighbour ?? this.neighbours.entry(ours.source);
    if (this.#isParent(sender)) {
      if (opened.neighbour === undefined) this.#unproven = ours.frame.framePending;
      else this.#poller.received(ours.frame.framePending, now);
    }
    this.#user.onFrame(indicationOf(ours, opened, received, this.#identity), now);
    this.#unproven = undefined;
  }

  /** Acknowledges a frame that asks for it, unless the radio did; returns whether it was said that something waits. */
  #acknowledge({ frame, source }: Addressed, received: ReceivedFrame): boolean {
    const child = this.neighbours.entry(source);
    const pending = child !== undefined && this.#queue.child(child.extended) !== undefined;
    if (this.#capabilities.acknowledges) return received.acknowledgedWithPending ?? pending;
    if (!frame.acknowledgementRequest) return pending;
    const psdu = acknowledgementOf(frame, pending, child !== undefined, this.#keys, this.#builder);
    if (psdu === undefined) return pending;
    this.counters.acknowledged++;
    const { channel, at } = received;
    const notBefore = at + turnaround;
    const transmission = { id: acknowledgementId, psdu, channel, assess: false, notBefore };
    this.#outputs.push({ kind: 'transmit', transmission });
    return pending;
  }

  #beacon(frame: MacFrame, received: ReceivedFrame): void {
    const beacon = readBeacon(frame, received);
    if (beacon !== undefined && this.#scanner.heard(beacon)) this.counters.beacons++;
    else this.counters.malformed++;
  }

  #acknowledgement(frame: MacFrame, body: Uint8Array, now: Instant): void {
    const { order } = this.#transmitter;
    if (order === undefined) return;
    const isIts = isOurAcknowledgement(frame, body, order, this.#identity, this.#opener, now);
    if (isIts) this.#transmitter.acknowledged(frame.framePending, now);
  }

  /** Data requests: a child polls. */
  #childPolled({ frame }: Addressed, { neighbour }: Opened, saidPending: boolean, now: Instant): void {
    if (frame.command !== commandIds.dataRequest || neighbour?.isChild !== true) {
      this.counters.malformed++;
      return;
    }
    if (saidPending) this.#outgoing.childListens(neighbour.extended, now);
    this.#user.onEvent({ kind: 'child-polled', neighbour }, now);
  }

  #isParent(neighbour: Neighbour | undefined): boolean {
    const parent = this.#poller.setting?.parent;
    if (parent === undefined || neighbour === undefined) return false;
    return parent.kind === 'short'
      ? parent.short === neighbour.short
      : sameExtended(parent.extended, neighbour.extended);
  }

  /** Tells the radio what changed: whom it answers for, and whether it receives. */
  #instruct(now: Instant): void {
    if (this.#identityChanged) {
      this.#identityChanged = false;
      if (this.#capabilities.acknowledges) {
        const identity = radioIdentity(this.#identity, this.#queue, this.neighbours);
        this.#outputs.push({ kind: 'configure', identity });
      }
    }
    const wanted = this.#scanner.channel ?? (this.#wantsReceiver(now) ? this.#transmitter.channel : 'asleep');
    if (wanted === this.#receiverState) return;
    this.#receiverState = wanted;
    this.#outputs.push(wanted === 'asleep' ? { kind: 'sleep' } : { kind: 'listen', channel: wanted });
  }

  /** Who sleeps does so while it backs off too: the radio listens by itself before it sends. */
  #wantsReceiver(now: Instant): boolean {
    return (
      this.#receiveOn ||
      now < this.#awakeUntil ||
      this.#poller.isListening(now) ||
      (this.#transmitter.isListening && !this.#capabilities.repeats)
    );
  }
}
