import { bytesEqual, type Instant } from '@selvage/core';
import type { MleArrival, MleHost } from '../mle-host.js';
import { threadVersion } from '../thread-version.js';
import { discoveryTlvs } from '../tlv/discovery.js';

/** What a router says of its network. */
export interface NetworkName {
  readonly extendedPanId: Uint8Array;
  /** UTF-8. */
  readonly name: Uint8Array;
  /** A commissioner may be a node of the network. */
  readonly nativeCommissioner: boolean;
  /** Who may join, where joining is on. */
  readonly steeringData: Uint8Array | undefined;
  /** Where a joiner router listens; it is named whether anybody may join or not (OpenThread's). */
  readonly joinerUdpPort: number;
}

/** Answers are spread over this time, milliseconds, so that they do not meet; and so many may wait. */
const [spread, mostWaiting] = [250, 8] as const;
/** Whoever asked listens no longer: to repeat an answer then would only keep the channel from others, milliseconds. */
const listens = 300;
/** Other routers answer as well; and whoever has heard enough has gone elsewhere, or has another address. */
const repetitions = 3;

/** A router's answers to those who look for networks (Thread 1.3 §8.4.4). */
export class DiscoveryAnswers {
  readonly #host: MleHost;
  readonly #waiting: { readonly at: Instant; readonly until: Instant; readonly request: MleArrival }[] = [];

  constructor(host: MleHost) {
    this.#host = host;
  }

  get deadline(): Instant {
    return Math.min(...this.#waiting.map(({ at }) => at));
  }

  /** A Discovery Request. @param fraction random, 0 to 1 */
  receive(request: MleArrival, fraction: number, now: Instant): void {
    const asked = request.tlvs.discovery && discoveryTlvs.first(request.tlvs.discovery, 'discoveryRequest');
    if (asked === undefined || this.#waiting.length >= mostWaiting) return;
    // Who asks again before its answer gets one: having that it may be gone, and another would keep the others waiting.
    if (this.#waiting.some((waiting) => bytesEqual(waiting.request.extended, request.extended))) return;
    this.#waiting.push({ at: now + fraction * spread, until: now + listens, request });
  }

  tick(network: NetworkName, now: Instant): void {
    for (const waiting of this.#waiting.filter(({ at }) => now >= at)) {
      this.#waiting.splice(this.#waiting.indexOf(waiting), 1);
      this.#answer(waiting.request, waiting.until, network, now);
    }
  }

  #answer({ source, panId }: MleArrival, until: Instant, network: NetworkName, now: Instant): void {
    const { extendedPanId, name, nativeCommissioner, steeringData, joinerUdpPort } = network;
    const discovery = [
      { type: 'discoveryResponse', value: { version: threadVersion, nativeCommissioner, reserved: 0 } },
      { type: 'extendedPanId', value: extendedPanId },
      { type: 'networkName', value: name },
      ...(steeringData === undefined ? [] : [{ type: 'steeringData', value: steeringData } as const]),
      { type: 'joinerUdpPort', value: joinerUdpPort },
    ] as const;
    this.#host.send(
      'discoveryResponse',
      { discovery },
      { address: source, discovery: { panId }, until, repetitions },
      now,
    );
  }
}
