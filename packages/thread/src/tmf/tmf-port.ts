import type { Entropy, Instant } from '@selvage/core';
import { type CoapMessage, methodCodes } from '@selvage/coap';
import { hasPrefix, type Ip6Prefix } from '../ip6/address/prefix.js';
import { isLinkLocal, isMulticast, multicastScope, multicastScopes } from '../ip6/address/classes.js';
import { isCommissionerLocator, locatorOf } from '../ip6/address/thread-address.js';
import { Ip6Endpoint } from '../ip6/stack/endpoint.js';
import type { UdpArrival, UdpPort } from '../ip6/stack/udp-port.js';
import { AnsweredRequests } from './answered-requests.js';
import { PendingRequests, type TmfDone } from './pending-requests.js';
import { answerBytes, emptyAcknowledgement, pathOf, postBytes, readMessage } from './tmf-message.js';

/** The UDP port of the Thread Management Framework (Thread 1.3 §10.9). */
export const tmfPort = 61_631;

/** A request of the Thread Management Framework. */
export interface TmfRequest {
  /** Without a leading slash: `d/dg`. */
  readonly path: string;
  readonly payload: Uint8Array;
  readonly confirmable: boolean;
  readonly source: Uint8Array;
  readonly multicast: boolean;
}

/** The payload of a 2.04 answer, empty or not; `undefined` for silence. */
export type TmfHandler = (request: TmfRequest, now: Instant) => Uint8Array | undefined;

/** What a {@link TmfPort} is made of. */
export interface TmfPortParts<Info> {
  readonly port: UdpPort<Info>;
  readonly entropy: Entropy;
  readonly meshLocal: () => Ip6Prefix;
  /** Our routing locator: the source of what we ask; undefined before we have one. */
  readonly locator: () => Uint8Array | undefined;
  readonly handler: TmfHandler;
}

/**
 * The Thread Management Framework of a node: CoAP POST with TLVs, answered in the acknowledgement. Requests come from the
 * link or the mesh alone (Thread 1.3 §10.9); one that comes again is answered as before, and acted upon once.
 */
export class TmfPort<Info = unknown> {
  readonly #parts: TmfPortParts<Info>;
  readonly #pending: PendingRequests;
  readonly #answered = new AnsweredRequests();
  #messageId: number;

