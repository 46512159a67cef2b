import { type ChildProcess, spawn } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import { type Clock, SelvageError } from '@selvage/core';
import { type Confinement, confinements, handedStdio, handOver } from '@selvage/hardware/node';
import { eachLine } from './lines.js';
import { type BoardCommand, type BoardNews, type BoardNewsOf, readBoardNews, revived } from './news.js';
import { secureWorldWords } from './secure-world-program.js';
import type { AirPlace, SecureWorldSetting } from './setting.js';

/** Which board gets its power, and how. */
export interface BoardProcessOptions {
  readonly clock: Clock;
  /** The board's folder. */
  readonly folder: string;
  /** The network interface that it is plugged into; the loopback by default. */
  readonly interface?: string | undefined;
  /** Where its radio is; needed by a board whose network is a Thread mesh. */
  readonly air?: AirPlace | undefined;
  /** Whether the reset button is held while the power comes. */
  readonly held?: boolean | undefined;
  /** How its firmware is confined; the best way that the host has, by default. */
  readonly confinement?: Confinement | undefined;
}

/** How long the board has to end by itself when its power goes, ms; characters of what it complained of. */
const [farewell, complaintLength] = [3000, 4000];

/** A board with its power on: the process of its secure world. It ends with this one, however this one ends. */
export class BoardProcess {
  readonly #child: ChildProcess & { readonly stdin: Writable };
  readonly #clock: Clock;
  readonly #ended: Promise<void>;
  #listeners: readonly ((news: BoardNews) => void)[] = [];
  #failure: BoardNewsOf<'failed'> | undefined;
  #complaint = '';

  /** Switches a board on. */
  constructor({ clock, folder, interface: wanted, air, held = false, confinement }: BoardProcessOptions) {
    const { child, normalWorldEnded } = powered({ folder, interface: wanted, air, held, confinement });
    this.#child = child;
    this.#clock = clock;
    // Whoever wrote to a process that is gone learns it by its end.
    child.stdin.on('error', () => undefined);
    child.stderr.on('data', (chunk: Buffer) => this.#complain(chunk.toString()));
    const exited = new Promise<void>((resolve) => {
      child.on('close', () => resolve());
      child.on('error', ({ message }) => {
        this.#complain(message);
        resolve();
      });
    });
    const heard = new Promise<void>((resolve) => eachLine(child.stdout, (line) => this.#take(line), resolve));
    this.#ended = Promise.all([exited, heard, normalWorldEnded]).then(() => undefined);
  }

  /** The secure world's process. */
  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** Has a listener told of all that comes from now on. */
  onNews(listener: (news: BoardNews) => void): void {
    this.#listeners = [...this.#listeners, listener];
  }

  /** Does something to the board. */
  do(command: BoardCommand): void {
    this.#child.stdin.write(commandLine(command));
  }

  /** Resolves when the process has ended, for whatever reason. */
  get ended(): Promise<void> {
    return this.#ended;
  }

  /** Takes the power away, once the firmware has said goodbye; resolves when both of its processes are gone. */
  async close(): Promise<void> {
    this.#child.stdin.end();
    const timer = this.#clock.wakeAt(this.#clock.now() + farewell, () => void this.#child.kill('SIGKILL'));
    await this.#ended;
    timer.cancel();
  }

  /** Why the process has ended: as it said itself, or else as it can be seen. */
  failure(): SelvageError {
    if (this.#failure !== undefined) return revived(this.#failure.error);
    const { exitCode, signalCode } = this.#child;
    return new SelvageError('internal', 'the secure world of a board has ended', {
      details: { ended: String(signalCode ?? exitCode), said: this.#complaint },
    });
  }

  #take(line: string): void {
    // What is no object is what a program says that is about to fall.
    if (!line.startsWith('{')) return this.#complain(line);
    const news = readBoardNews(line);
    if (news.event === 'failed') this.#failure = news;
    for (const listener of this.#listeners) listener(news);
  }

  #complain(text: string): void {
    this.#complaint = `${this.#complaint}${text}`.slice(0, complaintLength);
  }
}

function commandLine(command: BoardCommand): string {
  return `${JSON.stringify(command)}\n`;
}

/**
 * Nobody's environment has a say in a secure world; some of it costs each start 100 ms, too. This is for the C library of
 * most Linuxes, and nothing to any other: what Node reads its snapshot into is in large pages, and given back when it is
 * read.
 */
const environment = { GLIBC_TUNABLES: 'glibc.malloc.hugetlb=1:glibc.malloc.mmap_threshold=131072' };

type Talking = ChildProcess & { readonly stdin: Writable; readonly stdout: Readable; readonly stderr: Readable };

interface Powered {
  readonly child: Talking;
  /** Of the one that it was switched on with; those after it are the secure world's own. */
  readonly normalWorldEnded: Promise<void>;
}

/** The power comes to both worlds: the normal one is held by its loader until the secure one has verified what it runs. */
function powered(setting: Omit<SecureWorldSetting, 'handed'>): Powered {
  const [best = 'none'] = confinements();
  const { confinement = best } = setting;
  const words = [...secureWorldWords(), JSON.stringify({ ...setting, handed: true })];
  const child = spawn(process.execPath, words, {
    env: environment,
    stdio: ['pipe', 'pipe', 'pipe', ...handedStdio],
  }) as Talking;
  // One that there is no process for says so by an error, soon.
  if (child.pid === undefined) return { child, normalWorldEnded: Promise.resolve() };
  const hand = handOver(child, confinement);
  child.stdin.write(commandLine({ do: 'hand', world: hand.handed }));
  child.once('exit', () => hand.kill());
  return { child, normalWorldEnded: hand.ended };
}
