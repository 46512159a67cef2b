import { bytesEqual, fromHex, Secret, SelvageError, systemEntropy } from '@selvage/core';
import { systemClock, type UdpAddress, udpAddress } from '@selvage/core/node';
import { type KeyHandle, nativeCore } from '@selvage/crypto';
import type {
  ChainVerdict,
  CloseReason,
  Credentials,
  DtlsConfiguration,
  DtlsSocket,
  SignOperation,
} from '../../../src/index.js';
import { DtlsTransport } from '../../../src/index.js';
import { authority, clientCertificate, serverCertificate, type TestCertificate } from '../../support/certificates.js';
import { onTestFinished } from 'vitest';
import { Queue } from './queue.js';
import { Wire } from './wire.js';

const text = new TextEncoder();

/** What every peer and ours share. */
export const psk = { identity: 'device', hex: '00112233445566778899aabbccddeeff' };
const pskIdentity = text.encode(psk.identity);
const pskKey = Secret.of(fromHex(psk.hex));

/** What ours has in either role: a certificate of the tests' authority, and the key. */
export function credentialsOf(own: TestCertificate): Credentials {
  return {
    certificate: { chain: [own.certificate, authority.certificate], key: keyOf(own) },
    keyForHint: () => ({ identity: pskIdentity, key: pskKey }),
    keyForIdentity: (identity) => (bytesEqual(identity, pskIdentity) ? pskKey : undefined),
  };
}

export const ourCertificates = { client: clientCertificate, server: serverCertificate } as const;

/** A configuration of ours; what the test is about comes in `changes`. */
export function configure(
  role: 'client' | 'server',
  suites: DtlsConfiguration['suites'],
  changes: Partial<DtlsConfiguration> = {},
): DtlsConfiguration {
  return {
    core: nativeCore,
    entropy: systemEntropy,
    suites,
    credentials: credentialsOf(ourCertificates[role]),
    ...changes,
  };
}

/** Our side of one session, as a conversation in text. */
export class Talk {
  readonly socket: DtlsSocket<UdpAddress>;
  readonly #heard = new Queue<Uint8Array>('data from the peer');
  readonly #closed = new Queue<CloseReason>('the end of the session');

  constructor(socket: DtlsSocket<UdpAddress>) {
    this.socket = socket;
    socket.onData((data) => this.#heard.put(data));
    socket.onClosed((reason) => this.#closed.put(reason));
  }

  say(words: string): void {
    this.socket.send(text.encode(words));
  }

  async hears(): Promise<string> {
    return new TextDecoder().decode(await this.#heard.next());
  }

  hearsBytes(): Promise<Uint8Array> {
    return this.#heard.next();
  }

  closed(): Promise<CloseReason> {
    return this.#closed.next();
  }

  get session() {
    return this.socket.session;
  }
}

/** Our server on a port of its own. */
export class OurServer {
  readonly wire: Wire;
  readonly #talks = new Queue<Talk>('a client to open a session');
  readonly #failures = new Queue<SelvageError>('a handshake to fail');

  private constructor(wire: Wire, configuration: DtlsConfiguration, options: TransportChoices) {
    this.wire = wire;
    const maximumDatagram = configuration.maximumDatagram ?? wire.maximumPayload;
    const transport = new DtlsTransport<UdpAddress>({
      ...choices(wire, options),
      server: { ...configuration, maximumDatagram },
      onSession: (socket) => this.#talks.put(new Talk(socket)),
      onFailure: (error) => this.#failures.put(error),
    });
    onTestFinished(() => transport.close());
  }

  static async listen(configuration: DtlsConfiguration, options: TransportChoices = {}): Promise<OurServer> {
    return new OurServer(await Wire.open(options.address), configuration, options);
  }

  get port(): number {
    return this.wire.local.port;
  }

  accepts(): Promise<Talk> {
    return this.#talks.next();
  }

  fails(): Promise<SelvageError> {
    return this.#failures.next();
  }
}

/** Our client on a port of its own. */
export class OurClient {
  readonly wire: Wire;
  readonly #transport: DtlsTransport<UdpAddress>;

  private constructor(wire: Wire, options: TransportChoices) {
    this.wire = wire;
    this.#transport = new DtlsTransport<UdpAddress>(choices(wire, options));
    onTestFinished(() => this.#transport.close());
  }

  static async open(options: TransportChoices = {}): Promise<OurClient> {
    return new OurClient(await Wire.open(options.address), options);
  }

  async connect(port: number, configuration: DtlsConfiguration): Promise<Talk> {
    const { address } = this.wire.local;
    return new Talk(await this.#transport.connect(udpAddress(address, port), configuration));
  }
}

export interface TransportChoices {
  /** Where to bind; the loopback of IPv4 by default. */
  readonly address?: string;
  readonly connectionIdLength?: number;
}

function choices(wire: Wire, { connectionIdLength }: TransportChoices) {
  return {
    port: wire,
    clock: systemClock,
    sign: (operation: SignOperation) => Promise.resolve(signWithTestKey(operation)),
    judge: judgeTestChain,
    ...(connectionIdLength === undefined ? {} : { connectionIdLength }),
  };
}

const keys = new Map<KeyHandle, Uint8Array>();

/** A handle that {@link signWithTestKey} knows. */
function keyOf(own: TestCertificate): KeyHandle {
  const handle = {} as KeyHandle;
  keys.set(handle, own.privateKey);
  return handle;
}

function signWithTestKey({ key, hash, message }: SignOperation): Uint8Array {
  return nativeCore.p256.sign(keys.get(key) as Uint8Array, hash, message);
}

/** Takes the certificates of the tests' authority. */
function judgeTestChain([leaf]: readonly Uint8Array[]): ChainVerdict {
  const known = Object.values(ourCertificates).some(({ certificate }) => leaf && bytesEqual(certificate, leaf));
  return known ? { accepted: true } : { accepted: false, error: new SelvageError('unknown-ca', 'a stranger') };
}
