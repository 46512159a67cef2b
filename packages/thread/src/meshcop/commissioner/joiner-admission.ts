import { bytesEqual, type Engine, type Entropy, type Instant, type Secret, type SelvageError } from '@selvage/core';
import type { ServerExchange } from '@selvage/coap';
import type { CryptoCore } from '@selvage/crypto';
import type { CloseReason, DtlsConfiguration, DtlsPeer } from '@selvage/dtls';
import { finalisationPath, finalisationResponse, readFinalisationRequest } from '../joiner/join-finalisation.js';
import type { JoinerFacts } from '../joiner/joiner-facts.js';
import { joinFailed, type JoinFailure, type JoinStep } from '../join-failure.js';
import type { RelayedDatagram } from '../relay/relay-messages.js';
import { keyEncryptionKey } from '../secured/key-encryption-key.js';
import { passphraseSession } from '../secured/passphrase-sessions.js';
import { SecuredCoap, type SecuredOutput, type SecuredPeer } from '../secured/secured-coap.js';
import type { JoinerEntry, JoinerTable } from './joiner-table.js';
import { RecentJoiners } from './recent-joiners.js';
import { RelayAddress } from './relay-address.js';
import { WrongGuesses } from './wrong-guesses.js';

/** Whether a joiner is taken, by what it says of itself. */
export type JoinerVerdict = { readonly accept: true } | { readonly accept: false; readonly why: string };

/** How joiners are admitted. */
export interface JoinerAdmissionOptions {
  readonly core: CryptoCore;
  readonly entropy: Entropy;
  readonly joiners: JoinerTable;
  /** Asked for each joiner that has proved its passphrase. */
  readonly judge: (joinerId: Uint8Array, facts: JoinerFacts, entry: JoinerEntry) => JoinerVerdict;
  /** Sessions at a time. */
  readonly mostSessions?: number;
  /**
   * While fewer handshakes are under way the first ClientHello of a joiner that is admitted by its EUI-64 is
   * answered without asking for a cookie, unless a handshake in its name is under way already: half of
   * `mostSessions` by default. What is asked for once more goes over a mesh of many hops, in many fragments.
   */
  readonly handshakesWithoutCookie?: number;
}

/** What the admission of joiners is told. */
export type JoinerAdmissionInput = { readonly kind: 'relayed'; readonly datagram: RelayedDatagram };

/** What happens to a joiner, as people are told. */
export type JoinerProgress =
  | { readonly kind: 'step'; readonly step: JoinStep }
  | { readonly kind: 'finalised'; readonly facts: JoinerFacts }
  /** It was accepted, and has said goodbye: our answer has reached it, and the KEK its joiner router. */
  | { readonly kind: 'left' }
  | { readonly kind: 'failed'; readonly error: SelvageError };

/** What the admission of joiners wants done, or tells. */
export type JoinerAdmissionOutput =
  /** For the joiner router, by RLY_TX. */
  | { readonly kind: 'relay'; readonly datagram: RelayedDatagram }
  | {
      readonly kind: 'joiner';
      readonly joinerId: Uint8Array;
      readonly entry: JoinerEntry | undefined;
      readonly progress: JoinerProgress;
    };

interface Session {
  readonly entry: JoinerEntry;
  stage: 'open' | 'accepted' | 'rejected';
  /** When a joiner that says nothing more loses its place. */
  until: Instant;
  kek: Secret | undefined;
}

/** Sessions at a time, and the largest message that one takes, bytes. */
const [usualSessions, maximumMessage] = [64, 900] as const;
/** How long a joiner that stalls holds its place: until JOIN_FIN, and after the answer to it, milliseconds. */
const [finalisationTimeout, goodbyeTimeout] = [15_000, 10_000] as const;
/** A joiner that was accepted and is back within this time never got the network key, milliseconds. */
const comesBackWithin = 30_000;
/** Milliseconds. */
const refusedFor = 3000;
/** Longer than a joiner's handshake lasts: what it says next must not meet a server that needs no cookie any more, milliseconds. */
const askedFor = 60_000;
/** Records of application data: of all that goes to a joiner, only the answer to JOIN_FIN is one (RFC 5246 §6.2.1). */
const applicationData = 23;

type Peer = SecuredPeer<RelayAddress>;

