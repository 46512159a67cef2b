import { exitCode, SelvageError } from '@selvage/core';
import type { UdpAddress } from '@selvage/core/node';
import type { CloseReason, DtlsConfiguration, DtlsSocket } from '@selvage/dtls';
import { interruption, type Surface } from '../terminal/surface.js';
import { parseHostAndPort, resolveAddress } from './address.js';
import { forward } from './forward.js';
import { readIdentity } from './identity.js';
import type { DtlsOptions } from './options.js';
import { saveSession, loadSession } from './session-file.js';
import { asSelvageError, type OpenTransport, prepare, type Setting } from './setting.js';

export interface ClientOptions extends DtlsOptions {
  readonly maxFragmentLength?: '512' | '1024' | '2048' | '4096';
  readonly resume?: string;
  readonly saveSession?: string;
  /** How long to listen after the input ended, in ms. */
  readonly linger: number;
}

const fragmentLengths = { '512': 512, '1024': 1024, '2048': 2048, '4096': 4096 } as const;
/** 128 and SIGINT: how a shell names a command that was interrupted. */
const interruptedExit = 130;

/**
 * `dtls client`: shakes hands, sends standard input, prints what comes, until either side closes. Returns the exit code.
 * The error of a handshake that failed and of a session that broke is told, and gives the code.
 * @throws SelvageError for options that cannot be used.
 */
export async function runClient(surface: Surface, target: string, options: ClientOptions): Promise<number> {
  const identity = await readIdentity('client', options, surface.env);
  const address = await resolveAddress(parseHostAndPort(target));
  const setting = prepare(surface, options, identity);
  const open = await setting.open(localFor(address), {});
  try {
    const configuration = clientConfiguration(setting.configuration, options);
    const connected = await connect(surface, setting, open, address, configuration);
    if (connected === undefined) return interruptedExit;
    if (connected instanceof SelvageError) return exitCode(connected);
    keepSession(connected, options);
    const reason = await converse(surface, setting, connected, options.linger);
    return reason.by === 'error' ? exitCode(reason.error) : 0;
  } finally {
    open.close();
  }
}

function clientConfiguration(base: DtlsConfiguration, { maxFragmentLength, resume }: ClientOptions): DtlsConfiguration {
  return {
    ...base,
    ...(maxFragmentLength !== undefined && { maximumFragmentLength: fragmentLengths[maxFragmentLength] }),
    ...(resume !== undefined && { resume: loadSession(resume) }),
  };
}

/** A socket bound to the loopback address shows it in captures; others are the system's choice. */
function localFor({ address, family }: UdpAddress): { address: string; port: number } {
  if (address === '::1' || address.startsWith('127.')) return { address, port: 0 };
  return { address: family === 6 ? '::' : '0.0.0.0', port: 0 };
}

/** The session, or why there is none; `undefined` when the person lost patience first. */
async function connect(
  surface: Surface,
  { reporter, progress }: Setting,
  { transport }: OpenTransport,
  address: UdpAddress,
  configuration: DtlsConfiguration,
): Promise<DtlsSocket<UdpAddress> | SelvageError | undefined> {
  reporter.tell({ event: 'connecting', peer: address.key, suites: configuration.suites });
  const begun = surface.clock.now();
  const attempt = transport.connect(address, configuration).catch(asSelvageError);
  const result = await Promise.race([attempt, interruption(surface)]);
  if (result === undefined) return undefined;
  if (result instanceof SelvageError) {
    const error = progress.located(result, address.key);
    reporter.tell({ event: 'failed', peer: address.key, error });
    return error;
  }
  const milliseconds = surface.clock.now() - begun;
  reporter.tell({ event: 'session', peer: address.key, session: result.session, milliseconds });
  return result;
}

function keepSession(socket: DtlsSocket<UdpAddress>, options: ClientOptions): void {
  if (options.saveSession === undefined) return;
  const session = socket.resumableSession();
  if (session !== undefined) return saveSession(options.saveSession, session);
  throw new SelvageError('wrong-state', 'the server keeps no session that could be resumed', {
    remedy: 'leave --save-session out, or let the server keep sessions',
  });
}

/** Both directions, until the peer closes, the input has ended and nothing more is awaited, or the person ends it. */
async function converse(
  surface: Surface,
  { reporter }: Setting,
  socket: DtlsSocket<UdpAddress>,
  linger: number,
): Promise<CloseReason> {
  const peer = socket.address.key;
  const closed = new Promise<CloseReason>((resolve) => socket.onClosed(resolve));
  socket.onData((data) => reporter.tell({ event: 'data', peer, data }));
  const stop = new AbortController();
  const said = forward(surface.stdin, socket, stop.signal).then(() => pause(surface, linger));
  const reason = (await Promise.race([closed, said, interruption(surface)])) ?? ({ by: 'us' } as const);
  stop.abort();
  if (reason.by === 'us') socket.close();
  reporter.tell({ event: 'closed', peer, reason });
  return reason;
}

function pause({ clock }: Surface, milliseconds: number): Promise<undefined> {
  return new Promise((resolve) => clock.wakeAt(clock.now() + milliseconds, () => resolve(undefined)));
}
