import type { Instant } from '@selvage/core';
import type { ThreadKeys } from '../keys/thread-keys.js';
import type { ReceivedFrame } from '../radio/radio.js';
import { isOurAcknowledgement } from './acknowledged.js';
import { acknowledgementOf, turnaround } from './acknowledgement.js';
import { isBroadcast, sameExtended } from './address.js';
import { isBeaconRequest, readBeacon } from './beacon.js';
import type { BeaconResponder } from './beacon-responder.js';
import { Duplicates } from './duplicates.js';
import type { FrameBuilder } from './frame-builder.js';
import type { FrameOpener, Opened } from './frame-opener.js';
import { commandIds, type MacFrame } from './frame/mac-frame.js';
import { isAcknowledgement, isForSomebodyElse } from './glance.js';
import type { LinkCounters } from './link-counters.js';
import type { LinkOutput } from './link-engine.js';
import type { LinkUser } from './link-user.js';
import type { Neighbour } from './neighbour.js';
import type { NeighbourTable } from './neighbour-table.js';
import type { Outgoing } from './outgoing.js';
import type { OwnIdentity } from './own-identity.js';
import type { Poller } from './poller.js';
import { type Addressed, addressed, indicationOf, openFrame, readPsdu } from './receiver.js';
import type { Scanner } from './scanner.js';
import type { SendQueue } from './send-queue.js';
import type { Transmitter } from './transmitter.js';

/** What {@link Incoming} works with. */
export interface IncomingParts {
  readonly identity: OwnIdentity;
  readonly neighbours: NeighbourTable;
  readonly opener: FrameOpener;
  readonly builder: FrameBuilder;
  readonly queue: SendQueue;
  readonly outgoing: Outgoing;
  readonly transmitter: Transmitter;
  readonly poller: Poller;
  readonly beacons: BeaconResponder;
  readonly scanner: Scanner;
  readonly counters: LinkCounters;
  readonly user: LinkUser;
  /** Whether the radio acknowledges by itself. */
  readonly radioAcknowledges: boolean;
  readonly output: (output: LinkOutput) => void;
}

/** Ids of acknowledgements, below those of frames. */
const acknowledgementId = 0;

/** What a frame from the air does: it ends a transmission, or is acknowledged, opened and handed up. */
export class Incoming {
  readonly #parts: IncomingParts;
  readonly #duplicates = new Duplicates();
  #keys: ThreadKeys;
  /** While a frame that says to be the parent's is handed up: whether it says that more waits. Anybody could have sent it. */
  #unproven: boolean | undefined;

  constructor(parts: IncomingParts, keys: ThreadKeys) {
    this.#parts = parts;
    this.#keys = keys;
  }

  /** Of another network key: acknowledgements are sealed with it from now on. */
  setKeys(keys: ThreadKeys): void {
    this.#keys = keys;
  }

  /** Forgets what was received. */
  clear(): void {
    this.#duplicates.clear();
  }

  /** See `LinkService.proven`. */
  proven(now: Instant): void {
    if (this.#unproven !== undefined) this.#parts.poller.received(this.#unproven, now);
    this.#unproven = undefined;
  }

  receive(received: ReceivedFrame, now: Instant): void {
    const { counters, identity, transmitter, beacons, opener } = this.#parts;
    counters.received++;
    const { psdu } = received;
    if (isAcknowledgement(psdu) && !transmitter.isListening) return;
    if (isForSomebodyElse(psdu, identity)) return void counters.filtered++;
    const read = readPsdu(psdu);
    if (read === undefined) return void counters.malformed++;
    const { frame, body } = read;
    if (frame.type === 'beacon') return this.#beacon(frame, received);
    // What is heard where the radio is for a scan is none of our network.
    if (received.channel !== transmitter.channel) return void counters.filtered++;
    if (frame.type === 'acknowledgement') return this.#acknowledgement(frame, body, now);
    if (beacons.isOn && isBeaconRequest(frame)) {
      counters.beaconRequests++;
      return beacons.asked();
    }
    const ours = addressed(frame, body, identity);
    if (ours === undefined) return void counters.filtered++;
    const saidPending = this.#acknowledge(ours, received);
    const opened = openFrame(ours, opener, this.#duplicates, counters, now);
    if (opened === undefined) return;
    opened.neighbour?.hear(received.rssi, now);
    if (frame.type === 'command') return this.#childPolled(ours, opened, saidPending, now);
    this.#deliver(ours, opened, received, now);
  }

  #deliver(ours: Addressed, opened: Opened, received: ReceivedFrame, now: Instant): void {
    const { counters, neighbours, poller, user, identity } = this.#parts;
    counters.delivered++;
    if (isBroadcast(ours.destination)) counters.deliveredToAll++;
    const sender = opened.neighbour ?? neighbours.entry(ours.source);
    if (this.#isParent(sender)) {
      if (opened.neighbour === undefined) this.#unproven = ours.frame.framePending;
      else poller.received(ours.frame.framePending, now);
    }
    user.onFrame(indicationOf(ours, opened, received, identity), now);
    this.#unproven = undefined;
  }

  /** Acknowledges a frame that asks for it, unless the radio did; returns whether it was said that something waits. */
  #acknowledge({ frame, source }: Addressed, received: ReceivedFrame): boolean {
    const { neighbours, queue, radioAcknowledges, builder, counters, output } = this.#parts;
    const child = neighbours.entry(source);
    const pending = child !== undefined && queue.child(child.extended) !== undefined;
    if (radioAcknowledges) return received.acknowledgedWithPending ?? pending;
    if (!frame.acknowledgementRequest) return pending;
    const psdu = acknowledgementOf(frame, pending, child !== undefined, this.#keys, builder);
    if (psdu === undefined) return pending;
    counters.acknowledged++;
    const { channel, at } = received;
    const notBefore = at + turnaround;
    output({ kind: 'transmit', transmission: { id: acknowledgementId, psdu, channel, assess: false, notBefore } });
    return pending;
  }

  #beacon(frame: MacFrame, received: ReceivedFrame): void {
    const { scanner, counters } = this.#parts;
    const beacon = readBeacon(frame, received);
    if (beacon !== undefined && scanner.heard(beacon)) counters.beacons++;
    else counters.malformed++;
  }

  #acknowledgement(frame: MacFrame, body: Uint8Array, now: Instant): void {
    const { transmitter, identity, opener } = this.#parts;
    const { order } = transmitter;
    if (order === undefined) return;
    const isIts = isOurAcknowledgement(frame, body, order, identity, opener, now);
    if (isIts) transmitter.acknowledged(frame.framePending, now);
  }

  /** Data requests: a child polls. */
  #childPolled({ frame }: Addressed, { neighbour }: Opened, saidPending: boolean, now: Instant): void {
    const { counters, outgoing, user } = this.#parts;
    if (frame.command !== commandIds.dataRequest || neighbour?.isChild !== true) {
      counters.malformed++;
      return;
    }
    if (saidPending) outgoing.childListens(neighbour.extended, now);
    user.onEvent({ kind: 'child-polled', neighbour }, now);
  }

  #isParent(neighbour: Neighbour | undefined): boolean {
    const parent = this.#parts.poller.setting?.parent;
    if (parent === undefined || neighbour === undefined) return false;
    return parent.kind === 'short'
      ? parent.short === neighbour.short
      : sameExtended(parent.extended, neighbour.extended);
  }
}
