import { concat, type Entropy, type Instant, type Secret, toHex } from '@selvage/core';
import type { Dataset } from '../../dataset/dataset.js';
import { interfaceIdOfExtended } from '../../ip6/address/interface-id.js';
import { locatorAddress } from '../../ip6/address/thread-address.js';
import type { Ip6Prefix } from '../../ip6/address/prefix.js';
import type { LinkService } from '../../mac/link-service.js';
import { commissioningData, takesJoiners } from '../../meshcop/commissioning-data.js';
import { entrustPath } from '../../meshcop/joiner/entrusted.js';
import { JoinerRouter, type JoinerRouterOutput } from '../../meshcop/relay/joiner-router.js';
import { relayPaths } from '../../meshcop/relay/relay-messages.js';
import type { NetworkData } from '../../netdata/network-data.js';
import { changed, postBytes, readMessage } from '../../tmf/tmf-message.js';
import { type TmfPort, tmfPort } from '../../tmf/tmf-port.js';
import type { NodeEvent } from '../node-event.js';
import type { PacketInfo } from '../packet-info.js';
import type { PacketSender } from '../packet-sender.js';
import type { Place } from '../place.js';
import { linkDatagram, linkPacket, linkPathTo } from './link-datagram.js';

/** What {@link JoinerRouterService} works with. */
export interface JoinerRouterParts {
  readonly entropy: Entropy;
  readonly link: LinkService;
  readonly sender: PacketSender;
  readonly tmf: () => TmfPort<PacketInfo>;
  readonly place: () => Place;
  readonly meshLocal: () => Ip6Prefix;
  readonly networkData: () => NetworkData;
  readonly dataset: () => Dataset;
  readonly keySequence: () => number;
}

/** A joiner that is being entrusted. */
interface Entrusting {
  readonly extended: Uint8Array;
  readonly names: { readonly messageId: number; readonly token: Uint8Array };
}

/** More than the fragments of one JOIN_ENT. */
const framesOfOne = 4;
/** Joiners whose frame counters are remembered. */
const mostRemembered = 256;
/** Of each of its frames: JOIN_ENT itself comes again, to a joiner that may have gone with it. */
const repetitions = 3;

/** The joiner router of a node: relays and entrusts while a commissioner takes joiners (Thread 1.3 §8.4.4.3). */
export class JoinerRouterService {
  readonly #parts: JoinerRouterParts;
  readonly #router: JoinerRouter;
  readonly #entrusting = new Map<string, Entrusting>();
  /**
   * Frames to each joiner so far: its KEK comes again where the commissioner repeats its answer, after the last of ours
   * too, and protects no two frames under one number.
   */
  readonly #frames = new Map<string, number>();