/**
 * The commissioner's sessions with joiners, as many at a time as there are (Thread 1.3 §8.4.4): each joiner proves its
 * passphrase and is judged; the KEK leaves with the answer to a joiner that is accepted, and for no other.
 */
export class JoinerAdmission implements Engine<JoinerAdmissionInput, JoinerAdmissionOutput> {
  readonly #options: JoinerAdmissionOptions;
  readonly #secured: SecuredCoap<RelayAddress>;
  readonly #sessions = new Map<DtlsPeer<RelayAddress>, Session>();
  /** The entries of handshakes under way, by the joiner's address. */
  readonly #handshakes = new Map<string, { readonly from: RelayAddress; readonly entries: readonly JoinerEntry[] }>();
  readonly #guesses = new WrongGuesses();
  /** Whose proof was wrong; it is waited for a right one, but a guess is a guess however the handshake then ends. */
  readonly #doubted = new Set<DtlsPeer<RelayAddress>>();
  readonly #accepted = new RecentJoiners(comesBackWithin);
  /** Who is told already that it is refused: it asks once more before it believes that. */
  readonly #refused = new RecentJoiners(refusedFor);
  /** Who was asked for a cookie. */
  readonly #asked = new RecentJoiners(askedFor);
  readonly #outputs: JoinerAdmissionOutput[] = [];
  #now: Instant = 0;

