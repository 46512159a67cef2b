import { exitCode, SelvageError } from '@selvage/core';
import type { UdpAddress } from '@selvage/core/node';
import { type DtlsConfiguration, type DtlsSocket, MemorySessionCache } from '@selvage/dtls';
import { interruption, type Surface } from '../terminal/surface.js';
import { parseHostAndPort, resolveAddress } from './address.js';
import { forward } from './forward.js';
import { readIdentity } from './identity.js';
import type { DtlsOptions } from './options.js';
import { prepare, type Setting } from './setting.js';
import { trusts } from './trust.js';

export interface ServerOptions extends DtlsOptions {
  readonly listen: string;
  readonly pskHint?: string;
  readonly clientAuth?: 'none' | 'request' | 'require';
  readonly echo?: boolean;
  readonly once?: boolean;
}

/**
 * `dtls server`: takes clients, prints what comes from any, sends standard input to all, until the person ends it or,
 * with `once`, the first client has gone. Returns the exit code.
 * @throws SelvageError for options that cannot be used, and when the address cannot be listened on.
 */
export async function runServer(surface: Surface, options: ServerOptions): Promise<number> {
  const identity = await readIdentity('server', options, surface.env, options.pskHint);
  const local = await localAddress(options.listen);
  const setting = prepare(surface, options, identity);
  const sessions = new Sessions(surface, setting, options);
  const server = serverConfiguration(setting.configuration, options);
  const open = await setting.open(local, {
    server,
    onSession: (socket) => sessions.add(socket),
    onFailure: (error, { key }) => sessions.failed(error, key),
  });
  try {
    setting.reporter.tell({ event: 'listening', address: open.local.key, suites: server.suites });
    const first = await Promise.race([sessions.firstEnd, interruption(surface)]);
    return first ?? 0;
  } finally {
    sessions.stop();
    open.close();
  }
}

async function localAddress(listen: string): Promise<{ address: string; port: number }> {
  const { host, port } = parseHostAndPort(listen);
  // Port 0 lets the system choose; as an address of a peer it would be none.
  const { address } = await resolveAddress({ host, port: port === 0 ? 1 : port });
  return { address, port };
}

function serverConfiguration(base: DtlsConfiguration, options: ServerOptions): DtlsConfiguration {
  const asks = options.clientAuth ?? (trusts(options) ? 'require' : 'none');
  if (asks !== 'none' && !trusts(options)) {
    throw new SelvageError('invalid-argument', `--client-auth ${asks} asks for certificates that nobody could trust`, {
      remedy: 'say which to trust with --ca or --peer-certificate',
    });
  }
  return { ...base, clientAuthentication: asks, sessionCache: new MemorySessionCache() };
}

/** The open sessions of a server. */
class Sessions {
  readonly #surface: Surface;
  readonly #setting: Setting;
  readonly #options: ServerOptions;
  readonly #open = new Set<DtlsSocket<UdpAddress>>();
  readonly #stopped = new AbortController();
  #hasInput = false;
  #end: (exit: number) => void = () => undefined;
  /** With `once`, the exit code when the first client has gone; else it never comes. */
  readonly firstEnd: Promise<number>;

  constructor(surface: Surface, setting: Setting, options: ServerOptions) {
    this.#surface = surface;
    this.#setting = setting;
    this.#options = options;
    this.firstEnd = new Promise((resolve) => {
      if (options.once === true) this.#end = resolve;
    });
  }

  add(socket: DtlsSocket<UdpAddress>): void {
    const { reporter, progress } = this.#setting;
    const peer = socket.address.key;
    progress.forget(peer);
    reporter.tell({ event: 'session', peer, session: socket.session });
    this.#open.add(socket);
    socket.onData((data) => {
      reporter.tell({ event: 'data', peer: socket.address.key, data });
      if (this.#options.echo === true) socket.send(data);
    });
    socket.onClosed((reason) => {
      this.#open.delete(socket);
      if (this.#stopped.signal.aborted) return;
      reporter.tell({ event: 'closed', peer: socket.address.key, reason });
      this.#end(reason.by === 'error' ? exitCode(reason.error) : 0);
    });
    this.#readInput();
  }

  failed(failure: SelvageError, peer: string): void {
    const error = this.#setting.progress.located(failure, peer);
    this.#setting.progress.forget(peer);
    this.#setting.reporter.tell({ event: 'failed', peer, error });
    this.#end(exitCode(error));
  }

  stop(): void {
    this.#stopped.abort();
  }

  /** Standard input is for whoever is there: it is not read before somebody is. */
  #readInput(): void {
    if (this.#hasInput || this.#options.echo === true) return;
    this.#hasInput = true;
    const open = this.#open;
    const everybody = {
      get maximumData() {
        return Math.min(...[...open].map((socket) => socket.maximumData), 16_384);
      },
      send: (chunk: Uint8Array) => {
        for (const socket of open) socket.send(chunk);
      },
    };
    // A terminal that goes away takes its input with it, and leaves the server.
    forward(this.#surface.stdin, everybody, this.#stopped.signal).catch(() => undefined);
  }
}
