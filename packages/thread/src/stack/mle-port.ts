import type { Instant } from '@selvage/core';
import type { CryptoCore } from '@selvage/crypto';
import { isLinkLocal, isMulticast } from '../ip6/address/classes.js';
import { extendedOfAddress } from '../ip6/address/interface-id.js';
import { linkLocalAddress } from '../ip6/address/thread-address.js';
import { udpPacketOf } from '../ip6/stack/packet-writer.js';
import type { UdpArrival } from '../ip6/stack/udp-port.js';
import type { ThreadKeys } from '../keys/thread-keys.js';
import { mleHopLimit, mlePort } from '../mle/mle-datagram.js';
import type { MleArrival, MleDestination } from '../mle/mle-host.js';
import type { MleCommand } from '../mle/mle-message.js';
import type { MleNeighbours } from '../mle/mle-neighbours.js';
import { type MleTlvs, tlvEntries, tlvsByName } from '../mle/mle-tlvs.js';
import { type MleOpened, MleSecurity } from '../mle/security/mle-security.js';
import type { PacketInfo } from './packet-info.js';

/** Messages that wait for the keys of their sequence, at most. */
const mostWaiting = 4;

/** What became of messages; drops by their reason. */
export interface MleCounters {
  received: number;
  sent: number;
  /** Hop limit, addresses, protection or contents are not as they must be. */
  malformed: number;
  /** Not authentic. */
  forged: number;
  /** A counter that was used, or a key sequence that is over. */
  replayed: number;
  /** Under a key sequence whose keys are not at hand. */
  unknownSequence: number;
  /** Had to wait because no counter was durable. */
  withoutCounter: number;
}

type Arrival = UdpArrival<PacketInfo>;
type Message = Extract<MleOpened, { kind: 'message' }>;

/** What an {@link MlePort} is made of. */
export interface MlePortParts {
  readonly core: CryptoCore;
  readonly keys: ThreadKeys;
  readonly neighbours: MleNeighbours;
  readonly extended: () => Uint8Array;
  readonly receive: (arrival: MleArrival, now: Instant) => void;
}

/** MLE messages in UDP datagrams: sealed, opened, and of known neighbours each but once (Thread 1.3 §4.2, §7.3). */
export class MlePort {
  readonly counters: MleCounters = {
    received: 0,
    sent: 0,
    malformed: 0,
    forged: 0,
    replayed: 0,
    unknownSequence: 0,
    withoutCounter: 0,
  };
  readonly #parts: Omit<MlePortParts, 'keys'>;
  readonly #security: MleSecurity;
  #keys: ThreadKeys;
  #waiting: { readonly arrival: Arrival; readonly keySequence: number }[] = [];

  constructor({ keys, ...parts }: MlePortParts) {
    this.#parts = parts;
    this.#keys = keys;
    this.#security = new MleSecurity(parts.core, keys);
  }

  /** The keys of another network key. */
  setKeys(keys: ThreadKeys): void {
    this.#keys = keys;
    this.#security.setKeys(keys);
    this.#waiting = [];
  }

  /** The packet of a message; `undefined` while there is no counter for it. */
  packet(command: MleCommand, tlvs: MleTlvs, { address }: MleDestination): Uint8Array | undefined {
    const source = linkLocalAddress(this.#parts.extended());
    const payload = this.#security.seal({ command, tlvs: tlvEntries(tlvs) }, source, address);
    if (payload === undefined) {
      this.counters.withoutCounter++;
      return undefined;
    }
    this.counters.sent++;
    const head = { source, destination: address, hopLimit: mleHopLimit, trafficClass: 0 };
    return udpPacketOf(head, mlePort, mlePort, payload);
  }

  /** A datagram for the port of MLE. */
  take(arrival: Arrival, now: Instant): void {
    const { payload, hopLimit, from, destination } = arrival;
    if (hopLimit !== mleHopLimit || !isLinkLocal(from.address)) return void this.counters.malformed++;
    const opened = this.#security.open(payload, from.address, destination);
    switch (opened.kind) {
      case 'malformed':
      case 'unacceptable':
        return void this.counters.malformed++;
      case 'forged':
        return void this.counters.forged++;
      case 'keys-wanted':
        return this.#wait(arrival, opened.keySequence);
      case 'message':
        return this.#deliver(arrival, opened, now);
    }
  }

  /** The keys of a sequence are there: messages that waited for them are opened. */
  derived(keySequence: number, now: Instant): void {
    const ready = this.#waiting.filter((waiting) => waiting.keySequence === keySequence);
    this.#waiting = this.#waiting.filter((waiting) => waiting.keySequence !== keySequence);
    for (const { arrival } of ready) this.take(arrival, now);
  }

  #wait(arrival: Arrival, keySequence: number): void {
    this.counters.unknownSequence++;
    if (this.#waiting.length >= mostWaiting || !this.#keys.request(keySequence)) return;
    this.#waiting.push({ arrival: { ...arrival, payload: Uint8Array.from(arrival.payload) }, keySequence });
  }

  #deliver({ from, destination, info }: Arrival, { message, protection }: Message, now: Instant): void {
    const { command, tlvs } = message;
    if (typeof command !== 'string') return void this.counters.malformed++;
    const { neighbours } = this.#parts;
    const extended = extendedOfAddress(from.address);
    if (protection.kind === 'secured') {
      const { keySequence, frameCounter } = protection;
      if (!neighbours.isFresh(extended, keySequence, frameCounter)) return void this.counters.replayed++;
      neighbours.accept(extended, keySequence, frameCounter);
    }
    this.counters.received++;
    const arrival: MleArrival = {
      command,
      tlvs: tlvsByName(tlvs),
      extended,
      source: from.address,
      multicast: isMulticast(destination),
      keySequence: protection.kind === 'secured' ? protection.keySequence : undefined,
      frameCounter: protection.kind === 'secured' ? protection.frameCounter : 0,
      rssi: info.rssi,
      channel: info.channel,
      panId: info.sourcePan,
    };
    this.#parts.receive(arrival, now);
  }
}
