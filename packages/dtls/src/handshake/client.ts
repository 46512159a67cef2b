import { bytesEqual, decode, encode, SelvageError } from '@selvage/core';
import type { EcJpake } from '@selvage/crypto';
import type { ResumableSession } from '../connection/session.js';
import { certificatePublicKey } from '../certificate/public-key.js';
import { cipherSuiteById } from '../protocol/cipher-suites.js';
import { type HandshakeMessage, type HandshakeType, handshakeMessage } from '../protocol/handshake.js';
import { type ClientHello, clientHello, helloVerifyRequest, serverHello } from '../protocol/hello.js';
import { certificate, certificateVerify } from '../protocol/key-exchange.js';
import { dtls12 } from '../protocol/record.js';
import type { Answer, ClientState, Pending, ReadFlight } from './client-state.js';
import { finishedBody, verifyFinished } from './finished.js';
import { finishedUnderKeys, inTheClear } from './flight.js';
import { agreeWithServer, startClientExchange } from './key-exchange/client.js';
import { hashOf } from './key-exchange/ecdhe.js';
import { agreedSecrets, SessionSecrets } from './key-schedule.js';
import {
  type Agreed,
  acceptServerHello,
  chooseScheme,
  clientExtensions,
  clientSuiteIds,
  sessionOf,
} from './negotiation.js';
import type { PeerIdentity } from './peer-identity.js';
import { protectRecords } from './protect-records.js';
import type { ChainVerdict, HandshakeHost, HandshakeRole } from './role.js';
import { isOutOfPlace, readServerFlight, type ServerFlight, unexpected } from './server-flight.js';
import { Transcript } from './transcript.js';

const nothing = new Uint8Array(0);

/** The client's side of a DTLS 1.2 handshake (RFC 6347 §4.2.4, RFC 5246 §7.3). */
export class ClientHandshake implements HandshakeRole {
  readonly #host: HandshakeHost;
  readonly #exchange: EcJpake | undefined;
  readonly #resume: ResumableSession | undefined;
  #hello: ClientHello;
  #sentHello: HandshakeMessage;
  #cookies = 0;
  #laterCookie: Uint8Array | undefined;
  #state: ClientState = { at: 'server-flight', messages: [] };
  flightStart = 0;

  constructor(host: HandshakeHost) {
    const { settings } = host;
    this.#host = host;
    this.#resume = usableSession(host);
    this.#exchange = startClientExchange(settings);
    const random = new Uint8Array(32);
    settings.entropy.fill(random);
    this.#hello = {
      version: dtls12,
      random,
      sessionId: this.#resume?.sessionId ?? nothing,
      cookie: nothing,
      cipherSuites: clientSuiteIds(settings),
      compressionMethods: [0],
      extensions: clientExtensions(settings, this.#exchange?.writeRoundOne(), host.connectionId),
    };
    this.#sentHello = this.#sendHello(0);
  }

  get waitingFor(): string {
    switch (this.#state.at) {
      case 'server-flight':
        return this.#cookies === 0 ? 'an answer to ClientHello' : "the server's flight up to ServerHelloDone";
      case 'verdict':
        return "a verdict on the server's certificate chain";
      case 'signature':
        return 'our signature for CertificateVerify';
      case 'finished':
      case 'complete':
        return "the server's Finished";
    }
  }

  get busy(): boolean {
    return this.#state.at === 'verdict' || this.#state.at === 'signature';
  }

