import {
  encode,
  type Engine,
  type Entropy,
  type Instant,
  type PeerAddress,
  type Secret,
  tryDecode,
} from '@selvage/core';
import type { ServerExchange } from '@selvage/coap';
import type { CryptoCore } from '@selvage/crypto';
import type { CloseReason, DtlsConfiguration } from '@selvage/dtls';
import type { Dataset } from '../../dataset/dataset.js';
import { datasetAnswer } from '../management/dataset-requests.js';
import { decodeRelayed, relayPaths } from '../relay/relay-messages.js';
import { passphraseSession } from '../secured/passphrase-sessions.js';
import { SecuredCoap, type SecuredOutput, type SecuredPeer } from '../secured/secured-coap.js';
import { type MeshcopTlv, meshcopTlvs } from '../tlv/meshcop-tlvs.js';
import { decodeProxied, encodeProxied, type ProxiedDatagram, proxyPaths } from '../udp-proxy.js';
import { GuessLimit } from './guess-limit.js';

/** How a border agent is made. */
export interface BorderAgentOptions {
  readonly core: CryptoCore;
  readonly entropy: Entropy;
  /** PSKc, or a one-time passcode. */
  readonly passphrase: () => Secret | undefined;
  readonly datasets: () => { readonly active: Dataset; readonly pending: Dataset | undefined };
  /** The name of a commissioner that has the network by another agent of the same node, UTF-8. */
  readonly activeElsewhere?: () => Uint8Array | undefined;
  /** Sessions at a time; one of them commissions. */
  readonly mostSessions?: number;
  /** Handshakes at a time; as many as sessions where it is left out. */
  readonly mostHandshakes?: number;
  /** Whether who tries a wrong passphrase has to wait before the next; so it is by default. */
  readonly isSlowed?: boolean;
}

/** What a border agent is told. */
export type BorderAgentInput<Address extends PeerAddress> =
  | { readonly kind: 'datagram'; readonly payload: Uint8Array; readonly from: Address }
  /** The leader's answer; undefined where there was none. */
  | { readonly kind: 'answer'; readonly id: number; readonly payload: Uint8Array | undefined }
  /** RLY_RX of a joiner router. */
  | { readonly kind: 'relayed'; readonly message: Uint8Array }
  /** What a node of the mesh sent to the commissioner's anycast locator. */
  | { readonly kind: 'proxied'; readonly datagram: ProxiedDatagram };

/** What a border agent wants done, or tells. */
export type BorderAgentOutput<Address extends PeerAddress> =
  | { readonly kind: 'transmit'; readonly payload: Uint8Array; readonly to: Address }
  /** A confirmable request to the leader; `answer` of the same id follows. */
  | { readonly kind: 'ask-leader'; readonly id: number; readonly path: string; readonly payload: Uint8Array }
  /** RLY_TX, for the joiner router with this RLOC16. */
  | { readonly kind: 'relay'; readonly locator: number; readonly message: Uint8Array }
  /** To be sent from the commissioner's anycast locator. */
  | { readonly kind: 'proxy'; readonly datagram: ProxiedDatagram }
  /** The commissioner's session: its anycast locator is ours from now on, or no longer. */
  | { readonly kind: 'commissioner'; readonly sessionId: number; readonly name: Uint8Array }
  | { readonly kind: 'commissioner'; readonly sessionId: undefined }
  | { readonly kind: 'session'; readonly state: 'opened' | 'closed' | 'wrong-passphrase' };

interface Active<Address extends PeerAddress> {
  readonly peer: SecuredPeer<Address>;
  readonly name: Uint8Array;
  readonly sessionId: number;
}

