import { alertFor, bytesEqual, type Engine, type Instant, SelvageError } from '@selvage/core';
import { HandshakeDriver } from '../handshake/driver.js';
import { type Flight, sealFlight } from '../handshake/flight.js';
import type { SessionSecrets } from '../handshake/key-schedule.js';
import { readFragments } from '../handshake/reassembly.js';
import { describeAlert } from '../describe/alert.js';
import { type Alert, type AlertName, alert, alertText, encodeAlert } from '../protocol/alerts.js';
import { keyBlockLengths } from '../protocol/cipher-suites.js';
import { ContentType } from '../protocol/record.js';
import { type OpenedRecord, type RecordCounters, RecordLayer, unauthenticRecord } from '../record/record-layer.js';
import { decodeQuietly } from './decode-quietly.js';
import { type DtlsConfiguration, type Settings, settle } from './configuration.js';
import type { CloseReason, DtlsInput, DtlsOutput } from './events.js';
import { keyLogLine } from './key-log.js';
import type { DtlsSession, ResumableSession } from './session.js';

/** Application data that overtakes the peer's Finished is kept up to this many records. */
const maximumEarlyData = 8;
/** How long the last flight is kept for a peer that lost it: twice the longest life of a segment (RFC 6347 §4.2.4). */
const lastFlightLife = 240_000;

type State =
  | { readonly at: 'handshake'; readonly driver: HandshakeDriver }
  | { readonly at: 'open'; readonly session: DtlsSession; readonly secrets: SessionSecrets }
  | { readonly at: 'closed' };

/** What differs from one connection of a configuration to the next. */
export interface ConnectionOptions {
  /** The connection ID the peer is to put into its records (RFC 9146); empty: none wanted, but the peer may. */
  readonly connectionId?: Uint8Array | undefined;
}

/** The last flight of the handshake, kept in case the peer repeats its Finished because it never came. */
interface LastFlight {
  readonly flight: Flight;
  readonly until: Instant;
}

/**
 * One DTLS 1.2 connection with one peer, client or server, without IO: datagrams and commands go in through `handle`,
 * datagrams and events come out of `poll`. A server connection starts with the ClientHello that brings its cookie back;
 * the exchange of the cookie, which needs no connection, is `DtlsEndpoint`'s.
 *
 * A datagram that is wrong, forged or repeated is dropped and counted; it ends neither a handshake nor a session that
 * the real peer could have gone on with (RFC 6347 §4.1.2.7).
 */
export class DtlsConnection implements Engine<DtlsInput, DtlsOutput> {
  readonly #settings: Settings;
  readonly #records = new RecordLayer();
  #state: State;
  /** Only while there is something in it: an idle session keeps no queue. */
  #outputs: DtlsOutput[] | undefined;
  #earlyData: Uint8Array[] | undefined;
  #lastFlight: LastFlight | undefined;
  #sawNewest = false;
  #now: Instant;

  private constructor(settings: Settings, now: Instant, options: ConnectionOptions) {
    this.#settings = settings;
    this.#now = now;
    this.#state = { at: 'closed' };
    this.#state = { at: 'handshake', driver: new HandshakeDriver(this.#hooks(options.connectionId), now) };
  }

  /**
   * Begins a handshake with a server; the ClientHello is the first output.
   * @throws SelvageError `invalid-argument` for a configuration that cannot work, `entropy-failed`.
   */
  static client(configuration: DtlsConfiguration, now: Instant, options: ConnectionOptions = {}): DtlsConnection {
    return new DtlsConnection(settle('client', configuration), now, options);
  }

  /**
   * Waits for a client's ClientHello.
   * @throws SelvageError `invalid-argument` for a configuration that cannot work.
   */
  static server(configuration: DtlsConfiguration, now: Instant, options: ConnectionOptions = {}): DtlsConnection {
    return new DtlsConnection(settle('server', configuration), now, options);
  }

  /** The session once `connected` was told; `undefined` before and after. */
  get session(): DtlsSession | undefined {
    return this.#state.at === 'open' ? this.#state.session : undefined;
  }

  /** Whether the open session's handshake began with this random of the client. */
  beganWith(clientRandom: Uint8Array): boolean {
    return this.#state.at === 'open' && bytesEqual(this.#state.secrets.clientRandom, clientRandom);
  }

