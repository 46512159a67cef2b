import { concat, decode, encode } from '@selvage/core';
import type { EcJpake } from '@selvage/crypto';
import type { ResumableSession } from '../connection/session.js';
import type { Extension } from '../protocol/extensions.js';
import { type HandshakeMessage, type HandshakeType, handshakeMessage } from '../protocol/handshake.js';
import { type ClientHello, clientHello, findExtension, serverHello } from '../protocol/hello.js';
import { certificate, certificateRequest, digitallySigned, ecdsaSign } from '../protocol/key-exchange.js';
import { dtls12, maximumPlaintext } from '../protocol/record.js';
import { type ClientFlight, certificateRequired, readClientFlight, verifyPossession } from './client-flight.js';
import { finishedBody, verifyFinished } from './finished.js';
import { finishedUnderKeys, inTheClear } from './flight.js';
import { hashOf } from './key-exchange/ecdhe.js';
import { offerToClient, startServerExchange, testsGuess } from './key-exchange/server.js';
import { agreedSecrets, SessionSecrets } from './key-schedule.js';
import {
  type Agreed,
  acceptClientHello,
  chooseScheme,
  chooseSuite,
  serverExtensions,
  sessionOf,
  signatureSchemes,
} from './negotiation.js';
import type { PeerIdentity } from './peer-identity.js';
import { protectRecords } from './protect-records.js';
import type { ChainVerdict, HandshakeHost, HandshakeRole } from './role.js';
import { isOutOfPlace, unexpected } from './server-flight.js';
import type { Offered, Pending, ServerState } from './server-state.js';
import { Transcript } from './transcript.js';

const nothing = new Uint8Array(0);
const sessionIdLength = 32;
/** How many second flights of a client are tried whose Finished does not open, where that tests no guess. */
const maximumAttempts = 4;

/** The server's side of a DTLS 1.2 handshake, from the ClientHello that brought its cookie back. */
export class ServerHandshake implements HandshakeRole {
  readonly #host: HandshakeHost;
  #state: ServerState = { at: 'client-hello' };
  #sequence = 0;
  #attempts = 0;
  #exchange: EcJpake | undefined;
  flightStart = 0;

  constructor(host: HandshakeHost) {
    this.#host = host;
  }

  get waitingFor(): string {
    switch (this.#state.at) {
      case 'client-hello':
        return 'a ClientHello';
      case 'signature':
        return 'our signature for ServerKeyExchange';
      case 'client-flight':
        return "the client's flight from ClientKeyExchange on";
      case 'verdict':
        return "a verdict on the client's certificate chain";
      case 'finished':
      case 'complete':
        return "the client's Finished";
    }
  }

  get busy(): boolean {
    return this.#state.at === 'verdict' || this.#state.at === 'signature';
  }

  message(message: HandshakeMessage): void {
    const state = this.#state;
    switch (state.at) {
      case 'client-hello':
        if (message.type !== 'client_hello') throw unexpected(message, 'ClientHello');
        return this.#readHello(message);
      case 'client-flight':
        try {
          return this.#collect(state.offered, [...state.messages, message]);
        } catch (error) {
          if (isOutOfPlace(error)) this.#state = state;
          throw error;
        }
      case 'finished':
        if (message.type !== 'finished') throw unexpected(message, 'Finished');
        return this.#readFinished(state.pending, message);
      case 'signature':
      case 'verdict':
      case 'complete':
        throw unexpected(message, 'nothing');
    }
  }

