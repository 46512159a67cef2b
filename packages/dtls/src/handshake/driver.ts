import { type Instant, SelvageError } from '@selvage/core';
import type { HashAlgorithm, KeyHandle } from '@selvage/crypto';
import type { Settings } from '../connection/configuration.js';
import type { DtlsInput, DtlsOutput } from '../connection/events.js';
import type { DtlsSession, ResumableSession } from '../connection/session.js';
import { describeChangeCipherSpec, describeHandshake } from '../describe/handshake.js';
import type { HandshakeMessage } from '../protocol/handshake.js';
import type { OpenedRecord, RecordLayer } from '../record/record-layer.js';
import { ClientHandshake } from './client.js';
import { Doubt } from './doubt.js';
import { type Flight, sealFlight } from './flight.js';
import type { SessionSecrets } from './key-schedule.js';
import { type HandshakeFragment, Reassembly, readFragments } from './reassembly.js';
import { RetransmissionTimer } from './retransmission.js';
import type { HandshakeHost, HandshakeRole } from './role.js';
import { ServerHandshake } from './server.js';
import { isOutOfPlace } from './server-flight.js';

/** What the driver needs of the connection it works for. */
export interface DriverHooks {
  readonly settings: Settings;
  readonly records: RecordLayer;
  /** The connection ID we want; `undefined` where connection IDs are not used. */
  readonly connectionId: Uint8Array | undefined;
  emit(output: DtlsOutput): void;
  /** The handshake is complete; `lastFlight` is to be sent again should the peer repeat its Finished. */
  complete(session: DtlsSession, secrets: SessionSecrets, lastFlight: Flight | undefined): void;
  fail(error: SelvageError): void;
  /** Keys for reading have come: reads the records that were held back for them. */
  readHeld(now: Instant): void;
}

/**
 * Carries one side's handshake: puts messages together and hands them to the role in order, sends flights and repeats
 * them, keeps doubts until they are cleared or due, and passes on key operations. It lives as long as the handshake.
 */
export class HandshakeDriver implements HandshakeHost {
  readonly settings: Settings;
  readonly records: RecordLayer;
  readonly connectionId: Uint8Array | undefined;
  readonly reassembly: Reassembly;
  readonly #hooks: DriverHooks;
  readonly #role: HandshakeRole;
  readonly #timer: RetransmissionTimer;
  readonly #doubt: Doubt;
  readonly #failsAt: Instant;
  #now: Instant;
  #peerChangedCipherSpec = false;
  #changedCipherSpec = false;
  #readsReady = false;
  #lastFlight: Flight | undefined;
  #operation = 0;
  #over = false;

  constructor(hooks: DriverHooks, now: Instant) {
    const { settings } = hooks;
    this.#hooks = hooks;
    this.settings = settings;
    this.records = hooks.records;
    this.connectionId = hooks.connectionId;
    this.reassembly = new Reassembly(settings.maximumHandshakeMessage);
    this.#timer = new RetransmissionTimer(settings.retransmission);
    this.#doubt = new Doubt(settings.grace);
    this.#failsAt = now + settings.handshakeTimeout;
    this.#now = now;
    this.#role = settings.role === 'client' ? new ClientHandshake(this) : new ServerHandshake(this);
  }

  /** Whether what we send from now on goes out under the new keys: then alerts do too. */
  get changedCipherSpec(): boolean {
    return this.#changedCipherSpec;
  }