  constructor(parts: TmfPortParts<Info>) {
    this.#parts = parts;
    const start = new Uint8Array(2);
    parts.entropy.fill(start);
    this.#messageId = ((start[0] as number) << 8) | (start[1] as number);
    this.#pending = new PendingRequests(parts.entropy, (bytes, to) => this.#send(bytes, to));
    parts.port.onArrival((arrival) => this.#arrived(arrival));
  }

  /** When a request is sent again. */
  get deadline(): Instant {
    return this.#pending.deadline;
  }

  /** Requests that are not answered yet. */
  get pending(): number {
    return this.#pending.size;
  }

  /** Sends a confirmable POST, again until it is answered; `done` tells what became of it. */
  request(path: string, payload: Uint8Array, to: Uint8Array, now: Instant, done?: TmfDone): void {
    const names = this.#name();
    const bytes = postBytes({ path, payload, confirmable: true, ...names });
    // To ourselves it is answered before it was sent.
    this.#pending.add(names, bytes, to, done, now);
    this.#send(bytes, to);
  }

  /** Sends a POST that is not confirmable, to one or to a group. */
  tell(path: string, payload: Uint8Array, to: Uint8Array): void {
    this.#send(postBytes({ path, payload, confirmable: false, ...this.#name() }), to);
  }

  /** The same to a group that this node is in itself: it does its part. */
  tellWithOwn(path: string, payload: Uint8Array, group: Uint8Array, now: Instant): void {
    const bytes = postBytes({ path, payload, confirmable: false, ...this.#name() });
    this.#send(bytes, group);
    const own = this.#parts.locator();
    if (own !== undefined) this.hearOwn(bytes, new Ip6Endpoint(own, tmfPort), group, now);
  }

  /** Takes a message that went from this node to a group that it is in itself. @param from an address of this node */
  hearOwn(bytes: Uint8Array, from: Ip6Endpoint, group: Uint8Array, now: Instant): void {
    const message = this.#isAllowed(from.address, group) ? readMessage(bytes) : undefined;
    if (message?.code === methodCodes.POST) this.#asked(message, from, group, now);
  }

  /** Time passes. */
  tick(now: Instant): void {
    this.#pending.tick(now);
  }

  /** Forgets what is under way, as after a change of network. */
  reset(): void {
    this.#pending.clear();
    this.#answered.clear();
  }

  #arrived({ payload: bytes, from, destination, at }: UdpArrival<Info>): void {
    if (!this.#isAllowed(from.address, destination)) return;
    const message = readMessage(bytes);
    if (message === undefined) return;
    if (message.code === methodCodes.POST && (message.type === 'CON' || message.type === 'NON')) {
      return this.#asked(message, from, destination, at);
    }
    this.#pending.take(message, from.address, at);
    // A separate response that is confirmable is acknowledged, so that it is not repeated.
    if (message.type === 'CON') this.#reply(emptyAcknowledgement(message.messageId), from, destination);
  }

  #asked(message: CoapMessage, from: Ip6Endpoint, destination: Uint8Array, now: Instant): void {
    const { messageId } = message;
    const before = this.#answered.find(messageId, from.address, from.port, now);
    if (before !== undefined) {
      if (before.answer !== undefined) this.#reply(before.answer, from, destination);
      return;
    }
    const path = pathOf(message);
    // Nobody else asks as an anycast locator, though who is asked as one answers as it.
    if (path === undefined || isOfRole(from.address)) return;
    const confirmable = message.type === 'CON';
    const multicast = isMulticast(destination);
    const request = { path, payload: message.payload, confirmable, source: from.address, multicast };
    const given = this.#parts.handler(request, now);
    const answer = given === undefined || !confirmable ? undefined : answerBytes(message, given);
    this.#answered.add(messageId, from.address, from.port, answer, now);
    if (answer !== undefined) this.#reply(answer, from, destination);
  }

  /** As the address that was asked, or whoever asked would not know the answer for one. */
  #reply(bytes: Uint8Array, to: Ip6Endpoint, asked: Uint8Array): void {
    this.#parts.port.send(bytes, to, isMulticast(asked) ? undefined : asked);
  }

  #send(bytes: Uint8Array, to: Uint8Array): void {
    const staysOnLink = isLinkLocal(to) || (isMulticast(to) && multicastScope(to) <= multicastScopes.linkLocal);
    this.#parts.port.send(bytes, new Ip6Endpoint(to, tmfPort), staysOnLink ? undefined : this.#parts.locator());
  }

  #name(): { readonly messageId: number; readonly token: Uint8Array } {
    this.#messageId = (this.#messageId + 1) & 0xffff;
    const token = new Uint8Array(2);
    this.#parts.entropy.fill(token);
    return { messageId: this.#messageId, token };
  }

  /** From the link to the link, or from within the mesh to within the mesh. */
  #isAllowed(source: Uint8Array, destination: Uint8Array): boolean {
    if (isLinkLocal(source)) return isLinkLocal(destination) || isMulticast(destination);
    const meshLocal = this.#parts.meshLocal();
    if (!hasPrefix(source, meshLocal)) return false;
    if (isMulticast(destination)) return multicastScope(destination) <= multicastScopes.realmLocal;
    return hasPrefix(destination, meshLocal);
  }
}

/** An anycast locator, but that of a commissioner, as which its border agent asks (Thread 1.3 §8.4.3). */
function isOfRole(source: Uint8Array): boolean {
  const found = locatorOf(source);
  return found?.kind === 'aloc' && !isCommissionerLocator(found.locator);
}
