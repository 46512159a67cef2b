import type { Instant } from '@selvage/core';
import { isMulticast } from '../ip6/address/classes.js';
import { extendedOfAddress } from '../ip6/address/interface-id.js';
import { broadcast, broadcastPan, extendedAddress } from '../mac/address.js';
import type { MleDestination, SentCallback } from '../mle/mle-host.js';
import type { MleCommand } from '../mle/mle-message.js';
import type { MleTlvs } from '../mle/mle-tlvs.js';
import type { MlePort } from './mle-port.js';
import type { LinkPath, PacketSender } from './packet-sender.js';

/** A message on its way down. */
export interface OutgoingMle {
  readonly command: MleCommand;
  readonly tlvs: MleTlvs;
  readonly to: MleDestination;
  readonly done?: SentCallback | undefined;
}

/** How long to wait for a counter that is durable, milliseconds, and how many messages wait. */
const [counterWait, mostWaiting] = [2, 16] as const;

/**
 * MLE messages down to the link. One that fits a frame goes without the link's protection, as whoever is not yet a
 * neighbour could not open it; a longer one is protected there too (Thread 1.3 §4.2).
 */
export class MleSender {
  readonly #port: MlePort;
  readonly #sender: PacketSender;
  readonly #waiting: OutgoingMle[] = [];
  #retryAt: Instant = Infinity;

  constructor(port: MlePort, sender: PacketSender) {
    this.#port = port;
    this.#sender = sender;
  }

  get deadline(): Instant {
    return this.#retryAt;
  }

  send(message: OutgoingMle, now: Instant): void {
    const { command, tlvs, to, done } = message;
    const packet = this.#waiting.length > 0 && now < this.#retryAt ? undefined : this.#port.packet(command, tlvs, to);
    if (packet === undefined) return this.#wait(message, now);
    const plain = pathOf(to);
    const isPlain = to.announce === true || to.discovery !== undefined || this.#sender.fits(packet, plain);
    this.#sender.send(packet, isPlain ? plain : { ...plain, protection: { kind: 'network' } }, now, done);
  }

  /** Tries again what had no counter. */
  tick(now: Instant): void {
    if (now < this.#retryAt) return;
    this.#retryAt = Infinity;
    for (const message of this.#waiting.splice(0)) this.send(message, now);
  }

  #wait(message: OutgoingMle, now: Instant): void {
    this.#retryAt = now + counterWait;
    if (this.#waiting.length < mostWaiting) this.#waiting.push(message);
  }
}

function pathOf({ address, direct, discovery, announce, channel, until, repetitions }: MleDestination): LinkPath {
  const destination = isMulticast(address) ? broadcast : extendedAddress(extendedOfAddress(address));
  const destinationPan = announce === true ? broadcastPan : discovery?.panId;
  return {
    destination,
    source: 'extended',
    protection: { kind: announce === true ? 'announce' : 'none' },
    ...(destinationPan !== undefined && { destinationPan }),
    ...(direct !== undefined && { direct }),
    ...(channel !== undefined && { channel }),
    ...(until !== undefined && { until }),
    ...(repetitions !== undefined && { repetitions }),
  };
}
