import {
  type CoapOption,
  type CoapRequest,
  type CoapResponse,
  CoapTransport,
  type SessionAddress,
  SessionPort,
} from '@selvage/coap';
import { fromHex, type PeerAddress, SelvageError } from '@selvage/core';
import { SeededEntropy } from '@selvage/core/virtual';
import { type HashAlgorithm, type KeyHandle } from '@selvage/crypto';
import { type CipherSuiteName, type Credentials, type DtlsSocket, DtlsTransport } from '@selvage/dtls';
import { ocfOptions } from '../../../src/index.js';
import { coapOptions } from '../../support/captured-options.js';
import type { CapturedExchange } from './flows.js';
import type { LabWorld } from './lab-world.js';

/** How a party opens a session. */
export interface SessionPlan {
  readonly suites: readonly CipherSuiteName[];
  readonly credentials: Credentials;
}

type Sign = (key: KeyHandle, hash: HashAlgorithm, message: Uint8Array) => Promise<Uint8Array>;
type Session = SessionAddress<DtlsSocket<PeerAddress>>;

/** Somebody who says what was captured, byte for byte, and hears what ours answers. It judges nobody. */
export class Party {
  readonly name: string;
  readonly #world: LabWorld;
  readonly #plain: CoapTransport<PeerAddress>;
  readonly #dtls: DtlsTransport<PeerAddress>;
  readonly #sessions = new SessionPort<DtlsSocket<PeerAddress>>();
  readonly #secured: CoapTransport<Session>;
  readonly #entropy: SeededEntropy;

  constructor(name: string, world: LabWorld, sign: Sign) {
    this.name = name;
    this.#world = world;
    this.#entropy = new SeededEntropy(name);
    const { clock, network } = world;
    const common = { clock, entropy: this.#entropy, understands: ocfOptions };
    this.#plain = new CoapTransport<PeerAddress>({ ...common, port: network.open(`${name} as client, plain`) });
    this.#secured = new CoapTransport<Session>({ ...common, port: this.#sessions });
    this.#dtls = new DtlsTransport<PeerAddress>({
      port: network.open(`${name} as client, secured`),
      clock,
      sign: ({ key, hash, message }) => sign(key, hash, message),
      judge: () => ({ accepted: true }),
    });
  }

  /** @throws SelvageError (rejects) with what the handshake failed of. */
  async open(to: PeerAddress, { suites, credentials }: SessionPlan): Promise<Session> {
    const { core } = this.#world;
    const settings = { retransmission: { initial: 1000, maximum: 20_000 }, encryptThenMac: false };
    const socket = await this.#dtls.connect(to, { core, entropy: this.#entropy, suites, credentials, ...settings });
    return this.#sessions.add(socket);
  }

  /** Says a captured request without protection. @throws SelvageError (rejects), `timed-out` among them. */
  ask(to: PeerAddress, exchange: CapturedExchange): Promise<CoapResponse> {
    return this.#plain.request(to, requestOf(exchange));
  }

  /** Says it in a session. */
  askIn(session: Session, exchange: CapturedExchange): Promise<CoapResponse<Session>> {
    return this.#secured.request(session, requestOf(exchange));
  }

  /** Observes in a session; resolves with the first state, and goes on until the session ends. */
  observeIn(session: Session, exchange: CapturedExchange): Promise<CoapResponse<Session>> {
    return new Promise((resolve, reject) => {
      this.#secured.observe(session, requestOf(exchange), {
        onNotification: resolve,
        onEnd: ({ response, error }) => (response === undefined ? reject(error ?? gone()) : resolve(response)),
      });
    });
  }

  /** Says it to a group, and hears for three seconds. */
  askGroup(group: PeerAddress, exchange: CapturedExchange): Promise<readonly CoapResponse[]> {
    return this.#plain.askGroup(group, requestOf(exchange), { listenFor: 3000 });
  }
}

/** The request as it was sent, block by block where it is longer than one message may be. */
export function requestOf(exchange: CapturedExchange): CoapRequest {
  const { method, path, query, payload, type } = exchange;
  const options: readonly CoapOption[] = coapOptions(
    exchange.options.filter(([name, value]) => name !== 'Observe' || value !== 0),
  );
  return { method, path, query, options, payload: fromHex(payload), confirmable: type !== 'NON' };
}

function gone(): SelvageError {
  return new SelvageError('session-closed', 'the observation ended without a word');
}