  startOver(): void {
    if (this.#state.at === 'client-flight') this.#state = { ...this.#state, messages: [] };
  }

  signed(signature: Uint8Array): void {
    if (this.#state.at !== 'signature') return;
    const { offered } = this.#state;
    const scheme = this.#scheme(offered.hello);
    const signed = encode(digitallySigned, { scheme, signature });
    this.#sendOffer(offered, concat(offered.offer.serverKeyExchange ?? nothing, signed));
  }

  judged(verdict: ChainVerdict): void {
    const state = this.#state;
    if (state.at !== 'verdict') return;
    this.#state = { at: 'client-flight', offered: state.offered, messages: [] };
    if (!verdict.accepted) throw verdict.error;
    this.#agree(state.offered, state.flight, state.peer);
  }

  unreadable(): boolean {
    if (this.#state.at !== 'finished') return false;
    const { offered } = this.#state.pending;
    if (offered !== undefined && ++this.#attempts < maximumAttempts) {
      this.#state = { at: 'client-flight', offered, messages: [] };
      this.flightStart = offered.answerStart;
      this.#host.records.protectReads(undefined);
      this.#host.reassembly.restart(this.flightStart);
    }
    return true;
  }

  sendsOtherwise(): boolean {
    return false;
  }

  destroy(): void {
    this.#exchange?.destroy();
    if (this.#state.at === 'finished') this.#state.pending.secrets.destroy();
  }

  #readHello(message: HandshakeMessage): void {
    const { settings } = this.#host;
    const hello = decode(clientHello, message.body, 'clientHello');
    const suite = chooseSuite(settings, hello);
    const agreed = acceptClientHello(settings, suite, hello, this.#host.connectionId !== undefined);
    // In force at once, for the handshake's own messages too (RFC 6066 §4).
    this.#host.records.maximumPlaintext = agreed.maximumFragmentLength ?? maximumPlaintext;
    this.#sequence = message.sequence;
    const random = new Uint8Array(32);
    settings.entropy.fill(random);
    const session = this.#resumable(hello, agreed);
    if (session !== undefined) this.#resume(message, hello, agreed, random, session);
    else this.#offer(message, hello, agreed, random);
    // Not before: a ClientHello that cannot be answered leaves nothing begun.
    this.flightStart = this.#host.reassembly.next;
  }

  /** Flight 4, whose ServerKeyExchange may have to wait for its signature. */
  #offer(helloMessage: HandshakeMessage, hello: ClientHello, agreed: Agreed, random: Uint8Array): void {
    const { settings } = this.#host;
    const { suite } = agreed;
    if (suite.keyExchange === 'ecjpake') this.#exchange = startServerExchange(settings, hello);
    const roundOne = this.#exchange?.writeRoundOne();
    const sessionId = new Uint8Array(settings.sessionCache === undefined ? 0 : sessionIdLength);
    settings.entropy.fill(sessionId);
    const messages = [
      this.#hello(agreed, random, sessionId, serverExtensions(hello, agreed, roundOne, this.#host.connectionId)),
    ];
    const chain = suite.keyExchange === 'ecdhe-ecdsa' ? settings.credentials.certificate?.chain : undefined;
    if (chain !== undefined) messages.push(this.#next('certificate', encode(certificate, { chain: [...chain] })));

    const offered: Offered = {
      hello,
      random,
      sessionId,
      agreed,
      offer: offerToClient(settings, suite.keyExchange, this.#exchange),
      asked: suite.keyExchange === 'ecdhe-ecdsa' && settings.clientAuthentication !== 'none',
      answerStart: this.#host.reassembly.next,
      messages,
      transcript: Transcript.empty.with(helloMessage),
    };
    const key = suite.keyExchange === 'ecdhe-ecdsa' ? settings.credentials.certificate?.key : undefined;
    if (key === undefined) return this.#sendOffer(offered, offered.offer.serverKeyExchange);
    this.#state = { at: 'signature', offered };
    const content = concat(hello.random, random, offered.offer.serverKeyExchange ?? nothing);
    this.#host.sign(key, hashOf(this.#scheme(hello)), content);
  }

  #sendOffer(offered: Offered, serverKeyExchange: Uint8Array | undefined): void {
    const messages = [...offered.messages];
    if (serverKeyExchange !== undefined) messages.push(this.#next('server_key_exchange', serverKeyExchange));
    if (offered.asked) messages.push(this.#next('certificate_request', this.#certificateRequest()));
    messages.push(this.#next('server_hello_done', nothing));
    const sent = { ...offered, messages, transcript: offered.transcript.with(...messages) };
    this.#state = { at: 'client-flight', offered: sent, messages: [] };
    this.#host.send(inTheClear(messages));
  }

  #collect(offered: Offered, messages: readonly HandshakeMessage[]): void {
    this.#state = { at: 'client-flight', offered, messages: [] };
    const flight = readClientFlight(messages, offered.asked);
    if (flight === undefined) {
      this.#state = { at: 'client-flight', offered, messages };
      return;
    }
    const { settings } = this.#host;
    if (flight.chain === undefined || flight.chain.length === 0) {
      if (offered.asked && settings.clientAuthentication === 'require') throw certificateRequired();
      return this.#agree(offered, flight, undefined);
    }
    const peer = verifyPossession(settings.core, offered.transcript, flight, flight.chain);
    this.#state = { at: 'verdict', offered, flight, peer };
    this.#host.judge(peer.chain);
  }

  #agree(offered: Offered, flight: ClientFlight, shown: PeerIdentity | undefined): void {
    const { core } = this.#host.settings;
    const { premaster, peer } = offered.offer.agree(flight.clientKeyExchange);
    const keyExchangeEnd = flight.verify === undefined ? flight.messages.length : flight.messages.length - 1;
    const bound = offered.transcript.with(...flight.messages.slice(0, keyExchangeEnd));
    const randoms = { client: offered.hello.random, server: offered.random };
    const sessionHash = offered.agreed.extendedMasterSecret ? bound.hash(core) : undefined;
    const secrets = agreedSecrets(core, premaster, randoms, sessionHash);
    this.#awaitFinished({
      agreed: offered.agreed,
      peer: shown ?? peer,
      sessionId: offered.sessionId,
      resumed: false,
      secrets,
      transcript: offered.transcript.with(...flight.messages),
      offered: testsGuess(offered.agreed.suite.keyExchange) ? undefined : offered,
    });
    this.#protectReads(offered.agreed, secrets);
  }

  #awaitFinished(pending: Pending): void {
    this.flightStart = this.#host.reassembly.next;
    this.#state = { at: 'finished', pending };
  }

  #protectReads(agreed: Agreed, secrets: SessionSecrets): void {
    const { client, server } = protectRecords(this.#host, agreed, secrets);
    this.#host.records.protectReads(client);
    this.#host.records.protectWrites(server);
    this.#host.readsReady();
  }

  #readFinished(pending: Pending, message: HandshakeMessage): void {
    const { core, sessionCache } = this.#host.settings;
    const { secrets, agreed, peer, sessionId, resumed } = pending;
    try {
      verifyFinished(core, 'client', pending, message);
    } catch (error) {
      sessionCache?.delete(sessionId);
      throw error;
    }
    this.#state = { at: 'complete' };
    if (!resumed) {
      const transcript = pending.transcript.with(message);
      const finished = this.#next('finished', finishedBody(core, 'server', { secrets, transcript }));
      this.#host.send(finishedUnderKeys(finished), { final: true });
    }
    this.#host.complete(sessionOf(agreed, peer, sessionId, resumed), secrets);
  }

  /** A session that the client may resume here and now (RFC 5246 §F.1.4, RFC 7627 §5.3). */
  #resumable(hello: ClientHello, agreed: Agreed): ResumableSession | undefined {
    const { sessionCache, cipherSuites } = this.#host.settings;
    if (sessionCache === undefined || hello.sessionId.length === 0) return undefined;
    const session = this.#host.cachedSession(hello.sessionId);
    if (session === undefined || !hello.cipherSuites.includes(session.suiteId)) return undefined;
    const stillUsed = cipherSuites.some((suite) => suite.id === session.suiteId);
    return stillUsed && session.extendedMasterSecret === agreed.extendedMasterSecret ? session : undefined;
  }

