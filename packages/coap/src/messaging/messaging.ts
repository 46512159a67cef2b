import { decode, type Instant, type PeerAddress, SelvageError } from '@selvage/core';
import { emptyCode, isRequest } from '../message/code.js';
import { type CoapMessage, coapMessage, coapVersion, headerLength, noBytes } from '../message/message.js';
import { checksum } from './checksum.js';
import type { CoapCounters } from './counters.js';
import { datagramOf } from './datagram.js';
import type { Delivery, Outgoing } from './delivery.js';
import { type DerivedTimes, derivedTimes, type TransmissionParameters } from './parameters.js';
import type { Peer } from './peer.js';
import type { PeerTable } from './peer-table.js';
import type { RandomPool } from './random-pool.js';
import type { ReceivedMessage } from './received.js';
import type { Timers } from './timers.js';
import { type Retransmission, Transmission } from './transmission.js';

/** A request or response that has arrived and is no copy. */
export interface Incoming<Address extends PeerAddress> {
  readonly peer: Peer<Address>;
  readonly message: CoapMessage;
  readonly received: ReceivedMessage;
  /** Whether it was sent to a group, and may be answered only as RFC 7252 §8 says. */
  readonly multicast: boolean;
  /** Bytes of the datagram. */
  readonly length: number;
}

/** The layer above: requests and responses. */
export interface MessagingUser<Address extends PeerAddress> {
  request(incoming: Incoming<Address>, now: Instant): void;
  /** A response in a message of its own; false when nobody waits for it. */
  response(incoming: Incoming<Address>, now: Instant): boolean;
  /** A response in the Acknowledgement of a request; false when it is none to that request. */
  piggybacked(peer: Peer<Address>, message: CoapMessage, now: Instant): boolean;
}

/** What the message layer stands on. */
export interface MessagingWorld<Address extends PeerAddress> extends Retransmission {
  readonly parameters: TransmissionParameters;
  readonly peers: PeerTable<Address>;
  readonly timers: Timers;
  readonly random: RandomPool;
  readonly counters: CoapCounters;
  readonly transmit: (payload: Uint8Array, to: Address) => void;
}

/** How often expired memories are swept out, at most. */
const sweepInterval = 30_000;

/**
 * The message layer of RFC 7252 §4: message IDs, deduplication, acknowledgement, reset and retransmission. A datagram
 * that is no message, or belongs to nothing, is counted and dropped.
 */
export class Messaging<Address extends PeerAddress> {
  readonly #world: MessagingWorld<Address>;
  readonly #times: DerivedTimes;
  readonly #user: MessagingUser<Address>;
  #sweeping = false;

  constructor(world: MessagingWorld<Address>, user: MessagingUser<Address>) {
    this.#world = world;
    this.#times = derivedTimes(world.parameters);
    this.#user = user;
  }

  /** Takes what came from the network; it never throws. */
  receive(datagram: Uint8Array, from: Address, multicast: boolean, now: Instant): void {
    const message = this.#decode(datagram, from, multicast);
    if (message === undefined) return;
    const { type, code } = message;
    if (type === 'ACK') return this.#acknowledgement(message, from, now);
    if (type === 'RST') return this.#reset(message, from, now);
    if (code === emptyCode) return this.#empty(message, from, multicast);
    // A group is only ever asked, and never in a way that wants an acknowledgement (RFC 7252 §8.1).
    if (multicast && (type === 'CON' || !isRequest(code))) return this.#stray();
    this.#message(message, datagram, from, multicast, now);
  }

