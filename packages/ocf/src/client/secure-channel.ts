import { CoapTransport, type SessionAddress, SessionPort } from '@selvage/coap';
import { type Clock, type DatagramPort, type Entropy, type PeerAddress, SelvageError } from '@selvage/core';
import type { CryptoCore } from '@selvage/crypto';
import {
  type ChainVerdict,
  type CipherSuiteName,
  type Credentials,
  DtlsTransport,
  type SignOperation,
} from '@selvage/dtls';
import { ocfOptions } from '../payload/content.js';
import type { Uuid } from '../uuid/uuid.js';
import { TurnTaking } from './limiter.js';
import { OcfSession } from './session.js';
import { WatchedSocket } from './watched-socket.js';

/** What secured sessions are made with. */
export interface SecureChannelOptions<Address extends PeerAddress> {
  readonly core: CryptoCore;
  readonly entropy: Entropy;
  readonly clock: Clock;
  /** Where the sessions' datagrams go. */
  readonly port: DatagramPort<Address>;
  /** Carries out private-key operations. */
  readonly sign?: ((operation: SignOperation) => Promise<Uint8Array>) | undefined;
  /** When a request is given up, ms; 30 s by default. */
  readonly requestTimeout?: number | undefined;
}

/** How one session is secured. */
export interface SessionSecurity {
  readonly suites: readonly CipherSuiteName[];
  readonly credentials: Credentials;
  /** Judges the device's certificates, where it shows some. */
  readonly judge?: ((chain: readonly Uint8Array[]) => ChainVerdict) | undefined;
  /** When the handshake is given up, ms; 20 s by default. */
  readonly timeout?: number | undefined;
  /** Whether the key may be wrong, as a PIN that was typed: the device takes only so many, and it is shown to one address. */
  readonly isGuess?: boolean | undefined;
}

/** When flights are sent again, ms: as the reference does. */
const retransmission = { initial: 1000, maximum: 20_000 };
const defaultHandshakeTimeout = 20_000;

/** When a request is given up where nothing else is said, ms: about when the reference gives up. */
export const defaultRequestTimeout = 30_000;

/** The secured half of a client: DTLS sessions on one port, and CoAP over each. */
export class SecureChannel<Address extends PeerAddress> {
  readonly #options: SecureChannelOptions<Address>;
  readonly #dtls: DtlsTransport<Address>;
  readonly #sessions = new SessionPort<WatchedSocket<Address>>();
  readonly #coap: CoapTransport<SessionAddress<WatchedSocket<Address>>>;
  /** Who judges the certificates of the handshake that an address is in. */
  readonly #judges = new Map<string, NonNullable<SessionSecurity['judge']>>();
  /** A second handshake with an address would end the first. */
  readonly #handshakes = new TurnTaking();

  constructor(options: SecureChannelOptions<Address>) {
    const { port, clock, entropy, sign } = options;
    this.#options = options;
    this.#dtls = new DtlsTransport<Address>({
      port,
      clock,
      ...(sign && { sign }),
      judge: (chain, from) => this.#judge(chain, from),
    });
    this.#coap = new CoapTransport({
      port: this.#sessions,
      clock,
      entropy,
      understands: ocfOptions,
      requestTags: false,
    });
  }

  /**
   * Opens a session with a device.
   * @throws SelvageError (rejects) with what the handshake failed of.
   */
  open(to: Address, device: Uuid, security: SessionSecurity): Promise<OcfSession<Address>> {
    return this.#handshakes.run(to.key, () => this.#open(to, device, security));
  }

  /** Ends all sessions and closes the port. */
  close(): void {
    this.#coap.close();
    this.#dtls.close();
  }

  async #open(to: Address, device: Uuid, security: SessionSecurity): Promise<OcfSession<Address>> {
    const { suites, credentials, judge, timeout = defaultHandshakeTimeout } = security;
    const { core, entropy, clock, requestTimeout = defaultRequestTimeout } = this.#options;
    if (judge !== undefined) this.#judges.set(to.key, judge);
    try {
      const configuration = { core, entropy, suites, credentials, retransmission, handshakeTimeout: timeout };
      const socket = new WatchedSocket(await this.#dtls.connect(to, configuration));
      const address = this.#sessions.add(socket);
      return new OcfSession({ device, socket, address, coap: this.#coap, clock, timeout: requestTimeout });
    } finally {
      this.#judges.delete(to.key);
    }
  }

  #judge(chain: readonly Uint8Array[], from: Address): ChainVerdict {
    const judge = this.#judges.get(from.key);
    return judge === undefined ? { accepted: false, error: nobodyJudges() } : judge(chain);
  }
}

function nobodyJudges(): SelvageError {
  return new SelvageError('unknown-ca', 'nothing says which certificates to trust in this session', {
    remedy: 'give a trust anchor',
  });
}
