import { type Instant, type Secret, SelvageError } from '@selvage/core';
import { type UdpAddress, UdpPort } from '@selvage/core/node';
import { nativeCore } from '@selvage/crypto';
import {
  type CipherSuiteName,
  type Credentials,
  type DtlsConfiguration,
  type DtlsSocket,
  DtlsTransport,
  type MessageDescription,
} from '@selvage/dtls';
import { type TappedDatagram, TappedPort } from '../../dtls/tapped-port.js';
import type { Surface } from '../../terminal/surface.js';

/** Short, so that a wrong guess is over soon; on loopback nothing that is real takes longer. */
const grace = 250;
const handshakeTimeout = 10_000;
/** How long after the guest's end the host has to come to its own. */
const hostPatience = 2000;

/** What the two of a meeting bring. */
export interface MeetingOptions {
  readonly suite: CipherSuiteName;
  /** Of the one who calls (client) and the one who answers (server). */
  readonly guest: Credentials;
  readonly host: Credentials;
  /** Gets the guest's key log lines. */
  readonly keyLog?: (line: string) => void;
  readonly onAddresses?: (guest: UdpAddress, host: UdpAddress) => void;
  /** Every message that the guest sends or receives. */
  readonly onMessage?: (direction: 'sent' | 'received', message: MessageDescription) => void;
}

/** How it ended: two open sessions, or what each side says of the other. */
export type MeetingOutcome =
  | { readonly kind: 'open'; readonly guest: DtlsSocket<UdpAddress>; readonly host: DtlsSocket<UdpAddress> }
  | { readonly kind: 'refused'; readonly guest: SelvageError; readonly host: SelvageError };

export interface Meeting {
  readonly guest: UdpAddress;
  readonly host: UdpAddress;
  readonly outcome: MeetingOutcome;
  /** When the guest's first datagram left. */
  readonly begun: Instant;
  /** From then to the guest's open session or failure, in ms. */
  readonly milliseconds: number;
  /** All datagrams that passed; it grows while the session lasts. */
  readonly captured: readonly TappedDatagram[];
  /** Says goodbye on both sides and closes the sockets. */
  close(): void;
}

/**
 * Lets two strangers meet: a handshake between two UDP sockets on loopback, with cookies. That one refuses the other is
 * an outcome.
 * @throws SelvageError what is a fault of neither, such as `entropy-failed` or a port that cannot be opened.
 */
export async function meet(surface: Surface, options: MeetingOptions): Promise<Meeting> {
  const { clock } = surface;
  const captured: TappedDatagram[] = [];
  const host = await openHost(surface, options);
  const port = new TappedPort(await UdpPort.bind(), clock, (datagram) => captured.push(datagram));
  const guest = new DtlsTransport({ port, clock, onMessage: (way, message) => options.onMessage?.(way, message) });
  const close = (): void => {
    guest.close();
    host.transport.close();
  };
  options.onAddresses?.(port.local, host.local);

  const begun = clock.now();
  const called = await guest.connect(host.local, guestConfiguration(surface, options)).catch(asSelvageError);
  const milliseconds = clock.now() - begun;
  const answered = await host.answer();
  const ours = [called, answered].find(isOurs);
  if (ours !== undefined) {
    close();
    throw ours;
  }
  const outcome = outcomeOf(called, answered);
  return { guest: port.local, host: host.local, outcome, begun, milliseconds, captured, close };
}

/** The one who answers, and what came of it. */
interface Host {
  readonly transport: DtlsTransport<UdpAddress>;
  readonly local: UdpAddress;
  /** Resolves when the host has come to its end of the handshake, or with an error when it does not. */
  answer(): Promise<Result>;
}

async function openHost(surface: Surface, options: MeetingOptions): Promise<Host> {
  const { clock } = surface;
  const port = await UdpPort.bind();
  const server = { ...configurationOf(surface, options.suite), credentials: options.host };
  let answered: (result: Result) => void = () => undefined;
  const answer = new Promise<Result>((resolve) => (answered = resolve));
  const transport = new DtlsTransport({ port, clock, server, onSession: answered, onFailure: answered });
  return {
    transport,
    local: port.local,
    async answer() {
      const nobody = new SelvageError('handshake-timeout', 'nobody came to the end of a handshake');
      const patience = clock.wakeAt(clock.now() + hostPatience, () => answered(nobody));
      const result = await answer;
      patience.cancel();
      return result;
    },
  };
}

function guestConfiguration(surface: Surface, { suite, guest, keyLog, onMessage }: MeetingOptions): DtlsConfiguration {
  return {
    ...configurationOf(surface, suite),
    credentials: guest,
    trace: onMessage !== undefined,
    ...(keyLog && { keyLog }),
  };
}

function configurationOf({ entropy }: Surface, suite: CipherSuiteName): Omit<DtlsConfiguration, 'credentials'> {
  return { core: nativeCore, entropy, suites: [suite], grace, handshakeTimeout };
}

type Result = DtlsSocket<UdpAddress> | SelvageError;

function outcomeOf(guest: Result, host: Result): MeetingOutcome {
  if (!(guest instanceof SelvageError) && !(host instanceof SelvageError)) return { kind: 'open', guest, host };
  const still = new SelvageError('wrong-state', 'had an open session with a peer that had none');
  return {
    kind: 'refused',
    guest: guest instanceof SelvageError ? guest : still,
    host: host instanceof SelvageError ? host : still,
  };
}

function isOurs(result: Result): result is SelvageError {
  return result instanceof SelvageError && result.fault === 'ours';
}

function asSelvageError(error: unknown): SelvageError {
  return error instanceof SelvageError ? error : new SelvageError('internal', 'the handshake broke', { cause: error });
}

/** The credentials of somebody who has been told a passphrase. */
export function knows(passphrase: Secret): Credentials {
  return { passphrase };
}