  /** Sends a Confirmable message, again and again until something answers it. */
  confirm(peer: Peer<Address>, outgoing: Outgoing, delivery: Delivery, now: Instant): Transmission<Address> {
    const transmission = new Transmission(this.#world, peer, outgoing, delivery);
    transmission.begin(now);
    return transmission;
  }

  /** Sends a Non-confirmable message, once; `delivery` hears of a Reset while it stands in `peer.sent`. */
  send(peer: Peer<Address>, outgoing: Outgoing, delivery?: Delivery): number {
    const messageId = peer.nextMessageId();
    if (delivery !== undefined) peer.sent.set(messageId, delivery);
    this.#world.transmit(datagramOf('NON', messageId, outgoing), peer.address);
    return messageId;
  }

  /** Answers a Confirmable message with its Acknowledgement, which every copy gets too. */
  acknowledge(peer: Peer<Address>, received: ReceivedMessage, outgoing?: Outgoing): void {
    received.reply = datagramOf('ACK', received.messageId, outgoing);
    received.pending = undefined;
    this.#world.transmit(received.reply, peer.address);
  }

  /** Rejects a message, and every copy of it. */
  reject(peer: Peer<Address>, received: ReceivedMessage): void {
    received.reply = datagramOf('RST', received.messageId);
    received.pending = undefined;
    this.#world.transmit(received.reply, peer.address);
  }

  /** Pings a peer: an Empty Confirmable message, which is answered by a Reset (RFC 7252 §4.3). */
  ping(peer: Peer<Address>, delivery: Delivery, now: Instant): Transmission<Address> {
    return this.confirm(peer, { code: emptyCode, token: noBytes, options: [], payload: noBytes }, delivery, now);
  }

  /** Forgets a message that was sent, and sends it no more. */
  forget(peer: Peer<Address>, messageId: number): void {
    const delivery = peer.sent.get(messageId);
    peer.sent.delete(messageId);
    if (delivery instanceof Transmission) delivery.stop();
  }

  /** Sees to it that what is kept of peers is forgotten in time. */
  sweepLater(now: Instant): void {
    if (this.#sweeping) return;
    this.#sweeping = true;
    const { peers, timers } = this.#world;
    timers.set(now + sweepInterval, (at) => {
      peers.sweep(at);
      this.#sweeping = false;
      if (peers.size > 0) this.sweepLater(at);
    });
  }

  #decode(datagram: Uint8Array, from: Address, multicast: boolean): CoapMessage | undefined {
    try {
      return decode(coapMessage, datagram);
    } catch (error) {
      if (!(error instanceof SelvageError)) throw error;
      this.#world.counters.malformed++;
      if (!multicast && isConfirmable(datagram)) this.#answerReset(messageIdOf(datagram), from);
      return undefined;
    }
  }

  #message(message: CoapMessage, datagram: Uint8Array, from: Address, multicast: boolean, now: Instant): void {
    const { peers, counters } = this.#world;
    const peer = peers.obtain(from, now);
    if (peer === undefined) {
      counters.refused++;
      return;
    }
    const { messageId, type } = message;
    const sum = checksum(datagram);
    const earlier = peer.received.copyOf(messageId, sum, now);
    if (earlier !== undefined) return this.#copy(peer, earlier, now);
    const lifetime = type === 'CON' ? this.#times.exchangeLifetime : this.#times.nonLifetime;
    const received = peers.remember(peer, messageId, sum, now + lifetime);
    this.sweepLater(now);
    const incoming = { peer, message, received, multicast, length: datagram.length };
    if (isRequest(message.code)) return this.#user.request(incoming, now);
    this.#response(incoming, now);
  }

  #response(incoming: Incoming<Address>, now: Instant): void {
    const { peer, message, received } = incoming;
    const wanted = this.#user.response(incoming, now);
    if (!wanted) {
      this.#stray();
      // RFC 7641 §3.6: the Reset is what ends an observation that nobody remembers, of either type.
      return this.reject(peer, received);
    }
    if (message.type === 'CON') this.acknowledge(peer, received);
  }

  #copy(peer: Peer<Address>, earlier: ReceivedMessage, now: Instant): void {
    this.#world.counters.copies++;
    if (earlier.reply !== undefined) this.#world.transmit(earlier.reply, peer.address);
    else earlier.pending?.copied(now);
  }

  #acknowledgement(message: CoapMessage, from: Address, now: Instant): void {
    const peer = this.#world.peers.find(from);
    const transmission = peer?.sent.get(message.messageId);
    if (peer === undefined || !(transmission instanceof Transmission)) return this.#stray();
    if (message.code === emptyCode) {
      this.forget(peer, message.messageId);
      transmission.delivery.acknowledged(now);
    } else if (!isRequest(message.code) && this.#user.piggybacked(peer, message, now)) {
      this.forget(peer, message.messageId);
    } else {
      this.#stray();
    }
  }

  #reset({ code, messageId }: CoapMessage, from: Address, now: Instant): void {
    const peer = this.#world.peers.find(from);
    const delivery = peer?.sent.get(messageId);
    if (code !== emptyCode || peer === undefined || delivery === undefined) return this.#stray();
    this.forget(peer, messageId);
    delivery.reset(now);
  }

  /** A ping is answered; an Empty Non-confirmable message means nothing. */
  #empty({ type, messageId }: CoapMessage, from: Address, multicast: boolean): void {
    if (type !== 'CON' || multicast) return this.#stray();
    this.#answerReset(messageId, from);
  }

  #answerReset(messageId: number, to: Address): void {
    this.#world.transmit(datagramOf('RST', messageId), to);
  }

  #stray(): void {
    this.#world.counters.stray++;
  }
}

/** Whether a datagram that does not decode has at least the header of a Confirmable message. */
function isConfirmable(datagram: Uint8Array): boolean {
  return datagram.length >= headerLength && (datagram[0] as number) >> 4 === coapVersion << 2;
}

function messageIdOf(datagram: Uint8Array): number {
  return ((datagram[2] as number) << 8) | (datagram[3] as number);
}