  get deadline(): Instant {
    const doubtDue = this.#role.busy ? undefined : this.#doubt.deadline;
    return Math.min(this.#timer.deadline ?? this.#failsAt, doubtDue ?? this.#failsAt, this.#failsAt);
  }

  /** A handshake record of either epoch. */
  handshakeRecord(record: OpenedRecord, now: Instant): void {
    this.#now = now;
    this.#readRecord(record);
    this.#deliver();
  }

  changeCipherSpecRecord(record: OpenedRecord, now: Instant): void {
    this.#now = now;
    if (record.epoch !== 0 || record.payload.length !== 1 || record.payload[0] !== 1) return;
    this.#trace('received', () => describeChangeCipherSpec());
    this.#peerChangedCipherSpec = true;
    this.#deliver();
  }

  /** A protected record that did not open. */
  unreadableRecord(now: Instant): void {
    this.#now = now;
    if (!this.#role.unreadable()) return;
    const error = new SelvageError(
      'bad-record',
      "the peer's Finished does not open: the two sides derived different keys",
      {
        remedy: 'check that both sides have the same passphrase or key',
        details: { waitingFor: this.#role.waitingFor },
      },
    );
    if (this.settings.guessableKey === true) this.#fail(error);
    else this.doubt(error, now);
  }

  /** Notes what speaks against the handshake without ending it. */
  doubt(error: SelvageError, now: Instant): void {
    if (this.#doubt.raise(error, now)) this.#hooks.emit({ kind: 'doubt', error });
  }

  operationDone(input: Extract<DtlsInput, { readonly id: number }>, now: Instant): void {
    this.#now = now;
    if (input.id !== this.#operation) return;
    if (input.kind === 'key-operation-failed') return this.#fail(input.error);
    // While it was for us to act, the peer had no way to clear up a doubt.
    this.#doubt.clear();
    this.#guard(0, () => {
      if (input.kind === 'peer-judged') this.#role.judged(input.verdict);
      else this.#role.signed(input.signature);
    });
    this.#deliver();
  }

  deadlineReached(now: Instant): void {
    this.#now = now;
    const doubtDue = !this.#role.busy && this.#doubt.deadline !== undefined && now >= this.#doubt.deadline;
    if (doubtDue && this.#doubt.error !== undefined) return this.#fail(this.#doubt.error);
    if (now >= this.#failsAt) return this.#fail(this.#doubt.error ?? this.#timeout());
    const flight = this.#timer.expired(now);
    if (flight !== undefined && !this.#role.sendsOtherwise()) this.#transmit(flight, true);
  }

  destroy(): void {
    this.#role.destroy();
  }

  send(flight: Flight, options?: { readonly final: boolean }): void {
    this.#doubt.clear();
    if (flight.some((item) => item.kind === 'change-cipher-spec')) this.#changedCipherSpec = true;
    this.#transmit(flight, false);
    if (options?.final === true) {
      this.#lastFlight = flight;
      this.#timer.stop();
    } else {
      this.#timer.start(flight, this.#now);
    }
  }

  sign(key: KeyHandle, hash: HashAlgorithm, message: Uint8Array): void {
    const operation = { kind: 'sign', key, hash, message } as const;
    this.#hooks.emit({ kind: 'key-operation', id: ++this.#operation, operation });
  }

  judge(chain: readonly Uint8Array[]): void {
    this.#hooks.emit({ kind: 'judge-peer', id: ++this.#operation, chain });
  }

  cachedSession(sessionId: Uint8Array): ResumableSession | undefined {
    return this.settings.sessionCache?.get(sessionId, this.#now);
  }

  readsReady(): void {
    this.#readsReady = true;
  }

  complete(session: DtlsSession, secrets: SessionSecrets): void {
    this.#doubt.clear();
    this.#over = true;
    this.#hooks.complete(session, secrets, this.#lastFlight);
  }

  #fail(error: SelvageError): void {
    this.#over = true;
    this.#hooks.fail(error);
  }

  /** Under the new keys an offence is the peer's own; in the clear a record that makes no sense is dropped (§4.1.2.7). */
  #readRecord(record: OpenedRecord): void {
    try {
      for (const fragment of readFragments(record.payload)) this.#fragment(fragment, record);
    } catch (error) {
      if (!(error instanceof SelvageError) || error.fault === 'ours') throw error;
      if (record.epoch > 0) return this.#fail(error);
      this.records.counters.malformed++;
    }
  }

  #fragment(fragment: HandshakeFragment, record: OpenedRecord): void {
    if (this.#over) return;
    const isFinished = fragment.type === 'finished';
    if (fragment.type === 'hello_verify_request') return this.#helloVerifyRequest(fragment);
    // A server that is done already may ask for a renegotiation, which nobody has to answer (RFC 5246 §7.4.1.1).
    if (fragment.type === 'hello_request') return;
    // Finished is the first message under the new keys, and the only one before the session is open.
    if (isFinished !== (record.epoch === 1)) {
      throw new SelvageError('unexpected-message', `a handshake message came in epoch ${record.epoch}, not in its own`);
    }
    if (this.reassembly.isOld(fragment) && !this.#readsAnew(fragment)) return this.#peerRepeated();
    if (this.settings.role === 'server' && this.#role.flightStart === 0) {
      // Before its first ClientHello a server listens to nothing else.
      if (fragment.type !== 'client_hello') return;
      this.#startAt(fragment, record);
    }
    this.reassembly.add(fragment);
  }

  /** Where something of the flight being read does not fit, the peer's next copy of it is read from its start. */
  #readsAnew(fragment: HandshakeFragment): boolean {
    const isDoubted = this.#doubt.error !== undefined && !this.#role.busy;
    if (!isDoubted || fragment.messageSequence !== this.#role.flightStart) return false;
    this.#role.startOver();
    this.reassembly.restart(this.#role.flightStart);
    return true;
  }

  /** A server's numbers go on from those of the ClientHello that brought the cookie (RFC 6347 §4.2.1, §4.2.2). */
  #startAt(fragment: HandshakeFragment, record: OpenedRecord): void {
    if (this.reassembly.buffered > 0) return;
    this.reassembly.restart(fragment.messageSequence);
    this.records.startPlainSequence(record.sequence);
  }

  #helloVerifyRequest(fragment: HandshakeFragment): void {
    const isWhole = fragment.fragmentOffset === 0 && fragment.fragment.length === fragment.length;
    if (!(this.#role instanceof ClientHandshake) || !isWhole) return;
    const { messageSequence: sequence, type, fragment: body } = fragment;
    this.#trace('received', () => describeHandshake({ type, sequence, body, raw: body }, 0));
    this.#role.helloVerifyRequest(body);
  }

  #peerRepeated(): void {
    const flight = this.#timer.peerRepeated(this.#now);
    if (flight !== undefined) this.#transmit(flight, true);
  }

  /** Hands whole messages to the role, as far as it can take them now. */
  #deliver(): void {
    while (!this.#over && !this.#role.busy) {
      if (this.#readsReady) {
        this.#readsReady = false;
        this.#hooks.readHeld(this.#now);
      }
      const message = this.#nextMessage();
      if (message === undefined) return;
      const epoch = message.type === 'finished' ? 1 : 0;
      this.#trace('received', () => describeHandshake(message, epoch));
      this.#guard(epoch, () => this.#role.message(message));
    }
  }

  /** The next message, unless it is a Finished whose ChangeCipherSpec has not come yet. */
  #nextMessage(): HandshakeMessage | undefined {
    const message = this.reassembly.peek();
    if (message === undefined || (message.type === 'finished' && !this.#peerChangedCipherSpec)) return undefined;
    this.reassembly.advance();
    return message;
  }

  /**
   * Runs what reads the peer's messages. In the clear an offence is a doubt; under the new keys it is the peer's own. Our
   * own failure, such as entropy that fails, ends the handshake at once: nothing goes on without it.
   */
  #guard(epoch: number, read: () => void): void {
    try {
      read();
    } catch (error) {
      if (!(error instanceof SelvageError)) throw error;
      if (epoch > 0 || error.fault === 'ours' || this.#isOpeningHello()) return this.#fail(error);
      if (isOutOfPlace(error)) this.reassembly.retreat();
      else this.reassembly.restart(this.#role.flightStart);
      this.doubt(error, this.#now);
    }
  }

  /** A server that cannot answer the first ClientHello has nothing yet that is worth defending. */
  #isOpeningHello(): boolean {
    return this.settings.role === 'server' && this.#role.flightStart === 0;
  }

  #transmit(flight: Flight, again: boolean): void {
    for (const payload of sealFlight(flight, this.records, this.settings.maximumDatagram)) {
      this.#hooks.emit({ kind: 'transmit', payload });
    }
    for (const item of flight) {
      const describe = () =>
        item.kind === 'message' ? describeHandshake(item.message, item.epoch) : describeChangeCipherSpec();
      this.#trace('sent', () => (again ? { ...describe(), again } : describe()));
    }
  }

  #trace(direction: 'sent' | 'received', describe: () => ReturnType<typeof describeHandshake>): void {
    if (this.settings.trace === true) this.#hooks.emit({ kind: 'message', direction, message: describe() });
  }

  #timeout(): SelvageError {
    const { waitingFor } = this.#role;
    return new SelvageError(
      'handshake-timeout',
      `the handshake ended after ${this.settings.handshakeTimeout} ms without ${waitingFor}`,
      {
        details: { waitingFor, retransmissions: this.#timer.count },
        remedy: 'check that the peer is on, reachable at this address and port, and speaks DTLS 1.2',
      },
    );
  }
}
