import { SelvageError } from '@selvage/core';
import { type UdpAddress, UdpPort } from '@selvage/core/node';
import { nativeCore } from '@selvage/crypto';
import { type DtlsConfiguration, DtlsTransport, type TransportOptions } from '@selvage/dtls';
import type { Surface } from '../terminal/surface.js';
import type { Identity } from './identity.js';
import { JsonReporter } from './json-reporter.js';
import { openKeeping } from './keeping.js';
import type { DtlsOptions } from './options.js';
import { Progress } from './progress.js';
import type { Reporter } from './reporter.js';
import { TappedPort } from './tapped-port.js';
import { TextReporter } from './text-reporter.js';
import { readTrust } from './trust.js';

/** What both commands work with once the options are read. */
export interface Setting {
  readonly reporter: Reporter;
  readonly progress: Progress;
  readonly configuration: DtlsConfiguration;
  /** Opens the socket and the engine on it; `more` is what the role adds. */
  open(local: LocalAddress, more: Partial<TransportOptions<UdpAddress>>): Promise<OpenTransport>;
}

export interface LocalAddress {
  readonly address: string;
  readonly port: number;
}

export interface OpenTransport {
  readonly transport: DtlsTransport<UdpAddress>;
  readonly local: UdpAddress;
  /** Says goodbye to every peer and closes the socket and the files. */
  close(): void;
}

/** Where Ethernet's and IPv6's least packets carry a datagram unfragmented; see `UdpPort`. */
const usualMtu = 1232;

/**
 * Puts the options together, and warns of what is dangerous in them.
 * @throws SelvageError for options that cannot be used, and for files that cannot be opened.
 */
export function prepare(surface: Surface, options: DtlsOptions, identity: Identity): Setting {
  const reporter =
    options.json === true ? new JsonReporter(surface.stdout) : new TextReporter(surface, options.trace === true);
  const progress = new Progress();
  const judge = readTrust(identity.role, options, surface.clock);
  const keeping = openKeeping(options);
  warn(reporter, options);
  return {
    reporter,
    progress,
    configuration: configure(surface, options, identity, keeping.keyLog),
    async open(local, more) {
      const port = await bind(local, options, reporter);
      const tap = keeping.datagram;
      const transport = new DtlsTransport<UdpAddress>({
        port: tap === undefined ? port : new TappedPort(port, surface.clock, tap),
        clock: surface.clock,
        judge,
        ...(identity.sign && { sign: identity.sign }),
        ...(options.cid !== undefined && { connectionIdLength: options.cid }),
        ...watching(reporter, progress, options.trace === true),
        ...more,
      });
      const close = (): void => {
        transport.close();
        keeping.close();
      };
      return { transport, local: port.local, close };
    },
  };
}

function bind({ address, port }: LocalAddress, { mtu }: DtlsOptions, reporter: Reporter): Promise<UdpPort> {
  return UdpPort.bind({
    address,
    port,
    maximumPayload: mtu ?? usualMtu,
    onError: (error, to) => {
      const where = to === undefined ? '' : ` to ${to.key}`;
      reporter.tell({ event: 'warning', text: `a datagram${where} was not sent: ${error.message}` });
    },
  });
}

function watching(
  reporter: Reporter,
  progress: Progress,
  isTracing: boolean,
): Pick<TransportOptions<UdpAddress>, 'onDoubt' | 'onMessage'> {
  return {
    onDoubt: (error, { key }) => reporter.tell({ event: 'doubt', peer: key, error }),
    onMessage(direction, message, { key }) {
      progress.note(key, direction, message);
      const isAsking = message.name === 'ClientHello' && message.again === true && direction === 'sent';
      if (isAsking) reporter.tell({ event: 'waiting', peer: key });
      if (isTracing) reporter.tell({ event: 'message', peer: key, direction, message });
    },
  };
}

function configure(
  { entropy }: Surface,
  options: DtlsOptions,
  { credentials, suites }: Identity,
  keyLog: ((line: string) => void) | undefined,
): DtlsConfiguration {
  const initial = options.retransmission;
  return {
    core: nativeCore,
    entropy,
    suites,
    credentials,
    retransmission: { initial, maximum: Math.max(initial, 60_000) },
    handshakeTimeout: options.timeout,
    ...(options.grace !== undefined && { grace: options.grace }),
    maximumDatagram: options.mtu ?? usualMtu,
    // With a length of its own the endpoint draws the ID; an empty one says that only the peer wants one.
    ...(options.cid === 0 && { connectionId: new Uint8Array(0) }),
    ...(keyLog && { keyLog }),
    // Always: an error names the step by it.
    trace: true,
  };
}

function warn(reporter: Reporter, { keylog, anonymous }: DtlsOptions): void {
  if (keylog !== undefined) {
    const text = `--keylog writes the keys of every session to ${keylog}: whoever reads that file reads the sessions`;
    reporter.tell({ event: 'warning', text });
  }
  if (anonymous === true) {
    const text = '--anonymous authenticates nobody: whoever stands in between reads and changes what passes';
    reporter.tell({ event: 'warning', text });
  }
}

/** What is not a SelvageError is a defect; it must not be told as a fault of the peer. */
export function asSelvageError(error: unknown): SelvageError {
  if (error instanceof SelvageError) return error;
  throw error;
}
