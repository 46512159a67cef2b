import {
  type Engine,
  type Entropy,
  type Instant,
  type PeerAddress,
  type Secret,
  type SelvageError,
} from '@selvage/core';
import type { CryptoCore } from '@selvage/crypto';
import type { CloseReason } from '@selvage/dtls';
import { joinFailed, type JoinFailure, type JoinStep } from '../join-failure.js';
import { keyEncryptionKey } from '../secured/key-encryption-key.js';
import { passphraseSession } from '../secured/passphrase-sessions.js';
import { SecuredCoap, type SecuredInput, type SecuredOutput, type SecuredPeer } from '../secured/secured-coap.js';
import { finalisationPath, finalisationRequest, isAccepted } from './join-finalisation.js';
import type { JoinerFacts } from './joiner-facts.js';

/** How a joiner speaks to the commissioner. */
export interface JoinerSessionOptions<Address extends PeerAddress> {
  readonly core: CryptoCore;
  readonly entropy: Entropy;
  /** The joiner router, which passes everything on to the commissioner. */
  readonly joinerRouter: Address;
  /** PSKd. */
  readonly passphrase: Secret;
  readonly facts: JoinerFacts;
}

/** What a joiner's session wants done, or tells. */
export type JoinerSessionOutput<Address extends PeerAddress> =
  | { readonly kind: 'transmit'; readonly payload: Uint8Array; readonly to: Address }
  | { readonly kind: 'step'; readonly step: JoinStep }
  /** The commissioner accepts: the network key comes from the joiner router, under this key. */
  | { readonly kind: 'accepted'; readonly kek: Secret }
  | { readonly kind: 'failed'; readonly error: SelvageError };

/** An ACK of JOIN_FIN that is lost is asked for again; this is how long a commissioner may think, milliseconds. */
const finalisationTimeout = 30_000;
/** Bytes. JOIN_FIN is far smaller; where there is less room CoAP asks for blocks, an option that no commissioner expects. */
const maximumMessage = 1152;
/** There is one request in a session: what a longer token takes is better left to the frame that it goes in. */
const tokenLength = 2;

/**
 * What a joiner and the commissioner have to do with each other: a DTLS session by the passphrase, JOIN_FIN, and its end
 * (Thread 1.3 §8.4.4).
 */
export class JoinerSession<Address extends PeerAddress>
  implements Engine<SecuredInput<Address>, JoinerSessionOutput<Address>>
{
  readonly #options: JoinerSessionOptions<Address>;
  readonly #secured: SecuredCoap<Address>;
  readonly #peer: SecuredPeer<Address>;
  readonly #outputs: JoinerSessionOutput<Address>[] = [];
  #step: JoinStep = 'handshake';
  #isOver = false;

  constructor(options: JoinerSessionOptions<Address>, now: Instant) {
    this.#options = options;
    const { core, entropy, passphrase, joinerRouter } = options;
    this.#secured = new SecuredCoap({ entropy, maximumMessage, tokenLength });
    this.#peer = this.#secured.connect(joinerRouter, passphraseSession(core, entropy, passphrase), now);
    this.#outputs.push({ kind: 'step', step: 'handshake' });
  }

  get deadline(): Instant | undefined {
    return this.#secured.deadline;
  }

  handle(input: SecuredInput<Address>, now: Instant): void {
    this.#secured.handle(input, now);
  }

  /** Ends it: the commissioner is told, so that it holds no place for us, and the keys are wiped. Nothing else is told. */
  close(now: Instant): void {
    this.#isOver = true;
    // An alert in a handshake would be taken for a wrong guess.
    const isOpen = this.#peer.dtls.connection.session !== undefined;
    if (!isOpen) return this.#secured.abandon(now);
    this.#secured.close(this.#peer, now);
    for (let output = this.#secured.poll(now); output !== undefined; output = this.#secured.poll(now)) {
      if (output.kind === 'transmit') this.#outputs.push(output);
    }
  }

  poll(now: Instant): JoinerSessionOutput<Address> | undefined {
    while (this.#outputs.length === 0) {
      const output = this.#secured.poll(now);
      if (output === undefined) return undefined;
      this.#take(output, now);
    }
    return this.#outputs.shift();
  }

  #take(output: SecuredOutput<Address>, now: Instant): void {
    switch (output.kind) {
      case 'transmit':
        this.#outputs.push(output);
        return;
      case 'connected':
        return this.#finalise(now);
      case 'response':
        return this.#finalised(output.response.code === '2.04' ? output.response.payload : undefined, now);
      case 'failed':
        return this.#fail(now, 'timed-out');
      case 'closed':
        return this.#closed(output.reason, now);
      case 'doubt':
      case 'request':
        return;
    }
  }

  #finalise(now: Instant): void {
    this.#step = 'finalisation';
    this.#outputs.push({ kind: 'step', step: 'finalisation' });
    const payload = finalisationRequest(this.#options.facts);
    const request = { method: 'POST', path: finalisationPath, payload } as const;
    this.#secured.request(this.#peer, request, now, { timeout: finalisationTimeout });
  }

  #finalised(payload: Uint8Array | undefined, now: Instant): void {
    if (payload === undefined || !isAccepted(payload)) {
      return this.#fail(now, 'finalisation-rejected', { by: 'the commissioner' });
    }
    this.#accepted();
    this.#secured.close(this.#peer, now);
  }

  #accepted(): void {
    this.#isOver = true;
    const kek = keyEncryptionKey(this.#options.core, this.#peer.dtls.connection);
    this.#outputs.push({ kind: 'step', step: 'entrust' }, { kind: 'accepted', kek });
  }

  #closed(reason: CloseReason, now: Instant): void {
    if (reason.by === 'error') return this.#fail(now, ...this.#failureOf(reason.error));
    this.#fail(now, 'timed-out', { saw: 'the commissioner closed the session without an answer' });
  }

  #failureOf(error: SelvageError): [JoinFailure, Readonly<Record<string, string>>?] {
    if (this.#step !== 'handshake') return ['timed-out', { saw: error.message }];
    if (error.code === 'handshake-timeout') {
      return ['flight-lost', { 'waiting for': String(error.details?.['waitingFor'] ?? 'the next flight') }];
    }
    switch (error.details?.['alert']) {
      case 'access_denied':
        return ['not-admitted'];
      case 'handshake_failure':
      case 'user_canceled':
        return ['session-limit'];
      case 'close_notify':
        return ['flight-lost', { 'waiting for': 'the end of the handshake, which the commissioner gave up' }];
      default:
        return ['wrong-pskd'];
    }
  }

  /** What is said last comes before it: whoever hears of the failure polls no more. */
  #fail(now: Instant, failure: JoinFailure, seen?: Readonly<Record<string, string>>): void {
    if (this.#isOver) return;
    this.close(now);
    this.#outputs.push({ kind: 'failed', error: joinFailed(failure, seen, this.#step) });
  }
}