  constructor(options: JoinerAdmissionOptions) {
    this.#options = options;
    const { core, entropy, mostSessions = usualSessions } = options;
    this.#secured = new SecuredCoap({
      entropy,
      maximumMessage,
      dtls: {
        server: { core, entropy, select: (from) => this.#select(from as RelayAddress) },
        maximumHandshakes: mostSessions,
        // One more comes in, and another has to go for it: who proved a passphrase and then stalls holds no place.
        maximumSessions: mostSessions + 1,
        needsCookie: (from) => this.#needsCookie(from as RelayAddress),
      },
    });
  }

  get sessionCount(): number {
    return this.#secured.dtls.sessionCount + this.#secured.dtls.handshakeCount;
  }

  get deadline(): Instant | undefined {
    let least = this.#secured.deadline ?? Infinity;
    for (const { until } of this.#sessions.values()) least = Math.min(least, until);
    return least === Infinity ? undefined : least;
  }

  handle({ datagram }: JoinerAdmissionInput, now: Instant): void {
    this.#now = now;
    const from = new RelayAddress(datagram);
    this.#secured.handle({ kind: 'datagram', payload: datagram.payload, from }, now);
  }

  poll(now: Instant): JoinerAdmissionOutput | undefined {
    this.#now = now;
    for (const [dtls, session] of this.#sessions) if (session.until <= now) this.#stalled(dtls, session, now);
    while (this.#outputs.length === 0) {
      const output = this.#secured.poll(now);
      if (output === undefined) return undefined;
      this.#take(output, now);
    }
    return this.#outputs.shift();
  }

  /** Ends all that is under way, as with the petition: no joiner is answered any more, and every KEK is forgotten. */
  abandon(): void {
    const handshakes = [...this.#handshakes.values()].flatMap(({ from, entries }) =>
      entries.map((entry) => ({ joinerId: from.joinerId, entry })),
    );
    const sessions = [...this.#sessions].flatMap(([{ address }, { stage, entry }]) =>
      stage === 'open' ? [{ joinerId: address.joinerId, entry }] : [],
    );
    for (const { entry } of handshakes) entry.underWay--;
    for (const { kek } of this.#sessions.values()) kek?.dispose();
    for (const known of [this.#sessions, this.#handshakes, this.#doubted]) known.clear();
    this.#secured.abandon(this.#now);
    this.#outputs.length = 0;
    for (const { joinerId, entry } of [...handshakes, ...sessions]) {
      this.#tell(joinerId, entry, { kind: 'failed', error: joinFailed('commissioner-not-active') });
    }
  }

  /** Not from whoever is on the list by its EUI-64, while there is room; but who was asked for one once is asked again. */
  #needsCookie({ joinerId }: RelayAddress): boolean {
    const { mostSessions = usualSessions, handshakesWithoutCookie = mostSessions / 2, joiners } = this.#options;
    const isFew = this.#secured.dtls.handshakeCount < handshakesWithoutCookie;
    // A second handshake in one name, from whatever port, or one with who has left, may be an old or a forged ClientHello.
    const isNew = !this.#isUnderWay(joinerId) && !this.#accepted.has(joinerId, this.#now);
    // Where anybody may join, anybody could begin handshakes in names without end.
    const isListed = joiners.find(joinerId)?.selector.kind === 'eui64';
    const isFree = isFew && isNew && isListed && !this.#asked.has(joinerId, this.#now);
    if (!isFree) this.#asked.add(joinerId, this.#now);
    return !isFree;
  }

  #isUnderWay(joinerId: Uint8Array): boolean {
    for (const { from } of this.#handshakes.values()) if (bytesEqual(from.joinerId, joinerId)) return true;
    return false;
  }

  /** How a joiner that may begin a handshake is answered. */
  #select(from: RelayAddress): DtlsConfiguration | 'access_denied' | 'handshake_failure' {
    const { core, entropy, joiners } = this.#options;
    const { joinerId } = from;
    const entry = joiners.find(joinerId);
    if (entry === undefined) return this.#refuse(joinerId, entry, 'not-admitted', 'access_denied');
    if (this.#guesses.isPaused(joinerId, this.#now) || !joiners.hasTriesLeft(entry)) {
      return this.#refuse(joinerId, entry, 'session-limit', 'handshake_failure');
    }
    if (this.#accepted.take(joinerId, this.#now)) {
      this.#tell(joinerId, entry, { kind: 'failed', error: joinFailed('kek-lost') });
    }
    this.#tell(joinerId, entry, { kind: 'step', step: 'handshake' });
    entry.underWay++;
    const entries = [...(this.#handshakes.get(from.key)?.entries ?? []), entry];
    this.#handshakes.set(from.key, { from, entries });
    return passphraseSession(core, entropy, entry.passphrase);
  }

  #refuse<Alert>(joinerId: Uint8Array, entry: JoinerEntry | undefined, failure: JoinFailure, alert: Alert): Alert {
    if (this.#refused.add(joinerId, this.#now)) {
      this.#tell(joinerId, entry, { kind: 'failed', error: joinFailed(failure) });
    }
    return alert;
  }

  #take(output: SecuredOutput<RelayAddress>, now: Instant): void {
    switch (output.kind) {
      case 'transmit':
        return this.#transmit(output.to, output.payload);
      case 'connected':
        return this.#connected(output.peer, now);
      case 'request':
        return this.#requested(output.exchange, now);
      case 'closed':
        return this.#closed(output.peer, output.reason, now);
      case 'doubt':
        this.#doubted.add(output.peer.dtls);
        return;
      case 'response':
      case 'failed':
        return;
    }
  }

  #transmit(to: RelayAddress, payload: Uint8Array): void {
    const { interfaceId, udpPort, locator } = to;
    const kek = payload[0] === applicationData ? this.#kekFor(to) : undefined;
    const datagram = { interfaceId, udpPort, locator, payload, ...(kek && { kek }) };
    this.#outputs.push({ kind: 'relay', datagram });
  }

  /** Repetitions of the answer have it, too: what is lost once comes once more. */
  #kekFor(to: RelayAddress): Secret | undefined {
    for (const [{ address }, session] of this.#sessions) {
      if (address.key === to.key && session.stage === 'accepted') return session.kek;
    }
    return undefined;
  }

  #connected({ dtls }: Peer, now: Instant): void {
    this.#doubted.delete(dtls);
    const { joinerId } = dtls.address;
    const entry = this.#handshakeOver(dtls.address);
    if (entry === undefined) return this.#secured.close({ key: '', dtls }, now);
    this.#sessions.set(dtls, { entry, stage: 'open', until: now + finalisationTimeout, kek: undefined });
    this.#makeRoom(now);
    this.#tell(joinerId, entry, { kind: 'step', step: 'finalisation' });
  }

  /** Of too many, the one goes that has waited longest to say JOIN_FIN, or else its goodbye. */
  #makeRoom(now: Instant): void {
    if (this.#sessions.size <= (this.#options.mostSessions ?? usualSessions)) return;
    // The last one is who has just come in.
    const sessions = [...this.#sessions].slice(0, -1);
    const [dtls, session] = sessions.find(([, { stage }]) => stage === 'open') ?? sessions[0] ?? [];
    if (dtls !== undefined && session !== undefined) this.#stalled(dtls, session, now, 'session-limit');
  }

  #requested(exchange: ServerExchange<Peer>, now: Instant): void {
    const { request } = exchange;
    const { dtls } = request.from;
    const session = this.#sessions.get(dtls);
    if (session?.stage !== 'open' || request.path !== finalisationPath || request.method !== 'POST') {
      return this.#secured.respond(exchange, undefined, now);
    }
    const facts = readFinalisationRequest(request.payload);
    const { joinerId } = dtls.address;
    if (facts !== undefined) this.#tell(joinerId, session.entry, { kind: 'finalised', facts });
    const verdict: JoinerVerdict =
      facts === undefined
        ? { accept: false, why: 'the joiner itself does not accept' }
        : this.#options.judge(joinerId, facts, session.entry);
    session.until = now + goodbyeTimeout;
    session.stage = verdict.accept ? 'accepted' : 'rejected';
    if (verdict.accept) {
      session.kek = keyEncryptionKey(this.#options.core, dtls.connection);
      this.#accepted.add(joinerId, now);
      this.#tell(joinerId, session.entry, { kind: 'step', step: 'entrust' });
    } else {
      const error = joinFailed('finalisation-rejected', { by: 'the commissioner', why: verdict.why });
      this.#tell(joinerId, session.entry, { kind: 'failed', error });
    }
    const payload = finalisationResponse(verdict.accept ? 'accept' : 'reject');
    this.#secured.respond(exchange, { code: '2.04', payload }, now);
  }

  #stalled(
    dtls: DtlsPeer<RelayAddress>,
    session: Session,
    now: Instant,
    why: 'timed-out' | 'session-limit' = 'timed-out',
  ): void {
    session.until = Infinity;
    if (session.stage === 'open') {
      const error = joinFailed(why, { 'waiting for': 'JOIN_FIN' });
      this.#tell(dtls.address.joinerId, session.entry, { kind: 'failed', error });
      session.stage = 'rejected';
    }
    this.#secured.close({ key: '', dtls }, now);
  }

  #closed({ dtls }: Peer, reason: CloseReason, now: Instant): void {
    const session = this.#sessions.get(dtls);
    const isDoubted = this.#doubted.delete(dtls);
    this.#sessions.delete(dtls);
    session?.kek?.dispose();
    const { joinerId } = dtls.address;
    if (session !== undefined) {
      if (session.stage === 'accepted' && reason.by === 'peer') {
        return this.#tell(joinerId, session.entry, { kind: 'left' });
      }
      if (session.stage !== 'open') return;
      const error = joinFailed('timed-out', { 'waiting for': 'JOIN_FIN' });
      return this.#tell(joinerId, session.entry, { kind: 'failed', error });
    }
    const entry = this.#handshakeOver(dtls.address);
    if (reason.by !== 'error' || entry === undefined) return;
    this.#handshakeFailed(joinerId, entry, isDoubted ? 'wrong-pskd' : failureOf(reason.error), reason.error, now);
  }

  /** The entry of the oldest handshake with an address, which is one no longer. */
  #handshakeOver(from: RelayAddress): JoinerEntry | undefined {
    const [entry, ...entries] = this.#handshakes.get(from.key)?.entries ?? [];
    if (entries.length > 0) this.#handshakes.set(from.key, { from, entries });
    else this.#handshakes.delete(from.key);
    if (entry !== undefined) entry.underWay--;
    return entry;
  }

  #handshakeFailed(
    joinerId: Uint8Array,
    entry: JoinerEntry,
    failure: JoinFailure,
    error: SelvageError,
    now: Instant,
  ): void {
    if (failure === 'wrong-pskd') {
      this.#guesses.add(joinerId, now);
      this.#options.joiners.guessed(entry);
    }
    const seen =
      failure === 'flight-lost' ? { 'waiting for': String(error.details?.['waitingFor'] ?? 'the next flight') } : {};
    this.#tell(joinerId, entry, { kind: 'failed', error: joinFailed(failure, seen) });
  }

  #tell(joinerId: Uint8Array, entry: JoinerEntry | undefined, progress: JoinerProgress): void {
    this.#outputs.push({ kind: 'joiner', joinerId, entry, progress });
  }
}

function failureOf({ code }: SelvageError): JoinFailure {
  switch (code) {
    case 'handshake-timeout':
      return 'flight-lost';
    case 'session-closed':
      return 'session-limit';
    default:
      return 'wrong-pskd';
  }
}