  get isClosed(): boolean {
    return this.#state.at === 'closed';
  }

  /** Why records were dropped, each a count. */
  get counters(): Readonly<RecordCounters> {
    return this.#records.counters;
  }

  /** The most application data that one `send` takes so that its record fits a datagram, in bytes. */
  get maximumData(): number {
    return this.#records.plaintextFor(1, this.#settings.maximumDatagram);
  }

  /**
   * Whether an authentic record newer than all before came in since this was last asked: only such a one may move the
   * peer's address (RFC 9146 §6).
   */
  takeSawNewest(): boolean {
    const saw = this.#sawNewest;
    this.#sawNewest = false;
    return saw;
  }

  /** Ends without a word to the peer and without an event; secrets are wiped. */
  abandon(): void {
    if (this.#state.at === 'handshake') this.#state.driver.destroy();
    if (this.#state.at === 'open') this.#state.secrets.destroy();
    this.#state = { at: 'closed' };
    this.#records.destroy();
    this.#lastFlight = undefined;
    this.#earlyData = undefined;
  }

  get deadline(): Instant | undefined {
    if (this.#outputs !== undefined) return this.#now;
    return this.#state.at === 'handshake' ? this.#state.driver.deadline : this.#lastFlight?.until;
  }

  /**
   * @throws SelvageError, fault `caller`, for a command that does not fit: `wrong-state` (not open yet), `session-closed`,
   *   `payload-too-large`. A datagram never throws.
   */
  handle(input: DtlsInput, now: Instant): void {
    this.#now = now;
    switch (input.kind) {
      case 'datagram':
        if (this.#state.at === 'closed') return;
        return this.#failing(() => this.#records.read(input.payload, this.#onRecord));
      case 'send':
        return this.#send(input.data);
      case 'close':
        return this.#close();
      case 'key-operation-done':
      case 'key-operation-failed':
      case 'peer-judged':
        if (this.#state.at === 'handshake') this.#state.driver.operationDone(input, now);
    }
  }

  poll(now: Instant): DtlsOutput | undefined {
    this.#now = now;
    if (this.#outputs === undefined) this.#checkTime(now);
    const output = this.#outputs?.shift();
    if (this.#outputs?.length === 0) this.#outputs = undefined;
    return output;
  }

  /**
   * Keying material for a use outside DTLS, RFC 5705.
   * @throws SelvageError `wrong-state` before `connected` or after the end.
   */
  exportKeyingMaterial(label: string, length: number, context?: Uint8Array): Uint8Array {
    return this.#secrets().export(this.#settings.core, label, length, context);
  }

  /**
   * The TLS key block of the session, RFC 5246 §6.3, as long as its suite cuts it (40 bytes for AES-128-CCM-8, 96 for
   * AES-128-CBC-SHA256): what Thread's KEK and OCF's owner PSK are derived from.
   * @throws SelvageError `wrong-state` before `connected` or after the end.
   */
  keyBlock(): Uint8Array {
    const secrets = this.#secrets();
    const { suite } = this.session as DtlsSession;
    return secrets.keyBlock(this.#settings.core, keyBlockLengths(suite.cipher).total);
  }

  /** What a client needs to resume this session; `undefined` when the server keeps none. It holds the master secret. */
  resumableSession(): ResumableSession | undefined {
    if (this.#state.at !== 'open' || this.#state.session.sessionId.length === 0) return undefined;
    const { session, secrets } = this.#state;
    return {
      sessionId: session.sessionId,
      suiteId: session.suite.id,
      masterSecret: secrets.masterSecret.slice(),
      extendedMasterSecret: session.extendedMasterSecret,
      peer: session.peer,
    };
  }

  #hooks(connectionId: Uint8Array | undefined) {
    return {
      connectionId,
      settings: this.#settings,
      records: this.#records,
      emit: (output: DtlsOutput) => this.#emit(output),
      complete: (session: DtlsSession, secrets: SessionSecrets, lastFlight: Flight | undefined) =>
        this.#open(session, secrets, lastFlight),
      fail: (error: SelvageError) => this.#fail(error),
      readHeld: () => {
        for (const held of this.#records.takeHeld()) this.#records.read(held, this.#onHeldRecord);
      },
    };
  }

  #emit(output: DtlsOutput): void {
    if (this.#outputs === undefined) this.#outputs = [output];
    else this.#outputs.push(output);
  }

  #checkTime(now: Instant): void {
    const { driver } = this.#state.at === 'handshake' ? this.#state : { driver: undefined };
    if (driver !== undefined && now >= driver.deadline) this.#failing(() => driver.deadlineReached(now));
    if (this.#lastFlight !== undefined && now >= this.#lastFlight.until) this.#lastFlight = undefined;
  }

  readonly #onRecord = (record: OpenedRecord): void => {
    if (record.newest) this.#sawNewest = true;
    switch (this.#state.at) {
      case 'handshake':
        return this.#handshakeRecord(this.#state.driver, record);
      case 'open':
        if (record.epoch === 1) this.#openRecord(record);
        return;
      case 'closed':
        return;
    }
  };

  /**
   * What came before its keys and does not open under them proves nothing: anybody may have sent it beforehand. Where it
   * may be a guess it counts all the same.
   */
  readonly #onHeldRecord = (record: OpenedRecord): void => {
    if (record.type !== unauthenticRecord || this.#settings.guessableKey === true) this.#onRecord(record);
  };

  #handshakeRecord(driver: HandshakeDriver, record: OpenedRecord): void {
    switch (record.type) {
      case ContentType.handshake:
        return driver.handshakeRecord(record, this.#now);
      case ContentType.changeCipherSpec:
        return driver.changeCipherSpecRecord(record, this.#now);
      case ContentType.alert:
        return this.#handshakeAlert(driver, record);
      case ContentType.applicationData:
        return this.#keepEarlyData(record);
      case unauthenticRecord:
        driver.unreadableRecord(this.#now);
        // Data under keys that are taken back was not the peer's.
        if (!this.#records.readsProtected) this.#earlyData = undefined;
        return;
      default:
        this.#records.counters.malformed++;
    }
  }

  #openRecord(record: OpenedRecord): void {
    switch (record.type) {
      case ContentType.applicationData:
        // The peer speaks under the new keys as only one who has our last flight does.
        this.#lastFlight = undefined;
        return this.#emit({ kind: 'data', data: record.payload });
      case ContentType.alert:
        return this.#sessionAlert(record);
      case ContentType.handshake:
        return this.#lateHandshake(record);
      default:
        return;
    }
  }

  /** In the clear an alert proves nothing; the driver waits whether the real peer goes on. */
  #handshakeAlert(driver: HandshakeDriver, record: OpenedRecord): void {
    const received = decodeQuietly(alert, record.payload);
    if (received === undefined) return;
    this.#trace('received', received, record.epoch);
    if (received.level === 'warning' && received.description !== 'close_notify') return;
    const error = peerAlert(received);
    if (record.epoch === 0) driver.doubt(error, this.#now);
    else this.#end({ by: 'error', error });
  }

  #sessionAlert(record: OpenedRecord): void {
    const received = decodeQuietly(alert, record.payload);
    if (received === undefined) return;
    this.#trace('received', received, record.epoch);
    if (received.description === 'close_notify') {
      this.#sendAlert('warning', 'close_notify', 1);
      return this.#end({ by: 'peer' });
    }
    if (received.level !== 'warning') this.#end({ by: 'error', error: peerAlert(received) });
  }

  /** After the handshake only two things may come: the peer's Finished again, and the wish to renegotiate, refused. */
  #lateHandshake(record: OpenedRecord): void {
    const fragments = fragmentsOf(record.payload);
    if (fragments.some(({ type }) => type === 'finished')) return this.#repeatLastFlight();
    if (fragments.some(({ type }) => type === 'hello_request' || type === 'client_hello')) {
      this.#sendAlert('warning', 'no_renegotiation', 1);
    }
  }

  #repeatLastFlight(): void {
    if (this.#lastFlight === undefined) return;
    for (const payload of sealFlight(this.#lastFlight.flight, this.#records, this.#settings.maximumDatagram)) {
      this.#emit({ kind: 'transmit', payload });
    }
  }

  #keepEarlyData(record: OpenedRecord): void {
    if (record.epoch === 0) return;
    this.#earlyData ??= [];
    if (this.#earlyData.length < maximumEarlyData) this.#earlyData.push(record.payload);
  }

  #open(session: DtlsSession, secrets: SessionSecrets, lastFlight: Flight | undefined): void {
    const { keyLog, role, sessionCache } = this.#settings;
    keyLog?.(keyLogLine(secrets));
    if (this.#state.at === 'handshake') this.#state.driver.destroy();
    this.#state = { at: 'open', session, secrets };
    this.#lastFlight = lastFlight && { flight: lastFlight, until: this.#now + lastFlightLife };
    const resumable = role === 'server' && !session.resumed ? this.resumableSession() : undefined;
    if (resumable !== undefined) sessionCache?.put(resumable, this.#now);
    this.#emit({ kind: 'connected', session });
    for (const data of this.#earlyData ?? []) this.#emit({ kind: 'data', data });
    this.#earlyData = undefined;
  }

  #send(data: Uint8Array): void {
    if (this.#state.at === 'closed') throw new SelvageError('session-closed', 'the DTLS session has ended');
    if (this.#state.at === 'handshake') throw new SelvageError('wrong-state', 'the DTLS handshake is not complete yet');
    if (data.length > this.#records.plaintextFor(1, this.#settings.maximumDatagram)) {
      throw new SelvageError('payload-too-large', `${data.length} bytes do not fit one record`, {
        details: { length: data.length, maximum: this.maximumData },
        remedy: 'split the data; DTLS does not',
      });
    }
    this.#emit({ kind: 'transmit', payload: this.#records.seal(ContentType.applicationData, 1, data) });
  }

  #close(): void {
    if (this.#state.at === 'closed') return;
    this.#sendAlert('warning', 'close_notify', this.#alertEpoch());
    this.#end({ by: 'us' });
  }

  #fail(error: SelvageError): void {
    if (this.#state.at === 'closed') return;
    const answers = error.code !== 'peer-alert' && error.code !== 'handshake-timeout';
    if (answers) this.#sendAlert('fatal', alertFor(error), this.#alertEpoch());
    this.#end({ by: 'error', error });
  }

  /** Runs what answers the peer. Where we cannot go on ourselves (entropy, sequence numbers) the connection ends. */
  #failing(run: () => void): void {
    try {
      run();
    } catch (error) {
      if (!(error instanceof SelvageError) || error.fault !== 'ours') throw error;
      this.#fail(error);
    }
  }

  #alertEpoch(): 0 | 1 {
    return this.#state.at === 'open' || (this.#state.at === 'handshake' && this.#state.driver.changedCipherSpec)
      ? 1
      : 0;
  }

  #sendAlert(level: 'warning' | 'fatal', description: AlertName, epoch: 0 | 1): void {
    const payload = this.#sealAlert(encodeAlert(level, description), epoch);
    if (payload === undefined) return;
    this.#emit({ kind: 'transmit', payload });
    this.#trace('sent', { level, description }, epoch);
  }

  /** An alert is a courtesy: where none can be sealed any more, for want of entropy or numbers, none is sent. */
  #sealAlert(content: Uint8Array, epoch: 0 | 1): Uint8Array | undefined {
    try {
      return this.#records.seal(ContentType.alert, epoch, content);
    } catch (error) {
      if (error instanceof SelvageError) return undefined;
      throw error;
    }
  }

  #end(reason: CloseReason): void {
    this.abandon();
    this.#emit({ kind: 'closed', reason });
  }

  #trace(direction: 'sent' | 'received', message: Alert, epoch: number): void {
    if (this.#settings.trace === true)
      this.#emit({ kind: 'message', direction, message: describeAlert(message, epoch) });
  }

  #secrets(): SessionSecrets {
    if (this.#state.at === 'open') return this.#state.secrets;
    throw new SelvageError('wrong-state', 'keying material exists only while the session is open');
  }
}

function peerAlert(received: Alert): SelvageError {
  const name = alertText(received.description);
  return new SelvageError('peer-alert', `the peer ended the handshake or session with ${name}`, {
    details: { alert: name },
  });
}

function fragmentsOf(payload: Uint8Array) {
  try {
    return readFragments(payload);
  } catch (error) {
    if (error instanceof SelvageError) return [];
    throw error;
  }
}
