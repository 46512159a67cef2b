import type { Engine, Instant } from '@selvage/core';
import { isUnspecified } from '../ip6/address/classes.js';
import { ip6HeaderLength, ip6Mtu, ip6Offsets } from '../ip6/header/ip6-header.js';
import { ErrorBudget } from '../ip6/stack/error-budget.js';
import { icmp6PacketOf } from '../ip6/stack/packet-writer.js';
import type { BorderView } from './border-view.js';
import {
  type BorderError,
  type BorderRefusal,
  errorMessage,
  mayBeError,
  sourceOf,
  verdictOnHost,
  verdictOnMesh,
} from './border-verdict.js';

/** A packet, by the side that it came from or goes to. */
export interface BorderPacket {
  readonly side: 'host' | 'mesh';
  /** Whole, from its IPv6 header on. */
  readonly packet: Uint8Array;
}

/** What became of packets at the border; those that did not pass by why. */
export interface BorderCounters extends Record<BorderRefusal, number> {
  toMesh: number;
  toHost: number;
  /** ICMPv6 errors that told a sender. */
  errors: number;
  /** And those that were not sent because there were too many, or because they are never sent. */
  errorsWithheld: number;
  /** Packets that had to make room for newer ones. */
  overrun: number;
}

/** What a {@link BorderRouter} is made of. */
export interface BorderRouterOptions {
  /** As it is now. */
  readonly view: () => BorderView;
  /** As whom the router itself speaks to an address; undefined while it is nobody. */
  readonly speakAs: (to: Uint8Array) => Uint8Array | undefined;
}

/** Packets that wait to be polled at most, both sides together. */
const mostWaiting = 64;
/** What an error quotes: to the host all that fits the smallest packet that everybody takes; on the mesh the head. */
const errorHead = ip6HeaderLength + 8;
const quotedToMesh = ip6HeaderLength + 8;
const hopLimit = 64;

/**
 * The router between a mesh and the IPv6 of a host (Thread 1.3 §9; RFC 8200 §3, RFC 4443): it forwards what has a
 * place on the other side with one hop less, tells senders why something cannot be, and lets no address pass that
 * does not belong where it comes from. It knows nothing of how packets get to either side.
 */
export class BorderRouter implements Engine<BorderPacket, BorderPacket> {
  readonly counters: BorderCounters = {
    toMesh: 0,
    toHost: 0,
    malformed: 0,
    scope: 0,
    spoofed: 0,
    meshLocal: 0,
    management: 0,
    noRoute: 0,
    hopLimit: 0,
    tooBig: 0,
    errors: 0,
    errorsWithheld: 0,
    overrun: 0,
  };
  readonly #options: BorderRouterOptions;
  readonly #budgets = { host: new ErrorBudget(), mesh: new ErrorBudget() };
  #waiting: BorderPacket[] = [];

  constructor(options: BorderRouterOptions) {
    this.#options = options;
  }

  /** Nothing here waits for time to pass. */
  get deadline(): undefined {
    return undefined;
  }

  /** Takes a packet from a side. */
  handle({ side, packet }: BorderPacket, now: Instant): void {
    const view = this.#options.view();
    const verdict = side === 'host' ? verdictOnHost(packet, view) : verdictOnMesh(packet, view);
    if (verdict.kind === 'refuse') {
      this.counters[verdict.why]++;
      if (verdict.error !== undefined) this.answer({ side, packet }, verdict.error, now);
      return;
    }
    const copy = Uint8Array.from(packet);
    copy[ip6Offsets.hopLimit] = (packet[ip6Offsets.hopLimit] as number) - 1;
    this.counters[side === 'host' ? 'toMesh' : 'toHost']++;
    this.#put({ side: side === 'host' ? 'mesh' : 'host', packet: copy });
  }

  /** The next packet to hand to a side. */
  poll(): BorderPacket | undefined {
    return this.#waiting.shift();
  }

  /** Tells the sender of a packet, on the side that it came from, what became of it. */
  answer({ side, packet: offender }: BorderPacket, error: BorderError, now: Instant): void {
    const to = sourceOf(offender);
    const source = this.#options.speakAs(to);
    const isSaid = source !== undefined && !isUnspecified(to) && !mayBeError(offender);
    if (!isSaid || !this.#budgets[side].take(now)) return void this.counters.errorsWithheld++;
    const quoted = offender.subarray(0, side === 'host' ? ip6Mtu - errorHead : quotedToMesh);
    this.counters.errors++;
    const head = { source, destination: to, hopLimit, trafficClass: 0 };
    this.#put({ side, packet: icmp6PacketOf(head, errorMessage(error, quoted)) });
  }

  #put(packet: BorderPacket): void {
    if (this.#waiting.length >= mostWaiting) {
      this.#waiting.shift();
      this.counters.overrun++;
    }
    this.#waiting.push(packet);
  }
}
