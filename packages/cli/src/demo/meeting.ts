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
import { type TappedDatagram, TappedPort } from '../dtls/tapped-port.js';
import type { Surface } from '../terminal/surface.js';

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
  const { clock, entropy } = surface;
  const [guestPort, hostPort] = [await UdpPort.bind(), await UdpPort.bind()];
  const captured: TappedDatagram[] = [];
  const base = { core: nativeCore, entropy, suites: [options.suite], grace, handshakeTimeout } as const;
  const server: DtlsConfiguration = { ...base, credentials: options.host };

  let answered: (result: DtlsSocket<UdpAddress> | SelvageError) => void = () => undefined;
  const answer = new Promise<DtlsSocket<UdpAddress> | SelvageError>((resolve) => (answered = resolve));
  const host = new DtlsTransport({ port: hostPort, clock, server, onSession: answered, onFailure: answered });
  const guest = new DtlsTransport({
    port: new TappedPort(guestPort, clock, (datagram) => captured.push(datagram)),
    clock,
    onMessage: (direction, message) => options.onMessage?.(direction, message),
  });
  options.onAddresses?.(guestPort.local, hostPort.local);

  const begun = clock.now();
  const call = guest
    .connect(hostPort.local, {
      ...base,
      credentials: options.guest,
      trace: options.onMessage !== undefined,
      ...(options.keyLog && { keyLog: options.keyLog }),
    })
    .catch(asSelvageError);
  const called = await call;
  const milliseconds = clock.now() - begun;
  const nobody = new SelvageError('handshake-timeout', 'nobody came to the end of a handshake');
  const patience = clock.wakeAt(clock.now() + hostPatience, () => answered(nobody));
  const answerGiven = await answer;
  patience.cancel();
  const close = (): void => {
    guest.close();
    host.close();
  };
  const ours = [called, answerGiven].find(isOurs);
  if (ours !== undefined) {
    close();
    throw ours;
  }
  return {
    guest: guestPort.local,
    host: hostPort.local,
    outcome: outcomeOf(called, answerGiven),
    begun,
    milliseconds,
    captured,
    close,
  };
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
