import { type Entropy, type Secret, SelvageError } from '@selvage/core';
import type { CryptoCore, KeyHandle } from '@selvage/crypto';
import { type CipherSuite, type CipherSuiteName, cipherSuites } from '../protocol/cipher-suites.js';
import type { MaximumFragmentLength } from '../protocol/extensions.js';
import type { ResumableSession, SessionCache } from './session.js';

/** A pre-shared key and the identity it goes by; identities are bytes, not text. */
export interface PreSharedKey {
  readonly identity: Uint8Array;
  readonly key: Secret;
}

/** What a side can authenticate with. A cipher suite whose credentials are missing is not offered and not chosen. */
export interface Credentials {
  /** EC-JPAKE: the passphrase's bytes (Thread: PSKd, PSKc or ePSKc). */
  readonly passphrase?: Secret;
  /** Certificates in DER, leaf first, and the handle of the leaf's private key, which signs by key operations. */
  readonly certificate?: { readonly chain: readonly Uint8Array[]; readonly key: KeyHandle };
  /** Client, PSK suites: the key to use with the server that sent this hint (`undefined`: it sent none). */
  readonly keyForHint?: (hint: Uint8Array | undefined) => PreSharedKey | undefined;
  /** Server, PSK suites: the key of a client's identity. */
  readonly keyForIdentity?: (identity: Uint8Array) => Secret | undefined;
  /** Server, PSK suites: the hint to send; ECDHE_PSK sends an empty one where there is none. */
  readonly identityHint?: Uint8Array;
}

/** When flights are sent again, in milliseconds (RFC 6347 §4.2.4.1). */
export interface Retransmission {
  /** The first wait; Thread uses 8000, OCF 1000. Doubled with every retransmission. */
  readonly initial: number;
  /** The longest wait. */
  readonly maximum: number;
}

/** How one side shakes hands; shared by all connections that are made with it, and not to be changed afterwards. */
export interface DtlsConfiguration {
  readonly core: CryptoCore;
  readonly entropy: Entropy;
  /** In order of preference; the server's order decides. */
  readonly suites: readonly CipherSuiteName[];
  readonly credentials: Credentials;
  /** Server, certificate suites: whether to ask the client for a certificate, and to insist. Default `none`. */
  readonly clientAuthentication?: 'none' | 'request' | 'require';
  /** Server: DER names of the authorities whose certificates it takes, sent as a hint. Default: none. */
  readonly certificateAuthorities?: readonly Uint8Array[];
  /** Default: 1000 to 60 000 ms. */
  readonly retransmission?: Retransmission;
  /** A handshake that takes longer than this has failed, in ms. Default 120 000. */
  readonly handshakeTimeout?: number;
  /**
   * How long a handshake goes on after a message that speaks against it but that anybody could have forged (an alert
   * in the clear, a proof that fails), in ms: time for the real peer to repeat itself. Default: the first
   * retransmission wait and a quarter more, as the repetition may take longer on its way.
   */
  readonly grace?: number;
  /**
   * Server, PSK suites: whether the key is one that could be guessed, such as a PIN. Then the first record that does not
   * open under the new keys ends the handshake, with no time of grace: each is a guess, and thousands would fit into it.
   * Whoever can send from the client's address can end its handshake so. Default false.
   */
  readonly guessableKey?: boolean;
  /** The largest datagram to send, in bytes. Default 1200. */
  readonly maximumDatagram?: number;
  /** Client: asks the server to send no more plaintext than this in a record (RFC 6066 §4). */
  readonly maximumFragmentLength?: MaximumFragmentLength;
  /** The largest handshake message to accept, in bytes. Default 16 384. */
  readonly maximumHandshakeMessage?: number;
  /** RFC 7627. `require` refuses a peer without it; `off` does not offer it. Default `offer`. */
  readonly extendedMasterSecret?: 'require' | 'offer' | 'off';
  /** RFC 7366, for CBC suites. Default true: offered and accepted. */
  readonly encryptThenMac?: boolean;
  /** Client: a session to resume. */
  readonly resume?: ResumableSession;
  /** Server: where sessions are kept for resumption. Without it none can be resumed. */
  readonly sessionCache?: SessionCache;
  /** Receives one line in the NSS key log format for each session. It gives the session away: for debugging only. */
  readonly keyLog?: (line: string) => void;
  /** Emits a `message` event for every handshake message and alert, described. Default false. */
  readonly trace?: boolean;
}

