import { CoapEndpoint } from '@selvage/coap';
import {
  encode,
  type Engine,
  type Entropy,
  type Instant,
  type PeerAddress,
  type Secret,
  SelvageError,
  tryDecode,
} from '@selvage/core';
import type { CryptoCore } from '@selvage/crypto';
import type { CloseReason } from '@selvage/dtls';
import { ip6Prefix } from '../../ip6/address/prefix.js';
import { anycastLocators, locatorAddress } from '../../ip6/address/thread-address.js';
import { Ip6Endpoint } from '../../ip6/stack/endpoint.js';
import { tmfPort } from '../../tmf/tmf-port.js';
import { joinFailed } from '../join-failure.js';
import { decodeRelayed, encodeRelayed, relayPaths } from '../relay/relay-messages.js';
import { passphraseSession } from '../secured/passphrase-sessions.js';
import { SecuredCoap, type SecuredOutput, type SecuredPeer } from '../secured/secured-coap.js';
import { meshcopTlvs } from '../tlv/meshcop-tlvs.js';
import { decodeProxied, encodeProxied, proxyPaths } from '../udp-proxy.js';
import type { Correspondent, NetworkNews, NetworkRequest } from './network-access.js';

/** How a session with a border agent is made. */
export interface ExternalAccessOptions<Address extends PeerAddress> {
  readonly core: CryptoCore;
  readonly entropy: Entropy;
  readonly borderAgent: Address;
  /** PSKc, or a one-time passcode. */
  readonly passphrase: Secret;
}

/** What a session with a border agent is told. */
export type ExternalAccessInput<Address extends PeerAddress> =
  | { readonly kind: 'datagram'; readonly payload: Uint8Array; readonly from: Address }
  /** What the commissioner wants of the network. */
  | { readonly kind: 'wanted'; readonly request: NetworkRequest };

/** What a session with a border agent wants done, or tells. */
export type ExternalAccessOutput<Address extends PeerAddress> =
  | { readonly kind: 'transmit'; readonly payload: Uint8Array; readonly to: Address }
  /** The border agent knows the passphrase: the commissioner may petition. */
  | { readonly kind: 'open' }
  | { readonly kind: 'news'; readonly news: NetworkNews }
  /** Always the last one; without an error where it was closed by us. */
  | { readonly kind: 'closed'; readonly error?: SelvageError };

/**
 * The largest message in a record, and in a proxied datagram, bytes. What is said is far smaller; where there is less room CoAP
 * asks for blocks, an option that no node expects.
 */
const [maximumMessage, maximumProxied] = [1152, 1100] as const;
/** Milliseconds until a node's answer is no longer waited for. */
const patience = 12_000;
const {
  meshLocalPrefix: [meshLocalPrefixType],
} = meshcopTlvs.declarations;

type NodeRequest = Extract<NetworkRequest, { kind: 'request' }>;

/** How the leader is reached. */
type WayToLeader =
  /** Whoever has not petitioned asks the border agent, which answers itself or asks the leader. */
  | { readonly kind: 'by-agent' }
  /** The border agent was asked for the mesh-local prefix; this is what waits for it. */
  | { readonly kind: 'asked'; readonly waiting: NodeRequest[] }
  /** By the UDP proxy, at its anycast locator. */
  | { readonly kind: 'by-proxy'; readonly address: Uint8Array };

/**
 * An external commissioner's way into the network: a session with a border agent by the PSKc, which passes on what is for
 * the leader, for joiner routers and for other nodes (Thread 1.3 §8.4.2, §8.4.3).
 */
