import { CoapTransport, type Method, type SessionAddress, SessionPort } from '@selvage/coap';
import {
  type CborInput,
  type CborValue,
  type Clock,
  type Entropy,
  type PeerAddress,
  SelvageError,
} from '@selvage/core';
import type { VirtualPort } from '@selvage/core/virtual';
import { type KeyHome, nativeCore, signerOf } from '@selvage/crypto';
import { type DtlsConfiguration, type DtlsSocket, DtlsTransport } from '@selvage/dtls';
import { ocfOptions, ocfRequest, readResponse } from '../../../src/index.js';

/** What came of a request. */
export interface Answer {
  readonly code: string;
  readonly value: CborValue;
}

/** What a peer asks for. */
export interface Asking {
  readonly value?: CborInput;
  readonly query?: readonly string[];
}

/** What a peer stands on. */
export interface PeerParts {
  readonly clock: Clock;
  readonly entropy: Entropy;
  readonly keys: KeyHome;
  readonly plain: VirtualPort;
  readonly secured: VirtualPort;
}

/** Somebody who speaks to devices, in the clear and in sessions; knows nothing of how owners go about it. */
export class Peer {
  readonly plain: CoapTransport<PeerAddress>;
  readonly #parts: PeerParts;
  readonly #dtls: DtlsTransport<PeerAddress>;

  constructor(parts: PeerParts) {
    const { clock, entropy } = parts;
    this.#parts = parts;
    this.plain = new CoapTransport({ port: parts.plain, clock, entropy, understands: ocfOptions });
    this.#dtls = new DtlsTransport({
      port: parts.secured,
      clock,
      sign: signerOf(parts.keys),
      judge: () => ({ accepted: true }),
    });
  }

  async ask(to: PeerAddress, method: Method, path: string, asking: Asking = {}): Promise<Answer> {
    const response = await this.plain.request(to, ocfRequest(method, path, asking));
    return { code: response.code, value: readResponse(response) };
  }

  /** Opens a session; its handshake fails with what the device says. */
  async open(to: PeerAddress, configuration: DtlsConfiguration): Promise<PeerSessionOf> {
    return new PeerSessionOf(await this.#dtls.connect(to, configuration), this.#parts);
  }
}

/** A session of a peer with a device. */
export class PeerSessionOf {
  readonly socket: DtlsSocket<PeerAddress>;
  readonly coap: CoapTransport<SessionAddress<DtlsSocket<PeerAddress>>>;
  readonly #address: SessionAddress<DtlsSocket<PeerAddress>>;
  closed = false;

  constructor(socket: DtlsSocket<PeerAddress>, { clock, entropy }: PeerParts) {
    const port = new SessionPort<DtlsSocket<PeerAddress>>();
    this.socket = socket;
    this.coap = new CoapTransport({ port, clock, entropy, understands: ocfOptions });
    this.#address = port.add(socket);
  }

  get to(): SessionAddress<DtlsSocket<PeerAddress>> {
    return this.#address;
  }

  async ask(method: Method, path: string, asking: Asking = {}): Promise<Answer> {
    const response = await this.coap.request(this.#address, ocfRequest(method, path, asking));
    return { code: response.code, value: readResponse(response) };
  }

  get(path: string, ...query: string[]): Promise<Answer> {
    return this.ask('GET', path, { query });
  }

  post(path: string, value: CborInput): Promise<Answer> {
    return this.ask('POST', path, { value });
  }

  delete(path: string, ...query: string[]): Promise<Answer> {
    return this.ask('DELETE', path, { query });
  }

  /** Posts, and fails where the device refuses. */
  async must(path: string, value: CborInput): Promise<void> {
    const { code } = await this.post(path, value);
    if (!code.startsWith('2.')) throw new SelvageError('request-refused', `POST ${path}: ${code}`);
  }

  close(): void {
    this.coap.close();
  }
}

/** A configuration of a client; what is left out has the least that works. */
export function clientConfiguration(
  entropy: Entropy,
  suites: DtlsConfiguration['suites'],
  credentials: DtlsConfiguration['credentials'] = {},
): DtlsConfiguration {
  return { core: nativeCore, entropy, suites, credentials };
}