/** A configuration with every default filled in. */
export interface Settings extends DtlsConfiguration {
  readonly role: 'client' | 'server';
  readonly cipherSuites: readonly CipherSuite[];
  readonly clientAuthentication: 'none' | 'request' | 'require';
  readonly retransmission: Retransmission;
  readonly handshakeTimeout: number;
  readonly grace: number;
  readonly maximumDatagram: number;
  readonly maximumHandshakeMessage: number;
  readonly extendedMasterSecret: 'require' | 'offer' | 'off';
  readonly encryptThenMac: boolean;
}

/** A record with a header, an explicit nonce, a tag and a fragment of a useful size must fit. */
const leastDatagram = 128;

const settled = {
  client: new WeakMap<DtlsConfiguration, Settings>(),
  server: new WeakMap<DtlsConfiguration, Settings>(),
};

/**
 * Checks a configuration and fills in its defaults. Connections of one configuration share the result.
 * @throws SelvageError `invalid-argument` for what could never work, such as no suite that has its credentials.
 */
export function settle(role: 'client' | 'server', configuration: DtlsConfiguration): Settings {
  const known = settled[role].get(configuration);
  if (known !== undefined) return known;
  const settings = check(role, configuration);
  settled[role].set(configuration, settings);
  return settings;
}

function check(role: 'client' | 'server', configuration: DtlsConfiguration): Settings {
  const suites = configuration.suites.map((name) => cipherSuites[name]);
  const usable = suites.filter((suite) => hasCredentials(role, suite, configuration.credentials));
  if (usable.length === 0) {
    throw new SelvageError(
      'invalid-argument',
      `no credentials for any of the suites ${configuration.suites.join(', ')}`,
      {
        remedy: 'give a passphrase, a certificate with its key, or a pre-shared key, as the suite needs',
      },
    );
  }
  const maximumDatagram = configuration.maximumDatagram ?? 1200;
  if (maximumDatagram < leastDatagram) {
    throw new SelvageError(
      'invalid-argument',
      `maximumDatagram must be at least ${leastDatagram}, not ${maximumDatagram}`,
    );
  }
  const retransmission = configuration.retransmission ?? { initial: 1000, maximum: 60_000 };
  return {
    ...configuration,
    role,
    cipherSuites: usable,
    clientAuthentication: configuration.clientAuthentication ?? 'none',
    retransmission,
    handshakeTimeout: configuration.handshakeTimeout ?? 120_000,
    grace: configuration.grace ?? 1.25 * retransmission.initial,
    maximumDatagram,
    maximumHandshakeMessage: configuration.maximumHandshakeMessage ?? 16_384,
    extendedMasterSecret: configuration.extendedMasterSecret ?? 'offer',
    encryptThenMac: configuration.encryptThenMac ?? true,
  };
}

function hasCredentials(role: 'client' | 'server', suite: CipherSuite, credentials: Credentials): boolean {
  switch (suite.keyExchange) {
    case 'ecjpake':
      return credentials.passphrase !== undefined;
    case 'ecdhe-ecdsa':
      return role === 'client' || credentials.certificate !== undefined;
    case 'psk':
    case 'ecdhe-psk':
      return (role === 'client' ? credentials.keyForHint : credentials.keyForIdentity) !== undefined;
    case 'ecdh-anon':
      return true;
  }
}