export class ExternalAccess<Address extends PeerAddress>
  implements Engine<ExternalAccessInput<Address>, ExternalAccessOutput<Address>>
{
  readonly #secured: SecuredCoap<Address>;
  readonly #peer: SecuredPeer<Address>;
  /** What goes through the border agent's UDP proxy. */
  readonly #proxied: CoapEndpoint<Ip6Endpoint>;
  readonly #outputs: ExternalAccessOutput<Address>[] = [];
  readonly #direct = new Map<number, { readonly id: number; readonly path: string }>();
  readonly #byProxy = new Map<number, number>();
  #wayToLeader: WayToLeader = { kind: 'by-agent' };
  /** The request for the mesh-local prefix. */
  #prefixAsked: number | undefined;
  #isOpen = false;
  #isOver = false;

  constructor({ core, entropy, borderAgent, passphrase }: ExternalAccessOptions<Address>, now: Instant) {
    this.#secured = new SecuredCoap({ entropy, maximumMessage });
    this.#peer = this.#secured.connect(borderAgent, passphraseSession(core, entropy, passphrase), now);
    this.#proxied = new CoapEndpoint({ entropy, maximumPayload: maximumProxied });
  }

  get deadline(): Instant | undefined {
    const least = Math.min(this.#secured.deadline ?? Infinity, this.#proxied.deadline ?? Infinity);
    return least === Infinity ? undefined : least;
  }

  close(now: Instant): void {
    this.#secured.close(this.#peer, now);
  }

  handle(input: ExternalAccessInput<Address>, now: Instant): void {
    if (input.kind === 'datagram') return this.#secured.handle(input, now);
    if (!this.#isOpen) return;
    const { request } = input;
    if (request.kind === 'relay') {
      return this.#secured.notify(this.#peer, `/${relayPaths.transmit}`, encodeRelayed(request.datagram), now);
    }
    if (request.to.kind === 'leader' && this.#wayToLeader.kind === 'asked') {
      this.#wayToLeader.waiting.push(request);
    } else {
      this.#send(request, now);
    }
  }

  poll(now: Instant): ExternalAccessOutput<Address> | undefined {
    while (this.#outputs.length === 0) {
      if (this.#pollProxied(now)) continue;
      const output = this.#secured.poll(now);
      if (output === undefined) return undefined;
      this.#take(output, now);
    }
    return this.#outputs.shift();
  }

  #send({ path, payload, confirmable, to, id }: NodeRequest, now: Instant): void {
    const address = this.#addressOf(to);
    const message = { method: 'POST', path: `/${path}`, payload, confirmable } as const;
    if (address === undefined) {
      this.#direct.set(this.#secured.request(this.#peer, message, now, { timeout: patience }), { id, path });
    } else {
      this.#byProxy.set(
        this.#proxied.request(new Ip6Endpoint(address, tmfPort), message, now, { timeout: patience }),
        id,
      );
    }
  }

  /** Undefined for what the border agent answers itself or passes to the leader. */
  #addressOf(to: Correspondent): Uint8Array | undefined {
    if (to.kind === 'node') return to.address;
    return to.kind === 'leader' && this.#wayToLeader.kind === 'by-proxy' ? this.#wayToLeader.address : undefined;
  }

  /**
   * A border agent need not pass on what an active commissioner has for the leader, and OpenThread's does not: it goes
   * by the UDP proxy, which needs the leader's address, and so the network's mesh-local prefix.
   */
  #askPrefix(now: Instant): void {
    this.#wayToLeader = { kind: 'asked', waiting: [] };
    const payload = encode(meshcopTlvs, [{ type: 'get', value: [meshLocalPrefixType] }]);
    const message = { method: 'POST', path: '/c/ag', payload, confirmable: true } as const;
    this.#prefixAsked = this.#secured.request(this.#peer, message, now, { timeout: patience });
  }

  #prefixTold(payload: Uint8Array | undefined, now: Instant): void {
    const waiting = this.#wayToLeader.kind === 'asked' ? this.#wayToLeader.waiting : [];
    const prefix = meshcopTlvs.first((payload && tryDecode(meshcopTlvs, payload)) ?? [], 'meshLocalPrefix');
    this.#prefixAsked = undefined;
    this.#wayToLeader =
      prefix === undefined
        ? { kind: 'by-agent' }
        : { kind: 'by-proxy', address: locatorAddress(ip6Prefix(prefix, 64), anycastLocators.leader) };
    for (const request of waiting) this.#send(request, now);
  }

  #pollProxied(now: Instant): boolean {
    const output = this.#proxied.poll(now);
    switch (output?.kind) {
      case undefined:
        return false;
      case 'transmit': {
        const { address, port } = output.to;
        const datagram = { address, sourcePort: tmfPort, destinationPort: port, payload: output.payload };
        if (this.#isOpen)
          this.#secured.notify(this.#peer, proxyPaths.transmit, encodeProxied(datagram, proxyPaths.transmit), now);
        return true;
      }
      case 'response': {
        const id = this.#byProxy.get(output.id);
        this.#byProxy.delete(output.id);
        const isChanged = output.response.code === '2.04';
        if (id !== undefined) this.#respond(id, isChanged ? output.response.payload : undefined);
        return true;
      }
      case 'ended': {
        const id = this.#byProxy.get(output.id);
        this.#byProxy.delete(output.id);
        // Whoever was asked may be gone, or the leader be under another prefix by now.
        if (output.error !== undefined && this.#wayToLeader.kind === 'by-proxy') this.#askPrefix(now);
        if (id !== undefined) this.#respond(id, undefined, output.error);
        return true;
      }
      case 'request': {
        const { path, payload, from } = output.exchange.request;
        this.#outputs.push({
          kind: 'news',
          news: { kind: 'notification', path: path.slice(1), payload, from: from.address },
        });
        this.#proxied.handle({ kind: 'respond', exchange: output.exchange, response: { code: '2.04' } }, now);
        return true;
      }
    }
  }

  #take(output: SecuredOutput<Address>, now: Instant): void {
    switch (output.kind) {
      case 'transmit':
        this.#outputs.push(output);
        return;
      case 'connected':
        this.#isOpen = true;
        this.#outputs.push({ kind: 'open' });
        return;
      case 'response':
        return this.#answered(output.id, output.response.code === '2.04' ? output.response.payload : undefined, now);
      case 'failed':
        return this.#answered(output.id, undefined, now, output.error);
      case 'request': {
        const { path, payload } = output.exchange.request;
        this.#notified(path, payload, now);
        return this.#secured.ignore(output.exchange, now);
      }
      case 'closed':
        return this.#closed(output.reason);
      case 'doubt':
        return;
    }
  }

  #answered(requestId: number, payload: Uint8Array | undefined, now: Instant, error?: SelvageError): void {
    if (requestId === this.#prefixAsked) return this.#prefixTold(payload, now);
    const asked = this.#direct.get(requestId);
    this.#direct.delete(requestId);
    if (asked === undefined) return;
    const tlvs = (payload && tryDecode(meshcopTlvs, payload)) ?? [];
    if (asked.path === 'c/cp' && meshcopTlvs.first(tlvs, 'state') === 'accept') this.#askPrefix(now);
    this.#respond(asked.id, payload, error);
  }

  #notified(path: string, payload: Uint8Array, now: Instant): void {
    if (path === `/${relayPaths.received}`) {
      const datagram = decodeRelayed(payload);
      if (datagram !== undefined) this.#outputs.push({ kind: 'news', news: { kind: 'relayed', datagram } });
      return;
    }
    if (path === proxyPaths.received) {
      const datagram = decodeProxied(payload);
      if (datagram?.destinationPort !== tmfPort) return;
      const from = new Ip6Endpoint(datagram.address, datagram.sourcePort);
      return this.#proxied.handle({ kind: 'datagram', payload: datagram.payload, from }, now);
    }
    // Another dataset may have another prefix.
    if (path === '/c/dc' && this.#wayToLeader.kind === 'by-proxy') this.#askPrefix(now);
    const news: NetworkNews = { kind: 'notification', path: path.slice(1), payload, from: undefined };
    this.#outputs.push({ kind: 'news', news });
  }

  #respond(id: number, payload: Uint8Array | undefined, error?: SelvageError): void {
    this.#outputs.push({ kind: 'news', news: { kind: 'response', id, payload, ...(error && { error }) } });
  }

  #closed(reason: CloseReason): void {
    if (this.#isOver) return;
    this.#isOver = true;
    const wasOpen = this.#isOpen;
    this.#isOpen = false;
    const words = wordsOf(reason, wasOpen);
    this.#giveUp(words.error ?? new SelvageError('session-closed', 'the session was closed'));
    this.#outputs.push({ kind: 'closed', ...words });
  }

  /** What was asked is not answered any more. */
  #giveUp(error: SelvageError): void {
    const waiting = this.#wayToLeader.kind === 'asked' ? this.#wayToLeader.waiting : [];
    const open = [...this.#direct.values(), ...waiting].map(({ id }) => id);
    for (const id of [...open, ...this.#byProxy.values()]) this.#respond(id, undefined, error);
    this.#direct.clear();
    this.#byProxy.clear();
    this.#prefixAsked = undefined;
    this.#wayToLeader = { kind: 'by-agent' };
  }
}

function wordsOf(reason: CloseReason, wasOpen: boolean): { readonly error?: SelvageError } {
  if (reason.by === 'us') return {};
  if (reason.by === 'peer') return { error: new SelvageError('session-closed', 'the border agent closed the session') };
  if (wasOpen) return { error: reason.error };
  switch (reason.error.code) {
    case 'handshake-timeout': {
      const seen = { 'waiting for': String(reason.error.details?.['waitingFor'] ?? 'the next flight') };
      return { error: joinFailed('flight-lost', seen, 'petition') };
    }
    default:
      return { error: failureOf(reason.error) };
  }
}

function failureOf(error: SelvageError): SelvageError {
  switch (error.details?.['alert']) {
    case 'access_denied':
      return joinFailed('commissioner-rejected', { by: 'the border agent, which takes no commissioner' });
    case 'handshake_failure':
      return joinFailed('session-limit', { at: 'the border agent' }, 'petition');
    default:
      return joinFailed('wrong-pskc');
  }
}
