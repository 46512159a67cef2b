import { type ChildProcess, spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Targets } from './targets.js';

const files = ['chip/otp', 'chip/unique-key', 'flash/slot-0', 'flash/slot-1', 'flash/store'];
const secret = 'a secret of the secure world';

/** What there is to be had on the host: files, services and processes; and whether somebody got at them. */
export class Host {
  readonly targets: Targets;
  readonly #folder: string;
  #isClosed = false;
  readonly #children: readonly ChildProcess[];
  readonly #close: readonly (() => void)[];
  /** Who came: a connection or a datagram each. */
  readonly visits: string[];

  private constructor(parts: {
    readonly targets: Targets;
    readonly folder: string;
    readonly children: readonly ChildProcess[];
    readonly close: readonly (() => void)[];
    readonly visits: string[];
  }) {
    this.targets = parts.targets;
    this.visits = parts.visits;
    this.#folder = parts.folder;
    this.#children = parts.children;
    this.#close = parts.close;
  }

  static async open(): Promise<Host> {
    const folder = mkdtempSync(join(tmpdir(), 'selvage-hostile-'));
    for (const part of ['chip', 'flash', 'open']) mkdirSync(join(folder, part));
    for (const file of files) writeFileSync(join(folder, file), secret, { mode: 0o600 });
    const [secretFile, linkToSecret] = [join(folder, 'secret'), join(folder, 'open', 'link-to-secret')];
    writeFileSync(secretFile, secret);
    symlinkSync(secretFile, linkToSecret);
    const visits: string[] = [];
    const [tcp, unix, abstract] = ['tcp', 'unix', 'abstract'].map((kind) =>
      createServer((socket) => {
        visits.push(kind);
        socket.on('error', () => undefined);
      }),
    ) as [ReturnType<typeof createServer>, ReturnType<typeof createServer>, ReturnType<typeof createServer>];
    const unixSocket = join(folder, 'open', 'socket');
    const abstractSocket = `selvage-hostile-${process.pid}-${folder.slice(-6)}`;
    tcp.listen(0);
    unix.listen(unixSocket);
    abstract.listen(`\0${abstractSocket}`);
    const udp = createSocket('udp4', (_, { port }) => {
      visits.push('udp');
      udp.send('here', port, '127.0.0.1');
    });
    udp.bind(0, '127.0.0.1');
    await Promise.all([tcp, unix, abstract, udp].map((one) => once(one, 'listening')));
    // Each of them has a secret in its environment and its memory, and prints where it was not left alone.
    const children = [1, 2].map(() =>
      spawn(process.execPath, ['-e', 'setInterval(() => 0, 1e6); console.log("up")'], {
        env: { SECRET: secret },
        stdio: ['ignore', 'pipe', 'pipe'],
      }),
    );
    await Promise.all(children.map(({ stdout }) => once(stdout, 'data')));
    for (const { stderr } of children) stderr.on('data', () => visits.push('debugger'));
    const targets: Targets = {
      ...{ board: folder, secretFile, linkToSecret, openFolder: join(folder, 'open'), unixSocket, abstractSocket },
      securePid: children[0]?.pid ?? 0,
      decoyPid: children[1]?.pid ?? 0,
      tcpPort: (tcp.address() as AddressInfo).port,
      udpPort: udp.address().port,
      addon: join(folder, 'addon.node'),
      modules: hostModules,
    };
    const close = [tcp, unix, abstract, udp].map((one) => () => void one.close());
    return new Host({ targets, folder, children, close, visits });
  }

  /** What is not as it was: files, and processes that have ended. */
  damage(): readonly string[] {
    const changed = files.filter((file) => readFileSync(join(this.#folder, file), 'utf8') !== secret);
    const ended = this.#children.filter(({ exitCode, signalCode }) => exitCode !== null || signalCode !== null);
    return [...changed, ...ended.map(({ pid }) => `process ${pid} ended`)];
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    for (const child of this.#children) child.kill('SIGKILL');
    for (const one of this.#close) one();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

/** Modules that the loader does not give; the two that it gives in part are tried function by function. */
export const hostModules: readonly string[] = builtinModules.filter(
  (name) => !name.startsWith('_') && !['crypto', 'net'].includes(name),
);