/** Sessions at a time, and the largest message that one takes, bytes. */
const [usualSessions, maximumMessage] = [16, 1152] as const;
/** A session that says nothing for so long is over, milliseconds: the leader gives its commissioner up after 50 s. */
const longestSilence = 60_000;
/** What a commissioner asks of the leader, and how the leader is asked (Thread 1.3 §8.4.3). */
const forLeader: Readonly<Record<string, string>> = {
  '/c/cs': 'c/cs',
  '/c/cg': 'c/cg',
  '/c/as': 'c/as',
  '/c/ps': 'c/ps',
};
/** Bytes: what is passed on to the commissioner is answered by none, so nothing has to be told apart by its token. */
const tokenLength = 2;
/** At a time; further ones are refused. */
const mostPetitions = 16;
const noGuess: ReadonlySet<string> = new Set(['handshake-timeout', 'session-closed']);
const rejection: MeshcopTlv = { type: 'state', value: 'reject' };

/**
 * A border agent: lets commissioners that prove the PSKc, or a one-time passcode, into the network, and passes on between
 * them, the leader and the joiner routers (Thread 1.3 §8.4.2, §8.4.3). Several may have sessions; one at a time
 * commissions, and the others are told its name.
 */
export class BorderAgent<Address extends PeerAddress>
  implements Engine<BorderAgentInput<Address>, BorderAgentOutput<Address>>
{
  readonly #options: BorderAgentOptions;
  readonly #secured: SecuredCoap<Address>;
  readonly #guesses = new GuessLimit();
  readonly #outputs: BorderAgentOutput<Address>[] = [];
  readonly #asked = new Map<number, (payload: Uint8Array | undefined, now: Instant) => void>();
  /** Sessions, and when each was heard of last. */
  readonly #opened = new Map<SecuredPeer<Address>, Instant>();
  /** Whose proof was wrong; it is waited for a right one, but a guess is a guess however the handshake then ends. */
  readonly #doubted = new Set<SecuredPeer<Address>>();
  #active: Active<Address> | undefined;
  /** Whoever petitions just now: the leader has not answered. */
  #petitioner: SecuredPeer<Address> | undefined;
  /** Sessions that the leader was told to be over, and has not confirmed. */
  #resigning = 0;
  /** Petitions that wait until it is known who has the network. */
  #petitions: ServerExchange<SecuredPeer<Address>>[] = [];
  #nextId = 0;
  #now: Instant = 0;

  constructor(options: BorderAgentOptions) {
    this.#options = options;
    const { core, entropy, mostSessions = usualSessions, mostHandshakes = mostSessions } = options;
    this.#secured = new SecuredCoap({
      entropy,
      maximumMessage,
      tokenLength,
      dtls: {
        server: { core, entropy, select: (from) => this.#select(from) },
        maximumHandshakes: mostHandshakes,
        maximumSessions: mostSessions,
      },
    });
  }

  get sessionCount(): number {
    return this.#secured.dtls.sessionCount;
  }

  get handshakeCount(): number {
    return this.#secured.dtls.handshakeCount;
  }

  get deadline(): Instant | undefined {
    const silent = Math.min(...this.#opened.values()) + longestSilence;
    const least = Math.min(this.#secured.deadline ?? Infinity, silent);
    return least === Infinity ? undefined : least;
  }

  handle(input: BorderAgentInput<Address>, now: Instant): void {
    this.#now = now;
    switch (input.kind) {
      case 'datagram':
        return this.#secured.handle(input, now);
      case 'answer': {
        const done = this.#asked.get(input.id);
        this.#asked.delete(input.id);
        return done?.(input.payload, now);
      }
      case 'relayed':
        return this.#notify(`/${relayPaths.received}`, input.message, now);
      case 'proxied':
        return this.#notify(proxyPaths.received, encodeProxied(input.datagram, proxyPaths.received), now);
    }
  }

  poll(now: Instant): BorderAgentOutput<Address> | undefined {
    this.#now = now;
    for (const [peer, heardAt] of this.#opened) {
      if (heardAt + longestSilence <= now) this.#secured.close(peer, now);
    }
    while (this.#outputs.length === 0) {
      const output = this.#secured.poll(now);
      if (output === undefined) return undefined;
      this.#take(output, now);
    }
    return this.#outputs.shift();
  }

  /** Ends all sessions; the leader is told that the commissioner is gone. */
  close(now: Instant): void {
    for (const peer of this.#opened.keys()) this.#secured.close(peer, now);
  }

  #select(from: PeerAddress): DtlsConfiguration | 'access_denied' | 'handshake_failure' {
    const passphrase = this.#options.passphrase();
    if (passphrase === undefined) return 'access_denied';
    const { isSlowed = true } = this.#options;
    if (isSlowed && !this.#guesses.allows(from.key, this.#now, this.handshakeCount)) return 'handshake_failure';
    return passphraseSession(this.#options.core, this.#options.entropy, passphrase);
  }

  #take(output: SecuredOutput<Address>, now: Instant): void {
    switch (output.kind) {
      case 'transmit':
        this.#outputs.push(output);
        return;
      case 'connected':
        this.#opened.set(output.peer, now);
        this.#doubted.delete(output.peer);
        this.#guesses.proved(output.peer.dtls.address.key);
        this.#outputs.push({ kind: 'session', state: 'opened' });
        return;
      case 'request':
        return this.#requested(output.exchange, now);
      case 'closed':
        return this.#closed(output.peer, output.reason, now);
      case 'doubt':
        this.#doubted.add(output.peer);
        return;
      case 'response':
      case 'failed':
        return;
    }
  }

  #requested(exchange: ServerExchange<SecuredPeer<Address>>, now: Instant): void {
    const { path, payload, from, method } = exchange.request;
    if (this.#opened.has(from)) this.#opened.set(from, now);
    if (method !== 'POST') return this.#secured.respond(exchange, { code: '4.05' }, now);
    switch (path) {
      case '/c/cp':
        return this.#petition(exchange, now);
      case '/c/ca':
        return this.#keepAlive(exchange, now);
      case '/c/ag':
        return this.#answer(exchange, datasetAnswer(this.#options.datasets().active, payload), now);
      case '/c/pg':
        return this.#answer(exchange, datasetAnswer(this.#options.datasets().pending, payload), now);
      case `/${relayPaths.transmit}`:
        if (this.#active?.peer === from) this.#relay(payload);
        return this.#secured.ignore(exchange, now);
      case proxyPaths.transmit:
        if (this.#active?.peer === from) this.#proxy(payload);
        return this.#secured.ignore(exchange, now);
    }
    const forwarded = forLeader[path];
    if (forwarded === undefined) return this.#secured.respond(exchange, undefined, now);
    this.#ask(forwarded, payload, (answer, at) => this.#answer(exchange, answer, at));
  }

  /** COMM_PET: the leader decides, where none of our own sessions commissions already. */
  #petition(exchange: ServerExchange<SecuredPeer<Address>>, now: Instant): void {
    const { from, payload } = exchange.request;
    const name = meshcopTlvs.first(tryDecode(meshcopTlvs, payload) ?? [], 'commissionerId');
    const other = this.#active === undefined ? this.#options.activeElsewhere?.() : this.#active.name;
    const isActive = this.#active?.peer === from;
    const waits = (this.#petitioner !== undefined && this.#petitioner !== from) || this.#resigning > 0;
    if (name === undefined || (other !== undefined && !isActive) || this.#petitions.length >= mostPetitions) {
      const active: readonly MeshcopTlv[] = other ? [{ type: 'commissionerId', value: other }] : [];
      return this.#answer(exchange, encode(meshcopTlvs, [rejection, ...active]), now);
    }
    if (waits) return void this.#petitions.push(exchange);
    this.#petitioner = from;
    this.#ask('c/lp', payload, (answer, at) => {
      if (this.#petitioner === from) this.#petitioner = undefined;
      const tlvs = (answer && tryDecode(meshcopTlvs, answer)) ?? [];
      const sessionId = meshcopTlvs.first(tlvs, 'commissionerSessionId');
      if (meshcopTlvs.first(tlvs, 'state') === 'accept' && sessionId !== undefined) {
        if (!this.#opened.has(from)) return this.#resign(sessionId);
        this.#active = { peer: from, name: name.slice(), sessionId };
        this.#outputs.push({ kind: 'commissioner', sessionId, name: name.slice() });
      }
      this.#answer(exchange, answer, at);
      this.#petitionsGoOn(at);
    });
  }

  /** It is known who has the network: those who waited for that petition now, one after the other. */
  #petitionsGoOn(now: Instant): void {
    for (const exchange of this.#petitions.splice(0)) {
      if (this.#opened.has(exchange.request.from)) this.#petition(exchange, now);
    }
  }

  /** COMM_KA, which may be the commissioner's end. */
  #keepAlive(exchange: ServerExchange<SecuredPeer<Address>>, now: Instant): void {
    const { from, payload } = exchange.request;
    if (this.#active?.peer !== from) return this.#answer(exchange, encode(meshcopTlvs, [rejection]), now);
    if (meshcopTlvs.first(tryDecode(meshcopTlvs, payload) ?? [], 'state') === 'reject') {
      this.#deactivate();
      return this.#resignBy(payload, (answer, at) => this.#answer(exchange, answer, at));
    }
    this.#ask('c/la', payload, (answer, at) => {
      const isAlive =
        answer !== undefined && meshcopTlvs.first(tryDecode(meshcopTlvs, answer) ?? [], 'state') === 'accept';
      if (!isAlive && answer !== undefined && this.#active?.peer === from) this.#deactivate();
      this.#answer(exchange, answer, at);
    });
  }

  /** A leader that does not answer is no leader: 5.04. */
  #answer(exchange: ServerExchange<SecuredPeer<Address>>, payload: Uint8Array | undefined, now: Instant): void {
    this.#secured.respond(exchange, payload === undefined ? { code: '5.04' } : { code: '2.04', payload }, now);
  }

  #relay(message: Uint8Array): void {
    const relayed = decodeRelayed(message);
    if (relayed !== undefined)
      this.#outputs.push({ kind: 'relay', locator: relayed.locator, message: message.slice() });
  }

  #proxy(message: Uint8Array): void {
    const datagram = decodeProxied(message);
    if (datagram !== undefined) this.#outputs.push({ kind: 'proxy', datagram });
  }

  /** To the commissioner that is active, and to no other session. */
  #notify(path: string, payload: Uint8Array, now: Instant): void {
    if (this.#active === undefined) return;
    this.#secured.notify(this.#active.peer, path, payload, now);
  }

  #ask(path: string, payload: Uint8Array, done: (payload: Uint8Array | undefined, now: Instant) => void): void {
    const id = this.#nextId++;
    this.#asked.set(id, done);
    this.#outputs.push({ kind: 'ask-leader', id, path, payload: payload.slice() });
  }

  #closed(peer: SecuredPeer<Address>, reason: CloseReason, now: Instant): void {
    const wasOpen = this.#opened.delete(peer);
    if (!wasOpen) {
      const isDoubted = this.#doubted.delete(peer);
      // One that came to no end, or had to make room for another, told nobody whether its passphrase is right.
      if (reason.by !== 'error' || (!isDoubted && noGuess.has(reason.error.code))) return;
      this.#guesses.wrong(peer.dtls.address.key, now);
      this.#outputs.push({ kind: 'session', state: 'wrong-passphrase' });
      return;
    }
    this.#outputs.push({ kind: 'session', state: 'closed' });
    if (this.#active?.peer !== peer) return;
    this.#resign(this.#active.sessionId);
    this.#deactivate();
  }

  /** Gives a session up at the leader, so that the next commissioner need not wait. */
  #resign(sessionId: number): void {
    const tlvs: MeshcopTlv[] = [rejection, { type: 'commissionerSessionId', value: sessionId }];
    this.#resignBy(encode(meshcopTlvs, tlvs), () => undefined);
  }

  /** The next petition waits for it: it could be there before this one, and be refused. */
  #resignBy(payload: Uint8Array, done: (answer: Uint8Array | undefined, now: Instant) => void): void {
    this.#resigning++;
    this.#ask('c/la', payload, (answer, at) => {
      this.#resigning--;
      done(answer, at);
      this.#petitionsGoOn(at);
    });
  }

  #deactivate(): void {
    this.#active = undefined;
    this.#outputs.push({ kind: 'commissioner', sessionId: undefined });
  }
}