  #resume(
    helloMessage: HandshakeMessage,
    hello: ClientHello,
    chosen: Agreed,
    random: Uint8Array,
    session: ResumableSession,
  ): void {
    const { settings } = this.#host;
    const suite = settings.cipherSuites.find((own) => own.id === session.suiteId) ?? chosen.suite;
    const agreed = acceptClientHello(settings, suite, hello, this.#host.connectionId !== undefined);
    const extensions = serverExtensions(hello, agreed, undefined, this.#host.connectionId);
    const message = this.#hello(agreed, random, session.sessionId, extensions);
    const secrets = new SessionSecrets(session.masterSecret, hello.random, random);
    const before = Transcript.empty.with(helloMessage, message);
    const finished = this.#next('finished', finishedBody(settings.core, 'server', { secrets, transcript: before }));
    const { peer, sessionId } = session;
    const transcript = before.with(finished);
    this.#awaitFinished({ agreed, peer, sessionId, resumed: true, secrets, transcript, offered: undefined });
    this.#protectReads(agreed, secrets);
    this.#host.send([...inTheClear([message]), ...finishedUnderKeys(finished)]);
  }

  #hello(agreed: Agreed, random: Uint8Array, sessionId: Uint8Array, extensions: Extension[]): HandshakeMessage {
    const body = encode(serverHello, {
      version: dtls12,
      random,
      sessionId,
      cipherSuite: agreed.suite.id,
      compressionMethod: 0,
      extensions: extensions.length > 0 ? extensions : undefined,
    });
    return this.#next('server_hello', body);
  }

  #certificateRequest(): Uint8Array {
    return encode(certificateRequest, {
      certificateTypes: [ecdsaSign],
      signatureAlgorithms: [...signatureSchemes],
      certificateAuthorities: [...(this.#host.settings.certificateAuthorities ?? [])],
    });
  }

  #scheme(hello: ClientHello) {
    return chooseScheme(findExtension(hello, 'signature_algorithms')?.value ?? signatureSchemes);
  }

  #next(type: HandshakeType, body: Uint8Array): HandshakeMessage {
    return handshakeMessage(type, this.#sequence++, body);
  }
}
