import type { Engine, Instant, Secret } from '@selvage/core';
import type { ServerExchange } from '@selvage/coap';
import type { CloseReason, DtlsPeer } from '@selvage/dtls';
import { finalisationPath, finalisationResponse, readFinalisationRequest } from '../joiner/join-finalisation.js';
import { joinFailed } from '../join-failure.js';
import { keyEncryptionKey } from '../secured/key-encryption-key.js';
import { SecuredCoap, type SecuredOutput, type SecuredPeer } from '../secured/secured-coap.js';
import type {
  JoinerAdmissionInput,
  JoinerAdmissionOptions,
  JoinerAdmissionOutput,
  JoinerProgress,
  JoinerVerdict,
} from './admission-io.js';
import { JoinerHandshakes } from './joiner-handshakes.js';
import type { JoinerEntry } from './joiner-table.js';
import { RelayAddress } from './relay-address.js';

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
  readonly #handshakes: JoinerHandshakes;
  readonly #sessions = new Map<DtlsPeer<RelayAddress>, Session>();
  readonly #outputs: JoinerAdmissionOutput[] = [];
  #now: Instant = 0;

  constructor(options: JoinerAdmissionOptions) {
    this.#options = options;
    const { core, entropy, joiners, mostSessions = usualSessions } = options;
    const { handshakesWithoutCookie = mostSessions / 2 } = options;
    const handshakes = new JoinerHandshakes({ core, entropy, joiners, handshakesWithoutCookie }, this.#tell.bind(this));
    this.#handshakes = handshakes;
    this.#secured = new SecuredCoap({
      entropy,
      maximumMessage,
      dtls: {
        server: { core, entropy, select: (from) => handshakes.begin(from as RelayAddress, this.#now) },
        maximumHandshakes: mostSessions,
        // One more comes in, and another has to go for it: who proved a passphrase and then stalls holds no place.
        maximumSessions: mostSessions + 1,
        needsCookie: (from) =>
          handshakes.needsCookie(from as RelayAddress, this.#secured.dtls.handshakeCount, this.#now),
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
    const handshakes = this.#handshakes.abandon();
    const sessions = [...this.#sessions].flatMap(([{ address }, { stage, entry }]) =>
      stage === 'open' ? [{ joinerId: address.joinerId, entry }] : [],
    );
    for (const { kek } of this.#sessions.values()) kek?.dispose();
    this.#sessions.clear();
    this.#secured.abandon(this.#now);
    this.#outputs.length = 0;
    for (const { joinerId, entry } of [...handshakes, ...sessions]) {
      this.#tell(joinerId, entry, { kind: 'failed', error: joinFailed('commissioner-not-active') });
    }
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
        return this.#handshakes.doubt(output.peer.dtls);
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
    const entry = this.#handshakes.connected(dtls);
    if (entry === undefined) return this.#secured.close({ key: '', dtls }, now);
    this.#sessions.set(dtls, { entry, stage: 'open', until: now + finalisationTimeout, kek: undefined });
    this.#makeRoom(now);
    this.#tell(dtls.address.joinerId, entry, { kind: 'step', step: 'finalisation' });
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
      this.#handshakes.accepted(joinerId, now);
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
    if (session === undefined) return this.#handshakes.closed(dtls, reason, now);
    this.#sessions.delete(dtls);
    session.kek?.dispose();
    const { joinerId } = dtls.address;
    if (session.stage === 'accepted' && reason.by === 'peer') {
      return this.#tell(joinerId, session.entry, { kind: 'left' });
    }
    if (session.stage !== 'open') return;
    const error = joinFailed('timed-out', { 'waiting for': 'JOIN_FIN' });
    this.#tell(joinerId, session.entry, { kind: 'failed', error });
  }

  #tell(joinerId: Uint8Array, entry: JoinerEntry | undefined, progress: JoinerProgress): void {
    this.#outputs.push({ kind: 'joiner', joinerId, entry, progress });
  }
}