  /**
   * HelloVerifyRequest stands outside the sequence of messages: a stateless server numbers every one of them 0, and
   * sends another one when its cookie secret has changed (RFC 6347 §4.2.1). Anybody can forge it, so only the first is
   * answered at once. Of others the latest is kept until it is time to send again: the answer to the ClientHello that is
   * on its way may still come, and the server's own request can still follow forged ones.
   */
  helloVerifyRequest(body: Uint8Array): void {
    if (this.#state.at !== 'server-flight') return;
    const { cookie } = decode(helloVerifyRequest, body, 'helloVerifyRequest');
    if (bytesEqual(cookie, this.#hello.cookie)) return;
    if (this.#cookies === 0) this.#bringCookie(cookie.slice());
    else this.#laterCookie = cookie.slice();
  }

  sendsOtherwise(): boolean {
    if (this.#state.at !== 'server-flight' || this.#laterCookie === undefined) return false;
    this.#bringCookie(this.#laterCookie);
    return true;
  }

  #bringCookie(cookie: Uint8Array): void {
    this.#cookies++;
    this.#laterCookie = undefined;
    this.#hello = { ...this.#hello, cookie };
    this.flightStart = 1;
    this.#host.reassembly.restart(this.flightStart);
    this.#state = { at: 'server-flight', messages: [] };
    this.#sentHello = this.#sendHello(1);
  }

  message(message: HandshakeMessage): void {
    const state = this.#state;
    switch (state.at) {
      case 'server-flight':
        try {
          return this.#collect([...state.messages, message]);
        } catch (error) {
          if (isOutOfPlace(error)) this.#state = state;
          throw error;
        }
      case 'finished':
        if (message.type !== 'finished') throw unexpected(message, 'Finished');
        return this.#readFinished(state.pending, message);
      case 'verdict':
      case 'signature':
      case 'complete':
        throw unexpected(message, 'nothing');
    }
  }

  startOver(): void {
    if (this.#state.at === 'server-flight') this.#state = { at: 'server-flight', messages: [] };
  }

  judged(verdict: ChainVerdict): void {
    const state = this.#state;
    if (state.at !== 'verdict') return;
    this.#state = { at: 'server-flight', messages: [] };
    if (!verdict.accepted) throw verdict.error;
    this.#answer(state.read);
  }

  signed(signature: Uint8Array): void {
    const state = this.#state;
    if (state.at !== 'signature') return;
    const { answer } = state;
    const scheme = chooseScheme(answer.read.flight.certificateRequest?.signatureAlgorithms ?? []);
    const verify = this.#next(
      answer,
      'certificate_verify',
      encode(certificateVerify, { signed: { scheme, signature } }),
    );
    this.#finish({ ...answer, messages: [...answer.messages, verify], transcript: answer.transcript.with(verify) });
  }

  unreadable(): boolean {
    return this.#state.at === 'finished';
  }

  destroy(): void {
    this.#exchange?.destroy();
    if (this.#state.at === 'finished') this.#state.pending.secrets.destroy();
    if (this.#state.at === 'signature') this.#state.answer.secrets.destroy();
  }

  #sendHello(sequence: number): HandshakeMessage {
    const message = handshakeMessage('client_hello', sequence, encode(clientHello, this.#hello));
    this.#host.send([{ kind: 'message', epoch: 0, message }]);
    return message;
  }

  /** Gathers the server's flight, and reads it when it is whole: it is believed as a whole or not at all. */
  #collect(messages: readonly HandshakeMessage[]): void {
    this.#state = { at: 'server-flight', messages: [] };
    if (this.#resumes(messages)) return this.#resumeSession(messages);
    const flight = readServerFlight(messages, this.#host.settings.cipherSuites);
    if (flight !== undefined) return this.#readFlight(flight);
    this.#state = { at: 'server-flight', messages };
  }

  #readFlight(flight: ServerFlight): void {
    const { settings } = this.#host;
    const agreed = acceptServerHello(settings, this.#hello, flight.hello);
    const publicKey = flight.chain && certificatePublicKey(firstOf(flight.chain));
    const agreement = agreeWithServer(settings, this.#exchange, { hello: this.#hello, flight, publicKey });
    if (flight.chain === undefined || publicKey === undefined) {
      return this.#answer({ flight, agreed, agreement, peer: agreement.peer });
    }
    const chain = flight.chain.map((entry) => entry.slice());
    const peer: PeerIdentity = { kind: 'certificate', chain, publicKey: publicKey.slice() };
    this.#state = { at: 'verdict', read: { flight, agreed, agreement, peer } };
    this.#host.judge(chain);
  }

  /** Flight 5: the messages whose content is known at once; a signature over them may have to be waited for. */
  #answer(read: ReadFlight): void {
    const { core, credentials } = this.#host.settings;
    const own = read.flight.certificateRequest && (credentials.certificate?.chain ?? []);
    const bodies: [HandshakeType, Uint8Array][] = [['client_key_exchange', read.agreement.clientKeyExchange]];
    if (own !== undefined) bodies.unshift(['certificate', encode(certificate, { chain: [...own] })]);
    const first = this.#sentHello.sequence + 1;
    const messages = bodies.map(([type, body], index) => handshakeMessage(type, first + index, body));
    const transcript = Transcript.empty.with(this.#sentHello, ...read.flight.messages, ...messages);

    const randoms = { client: this.#hello.random, server: read.flight.hello.random };
    const sessionHash = read.agreed.extendedMasterSecret ? transcript.hash(core) : undefined;
    const secrets = agreedSecrets(core, read.agreement.premaster, randoms, sessionHash);

    const answer: Answer = { read, messages, transcript, secrets };
    if (own === undefined || own.length === 0 || credentials.certificate === undefined) return this.#finish(answer);
    const scheme = chooseScheme(read.flight.certificateRequest?.signatureAlgorithms ?? []);
    this.#state = { at: 'signature', answer };
    this.#host.sign(credentials.certificate.key, hashOf(scheme), transcript.bytes());
  }

  /** ChangeCipherSpec and Finished complete flight 5. */
  #finish(answer: Answer): void {
    const { read, secrets } = answer;
    const finished = this.#next(answer, 'finished', finishedBody(this.#host.settings.core, 'client', answer));
    this.#protect(read.agreed, secrets);
    const flight = [...inTheClear(answer.messages), ...finishedUnderKeys(finished)];
    this.flightStart = this.#host.reassembly.next;
    const session = sessionOf(read.agreed, read.peer, read.flight.hello.sessionId.slice(), false);
    this.#state = { at: 'finished', pending: { session, secrets, transcript: answer.transcript.with(finished) } };
    this.#host.send(flight);
    this.#host.readsReady();
  }

  #protect(agreed: Agreed, secrets: SessionSecrets): void {
    const { client, server } = protectRecords(this.#host, agreed, secrets);
    this.#host.records.protectWrites(client);
    this.#host.records.protectReads(server);
  }

  #readFinished(pending: Pending, message: HandshakeMessage): void {
    verifyFinished(this.#host.settings.core, 'server', pending, message);
    this.#state = { at: 'complete' };
    if (pending.session.resumed) this.#answerResumption(pending, message);
    this.#host.complete(pending.session, pending.secrets);
  }

  #resumes(messages: readonly HandshakeMessage[]): boolean {
    const [first] = messages;
    if (this.#resume === undefined || first?.type !== 'server_hello') return false;
    return bytesEqual(decode(serverHello, first.body, 'serverHello').sessionId, this.#resume.sessionId);
  }

  /** The server agreed to resume: its Finished comes next, under keys of the old master secret (RFC 5246 §7.3). */
  #resumeSession(messages: readonly HandshakeMessage[]): void {
    const resume = this.#resume as ResumableSession;
    const [first] = messages as [HandshakeMessage];
    const hello = decode(serverHello, first.body, 'serverHello');
    const agreed = acceptServerHello(this.#host.settings, this.#hello, hello);
    if (agreed.suite.id !== resume.suiteId || agreed.extendedMasterSecret !== resume.extendedMasterSecret) {
      throw new SelvageError('illegal-parameter', 'the server resumes a session with other parameters than it had');
    }
    const secrets = new SessionSecrets(resume.masterSecret, this.#hello.random, hello.random);
    this.#protect(agreed, secrets);
    const session = sessionOf(agreed, resume.peer, resume.sessionId, true);
    const transcript = Transcript.empty.with(this.#sentHello, first);
    this.flightStart = this.#host.reassembly.next;
    this.#state = { at: 'finished', pending: { session, secrets, transcript } };
    this.#host.readsReady();
  }

  /** In a resumed handshake the client's Finished is the last flight. */
  #answerResumption(pending: Pending, serverFinished: HandshakeMessage): void {
    const { secrets, transcript } = pending;
    const after = { secrets, transcript: transcript.with(serverFinished) };
    const body = finishedBody(this.#host.settings.core, 'client', after);
    const message = handshakeMessage('finished', this.#sentHello.sequence + 1, body);
    this.#host.send(finishedUnderKeys(message), { final: true });
  }

  #next(answer: Answer, type: HandshakeType, body: Uint8Array): HandshakeMessage {
    return handshakeMessage(type, this.#sentHello.sequence + 1 + answer.messages.length, body);
  }
}

/** A session is offered again only where its suite and its binding of the master secret still are. */
function usableSession(host: HandshakeHost): ResumableSession | undefined {
  const { resume, cipherSuites, extendedMasterSecret } = host.settings;
  if (resume === undefined || resume.sessionId.length === 0) return undefined;
  const suite = cipherSuiteById(resume.suiteId);
  const offered = suite !== undefined && cipherSuites.includes(suite);
  return offered && resume.extendedMasterSecret === (extendedMasterSecret !== 'off') ? resume : undefined;
}

function firstOf(chain: readonly Uint8Array[]): Uint8Array {
  const [leaf] = chain;
  if (leaf !== undefined) return leaf;
  throw new SelvageError('bad-certificate', 'the server sent an empty certificate chain');
}