  constructor(parts: JoinerRouterParts) {
    this.#parts = parts;
    this.#router = new JoinerRouter({
      locator: () => {
        const place = parts.place();
        return place.kind === 'router' ? place.rloc16 : 0xffff;
      },
      entrusts: () => {
        const dataset = parts.dataset();
        const isWhole = dataset.get('networkKey') !== undefined;
        return isWhole ? { dataset, keySequence: parts.keySequence() } : undefined;
      },
    });
  }

  get deadline(): Instant {
    return this.#router.deadline ?? Infinity;
  }

  tick(now: Instant): void {
    if (now >= this.deadline) this.#drain(now);
  }

  /** A packet that the network's key does not protect; false for one that is no joiner's. */
  receive(packet: Uint8Array, info: PacketInfo, now: Instant): boolean {
    const commissioning = commissioningData(this.#parts.networkData());
    if (this.#parts.place().kind !== 'router') return false;
    const datagram = linkDatagram(packet, info.link, this.#parts.link.extended);
    if (datagram === undefined) return false;
    if (info.protection.kind === 'given') return this.#acknowledged(datagram.payload, datagram.source, now);
    if (!takesJoiners(commissioning) || datagram.destinationPort !== commissioning.joinerUdpPort) return false;
    const from = { interfaceId: datagram.source.slice(8), udpPort: datagram.sourcePort };
    this.#router.handle({ kind: 'joiner', from, payload: datagram.payload }, now);
    this.#drain(now);
    return true;
  }

  /** What the node tells: who is no router entrusts nobody. */
  heard({ kind }: NodeEvent, now: Instant): void {
    if (kind !== 'role' || this.#parts.place().kind === 'router') return;
    this.#router.clear();
    this.#drain(now);
  }

  /** RLY_TX. */
  relayed(message: Uint8Array, now: Instant): void {
    if (this.#parts.place().kind !== 'router') return;
    this.#router.handle({ kind: 'relayed', message }, now);
    this.#drain(now);
  }

  /** The answer to JOIN_ENT, under the KEK. */
  #acknowledged(payload: Uint8Array, source: Uint8Array, now: Instant): boolean {
    const interfaceId = source.slice(8);
    const entrusting = this.#entrusting.get(toHex(interfaceId));
    const message = readMessage(payload);
    if (entrusting === undefined || message?.code !== changed) return false;
    if (message.messageId !== entrusting.names.messageId) return false;
    this.#router.handle({ kind: 'entrusted', interfaceId }, now);
    this.#drain(now);
    return true;
  }

  #drain(now: Instant): void {
    for (let output = this.#router.poll(now); output !== undefined; output = this.#router.poll(now)) {
      this.#obey(output, now);
    }
  }

  #obey(output: JoinerRouterOutput, now: Instant): void {
    const { link, sender, tmf, meshLocal, networkData } = this.#parts;
    switch (output.kind) {
      case 'relay': {
        const { borderAgent } = commissioningData(networkData());
        if (borderAgent === undefined) return;
        return tmf().tell(relayPaths.received, output.message, locatorAddress(meshLocal(), borderAgent));
      }
      case 'transmit': {
        const extended = interfaceIdOfExtended(output.to.interfaceId);
        const { joinerUdpPort } = commissioningData(networkData());
        const ports = { from: joinerUdpPort, to: output.to.udpPort };
        return sender.send(linkPacket(link.extended, extended, ports, output.payload), linkPathTo(extended), now);
      }
      case 'entrust':
        return this.#entrust(output.to.interfaceId, output.kek, output.payload, now);
      case 'done':
        return this.#done(output.interfaceId);
    }
  }

  #entrust(interfaceId: Uint8Array, kek: Secret, payload: Uint8Array, now: Instant): void {
    const { link, sender } = this.#parts;
    const key = toHex(interfaceId);
    const known = this.#entrusting.get(key);
    const entrusting = known ?? { extended: interfaceIdOfExtended(interfaceId), names: this.#names() };
    this.#entrusting.set(key, entrusting);
    const { extended, names } = entrusting;
    link.setGivenKey(extended, kek.reveal());
    const message = postBytes({ path: entrustPath, payload, confirmable: true, ...names });
    const packet = linkPacket(link.extended, extended, { from: tmfPort, to: tmfPort }, message);
    for (const bytes of [payload, message]) bytes.fill(0);
    const protection = { kind: 'given', key: kek.reveal().slice(), frameCounter: this.#nextFrame(key) } as const;
    sender.send(packet, { ...linkPathTo(extended, protection), repetitions }, now, () => {
      // The one holds the network key, the other opens it.
      for (const bytes of [packet, protection.key]) bytes.fill(0);
    });
  }

  #nextFrame(key: string): number {
    const frame = this.#frames.get(key) ?? 0;
    this.#frames.delete(key);
    this.#frames.set(key, frame + framesOfOne);
    if (this.#frames.size > mostRemembered) {
      const [oldest = ''] = this.#frames.keys();
      this.#frames.delete(oldest);
    }
    return frame;
  }

  #done(interfaceId: Uint8Array): void {
    const key = toHex(interfaceId);
    const entrusting = this.#entrusting.get(key);
    this.#entrusting.delete(key);
    if (entrusting !== undefined) this.#parts.link.setGivenKey(entrusting.extended, undefined);
  }

  #names(): Entrusting['names'] {
    const random = new Uint8Array(4);
    this.#parts.entropy.fill(random);
    const [high = 0, low = 0] = random;
    return { messageId: (high << 8) | low, token: concat(random.subarray(2)) };
  }
}
