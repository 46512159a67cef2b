import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { type Clock, SelvageError } from '@selvage/core';
import { InputLines } from '../../terminal/input-lines.js';
import { type DeviceNews, type NewsOf, readNews, revived } from './devices/news.js';
import type { OrderContents } from './devices/order.js';

export interface DeviceProcessOptions {
  readonly clock: Clock;
  /** The folder of what the devices keep. */
  readonly state: string;
  readonly interface?: string | undefined;
}

/** The built command, from the sources as from the build. */
const program = fileURLToPath(new URL('../../../dist/main.js', import.meta.url));

/** How long something is waited for that the devices should tell, and how long the process has to end by itself, ms. */
const [patience, farewell] = [5000, 3000];
/** News that are remembered, and characters of what the process complained of. */
const [memory, complaintLength] = [2000, 4000];

type Waiting = (news: DeviceNews | undefined) => void;

/** The process of the devices, as the show has it. It ends with this one, however this one ends. */
export class DeviceProcess {
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #clock: Clock;
  readonly #news: DeviceNews[] = [];
  readonly #ended: Promise<void>;
  #listeners: readonly Waiting[] = [];
  #orders = 0;
  #complaint = '';
  #isOver = false;

  /** Starts it. */
  constructor({ clock, state, interface: chosen }: DeviceProcessOptions) {
    const words = ['demo', 'devices', '--state', state, ...(chosen === undefined ? [] : ['--interface', chosen])];
    const child = spawn(process.execPath, [program, ...words], { stdio: 'pipe' });
    this.#child = child;
    this.#clock = clock;
    // Whoever wrote to a process that is gone learns it by its end.
    child.stdin.on('error', () => undefined);
    child.stderr.on('data', (chunk: Buffer) => this.#complain(chunk.toString()));
    const exited = new Promise<void>((resolve) => {
      child.on('close', () => resolve());
      child.on('error', () => resolve());
    });
    this.#ended = Promise.all([exited, this.#listen()]).then(() => this.#over());
  }

  /**
   * The process, and the devices as they were when they were started, once all run.
   * @throws SelvageError (rejects) as the devices' process failed, such as `address-in-use`.
   */
  started(): Promise<NewsOf<'running'>> {
    return this.hear('running', () => true, startTime);
  }

  /** What has been told so far that is of a kind. */
  heard<K extends DeviceNews['event']>(event: K): readonly NewsOf<K>[] {
    return this.#news.filter((news): news is NewsOf<K> => news.event === event);
  }

  /** Has a listener told of all that comes from now on. */
  onNews(listener: (news: DeviceNews) => void): void {
    this.#listeners = [...this.#listeners, (news) => news && listener(news)];
  }

  /**
   * The first news of a kind that is as wanted: one that was told already, or one that comes.
   * @param time how long it is waited for, ms
   * @throws SelvageError (rejects) `timed-out` where none comes; where the process ends, what it failed of.
   */
  hear<K extends DeviceNews['event']>(
    event: K,
    isWanted: (news: NewsOf<K>) => boolean,
    time = patience,
  ): Promise<NewsOf<K>> {
    const is = (news: DeviceNews): news is NewsOf<K> => news.event === event && isWanted(news as NewsOf<K>);
    const known = this.#news.find(is);
    if (known !== undefined) return Promise.resolve(known);
    if (this.#isOver) return Promise.reject(this.failure());
    return new Promise((resolve, reject) => {
      const settle = (settled: () => void): void => {
        timer.cancel();
        this.#listeners = this.#listeners.filter((one) => one !== listener);
        settled();
      };
      const listener: Waiting = (news) => {
        if (news === undefined) settle(() => reject(this.failure()));
        else if (is(news)) settle(() => resolve(news));
      };
      const timer = this.#clock.wakeAt(this.#clock.now() + time, () => settle(() => reject(silent(event, time))));
      this.#listeners = [...this.#listeners, listener];
    });
  }

  /** Has the devices do something; resolves with what is answered. @throws SelvageError (rejects) as it failed. */
  async order<T = object>(contents: OrderContents): Promise<T> {
    const order = ++this.#orders;
    this.#child.stdin.write(`${JSON.stringify({ order, ...contents })}\n`);
    const { result, error } = await this.hear('answer', (news) => news.order === order);
    if (error !== undefined) throw revived(error);
    return result as T;
  }

  /** Resolves when the process has ended, for whatever reason. */
  get ended(): Promise<void> {
    return this.#ended;
  }

  /** Has the devices say goodbye and end; resolves when they are gone. */
  async close(): Promise<void> {
    this.#child.stdin.end();
    const timer = this.#clock.wakeAt(this.#clock.now() + farewell, () => void this.#child.kill('SIGKILL'));
    await this.#ended;
    timer.cancel();
  }

  async #listen(): Promise<void> {
    const input = new InputLines(this.#child.stdout);
    for (let line = await input.next(); line !== undefined; line = await input.next()) {
      // What is no object is what a program says that is about to fall.
      if (line.startsWith('{')) this.#take(readNews(line));
      else this.#complain(line);
    }
  }

  #take(news: DeviceNews): void {
    this.#news.push(news);
    if (this.#news.length > memory) this.#news.shift();
    for (const listener of this.#listeners) listener(news);
  }

  #complain(text: string): void {
    this.#complaint = `${this.#complaint}${text}`.slice(0, complaintLength);
  }

  #over(): void {
    this.#isOver = true;
    for (const listener of this.#listeners) listener(undefined);
  }

  /** Why the process has ended: as it said itself, or else as it can be seen. */
  failure(): SelvageError {
    const told = this.heard('failed').find(({ name }) => name === undefined);
    if (told !== undefined) return revived(told.error);
    const { exitCode, signalCode } = this.#child;
    return new SelvageError('internal', 'the process of the devices has ended', {
      details: { ended: String(signalCode ?? exitCode), said: this.#complaint },
    });
  }
}

/** A cold start reads the program from a disk that may be slow, ms. */
const startTime = 30_000;

function silent(event: string, time: number): SelvageError {
  return new SelvageError('timed-out', `the devices did not tell of ${event} within ${time / 1000} s`);
}
