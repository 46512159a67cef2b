import { type Entropy, type Instant, type Secret, SelvageError } from '@selvage/core';
import type { CryptoCore } from '@selvage/crypto';
import { extendedOfAddress } from '../../ip6/address/interface-id.js';
import { Ip6Endpoint } from '../../ip6/stack/endpoint.js';
import type { LinkService } from '../../mac/link-service.js';
import { entrustPath } from '../../meshcop/joiner/entrusted.js';
import { Joiner, type JoinerOptions, type JoinerOutput, joinerPort } from '../../meshcop/joiner/joiner.js';
import { answerBytes, pathOf, readMessage } from '../../tmf/tmf-message.js';
import { tmfPort } from '../../tmf/tmf-port.js';
import type { NodeEvent } from '../node-event.js';
import type { PacketInfo } from '../packet-info.js';
import type { PacketSender } from '../packet-sender.js';
import { linkDatagram, linkPacket, linkPathTo } from './link-datagram.js';

/** What {@link JoinerService} works with. */
export interface JoinerServiceParts {
  readonly core: CryptoCore;
  readonly entropy: Entropy;
  readonly link: LinkService;
  readonly sender: PacketSender;
  readonly discover: (channels: readonly number[], now: Instant) => void;
  readonly stopDiscovery: (now: Instant) => void;
  readonly tell: (event: NodeEvent) => void;
}

/** A node that is no node yet: it joins by its passphrase (Thread 1.3 §8.4.4). */
export class JoinerService {
  readonly #parts: JoinerServiceParts;
  #joiner: Joiner | undefined;
  /** While JOIN_ENT is waited for: under which key, from whom. */
  #expected: { readonly extended: Uint8Array; readonly kek: Secret } | undefined;
  #router: Uint8Array | undefined;
  /** What the node was on the link before it took the joiner ID for its address. */
  #before: { readonly extended: Uint8Array; readonly panId: number } | undefined;
  /** Of the answers under the KEK. */
  #frames = 0;

  constructor(parts: JoinerServiceParts) {
    this.#parts = parts;
  }

  get isUnderWay(): boolean {
    return this.#joiner !== undefined;
  }

  get deadline(): Instant {
    return this.#joiner?.deadline ?? Infinity;
  }

  /** @throws SelvageError `wrong-state` while it is joining */
  start(options: Omit<JoinerOptions, 'core' | 'entropy'>, now: Instant): void {
    if (this.#joiner !== undefined) throw new SelvageError('wrong-state', 'the node is joining already');
    const { core, entropy } = this.#parts;
    this.#joiner = new Joiner({ ...options, core, entropy });
    this.#joiner.start();
    this.#drain(now);
  }

  stop(now: Instant): void {
    this.#joiner?.stop(now);
    this.#drain(now);
    this.#end();
  }

  /** What the node tells of its discovery. */
  heard(event: NodeEvent, now: Instant): void {
    if (this.#joiner === undefined) return;
    if (event.kind !== 'discovered' && event.kind !== 'discovery-over') return;
    this.#joiner.handle(event, now);
    this.#drain(now);
  }

  tick(now: Instant): void {
    if (now >= this.deadline) this.#drain(now);
  }

  /** A packet that the network's key does not protect; false for one that has nothing to do with joining. */
  receive(packet: Uint8Array, info: PacketInfo, now: Instant): boolean {
    const joiner = this.#joiner;
    if (joiner === undefined) return false;
    const datagram = linkDatagram(packet, info.link, this.#parts.link.extended);
    if (datagram === undefined) return false;
    if (info.protection.kind === 'given' && datagram.destinationPort === tmfPort) {
      return this.#entrusted(datagram.payload, datagram.source, datagram.sourcePort, now);
    }
    if (datagram.destinationPort !== joinerPort) return false;
    const from = new Ip6Endpoint(datagram.source, datagram.sourcePort);
    joiner.handle({ kind: 'datagram', payload: datagram.payload, from }, now);
    this.#drain(now);
    return true;
  }

  /** JOIN_ENT: it is answered under the KEK, and the KEK forgotten. One that cannot be read is as good as none. */
  #entrusted(bytes: Uint8Array, source: Uint8Array, port: number, now: Instant): boolean {
    const message = readMessage(bytes);
    const expected = this.#expected;
    const joiner = this.#joiner;
    if (joiner === undefined || expected === undefined) return false;
    if (message?.type !== 'CON' || pathOf(message) !== entrustPath) return false;
    joiner.handle({ kind: 'entrusted', payload: message.payload }, now);
    if (joiner.isUnderWay) return true;
    const { link, sender } = this.#parts;
    const extended = extendedOfAddress(source);
    const answer = answerBytes(message, new Uint8Array(0));
    const packet = linkPacket(link.extended, extended, { from: tmfPort, to: port }, answer);
    const protection = { kind: 'given', key: expected.kek.reveal().slice(), frameCounter: this.#frames++ } as const;
    sender.send(packet, linkPathTo(extended, protection), now, () => protection.key.fill(0));
    this.#drain(now);
    return true;
  }

  #drain(now: Instant): void {
    const joiner = this.#joiner;
    for (let output = joiner?.poll(now); output !== undefined; output = joiner?.poll(now)) this.#obey(output, now);
  }

  #obey(output: JoinerOutput, now: Instant): void {
    const { link, sender, discover, tell } = this.#parts;
    switch (output.kind) {
      case 'discover':
        // Answers go to the address that asked: the one that the node has in IPv6, too.
        this.#untune();
        return discover(output.channels, now);
      case 'stop-discovery':
        return this.#parts.stopDiscovery(now);
      case 'tune': {
        const { candidate, extended } = output;
        this.#router = candidate.extended;
        this.#before ??= { extended: Uint8Array.from(link.extended), panId: link.panId };
        link.setChannel(candidate.channel);
        link.setPanId(candidate.panId);
        link.setExtended(extended);
        return link.setReceiveOn(true);
      }
      case 'transmit': {
        const extended = extendedOfAddress(output.to.address);
        const packet = linkPacket(link.extended, extended, { from: joinerPort, to: output.to.port }, output.payload);
        return sender.send(packet, linkPathTo(extended), now);
      }
      case 'expect-entrust':
        return this.#expect(output.kek);
      case 'step':
        return tell({ kind: 'join-step', step: output.step, network: output.network });
      case 'joined':
        tell({ kind: 'joined', entrusted: output.entrusted });
        return this.#end();
      case 'failed':
        tell({ kind: 'join-failed', error: output.error });
        return this.#end();
    }
  }

  #untune(): void {
    const { link } = this.#parts;
    if (this.#before === undefined) return;
    link.setExtended(this.#before.extended);
    link.setPanId(this.#before.panId);
    this.#before = undefined;
  }

  #expect(kek: Secret | undefined): void {
    const { link } = this.#parts;
    if (this.#expected !== undefined) {
      link.setGivenKey(this.#expected.extended, undefined);
      this.#expected.kek.dispose();
    }
    this.#expected = kek && this.#router && { extended: this.#router, kek };
    this.#frames = 0;
    if (this.#expected !== undefined) link.setGivenKey(this.#expected.extended, this.#expected.kek.reveal());
  }

  #end(): void {
    this.#expect(undefined);
    this.#joiner = undefined;
    this.#router = undefined;
  }
}
