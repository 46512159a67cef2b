import { type Clock, SelvageError } from '@selvage/core';
import { type AirPlace, BoardProcess, revived } from '@selvage/device/node';
import { type DeviceNews, deviceNews, type NewsOf } from '../../board/news.js';
import type { OrderContents } from '../../board/order.js';

export interface DeviceBoardsOptions {
  readonly clock: Clock;
  readonly interface?: string | undefined;
  /** Where the radio of a board is, where they have radios: then they are up once they are in their mesh, too. */
  readonly airOf?: ((name: string) => AirPlace) | undefined;
}

/** How long something is waited for that a device should tell, ms: a machine may have much else to do. News that are remembered. */
const [patience, memory] = [60_000, 8000];
/** A cold start reads the programs from a disk that may be slow, and all boards share the machine, ms. */
const startTime = 600_000;

type Waiting = (news: DeviceNews | undefined) => void;

/** The boards of the show's devices, as those have them before them who play it. They end with this process. */
export class DeviceBoards {
  readonly #options: DeviceBoardsOptions;
  readonly #boards = new Map<string, BoardProcess>();
  readonly #news: DeviceNews[] = [];
  readonly #ended: Promise<void>;
  #listeners: readonly Waiting[] = [];
  #orders = 0;
  #fallen: BoardProcess | undefined;
  #isOver = false;
  #over: () => void = () => undefined;

  constructor(options: DeviceBoardsOptions) {
    this.#options = options;
    this.#ended = new Promise((resolve) => (this.#over = resolve));
  }

  /** Switches on the board in a folder; resolves with what its boot ROM says. @throws SelvageError (rejects) as it fails */
  switchOn(name: string, folder: string): Promise<NewsOf<'boot'>> {
    const { clock, interface: wanted, airOf } = this.#options;
    const before = new Set<DeviceNews>(this.#news);
    const board = new BoardProcess({ clock, folder, interface: wanted, air: airOf?.(name) });
    this.#boards.set(name, board);
    board.onNews((news) => this.#take(deviceNews(name, news)));
    void board.ended.then(() => this.#boardEnded(name, board));
    return this.hear('boot', (news) => news.name === name && !before.has(news), startTime);
  }

  /**
   * The device once its firmware serves, and is reached.
   * @param before news that count no longer
   * @throws SelvageError (rejects) `timed-out`, and as its board failed */
  async running(name: string, before: ReadonlySet<DeviceNews> = new Set()): Promise<NewsOf<'running'>> {
    const isNew = (news: DeviceNews): boolean => news.name === name && !before.has(news);
    const [running] = await Promise.all([
      this.hear('running', isNew, startTime),
      this.#options.airOf && this.hear('mesh', (news) => isNew(news) && isPlace(news), startTime),
    ]);
    return running;
  }

  /** The processes of the boards: of all secure worlds, and then of the firmware that was started first. */
  get pids(): readonly number[] {
    const secure = [...this.#boards.values()].map(({ pid }) => pid);
    return [...secure, ...this.heard('boot').flatMap(({ pid }) => (pid === undefined ? [] : [pid]))];
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
   * @throws SelvageError (rejects) `timed-out` where none comes; where a board falls, what it failed of.
   */
  hear<K extends DeviceNews['event']>(
    event: K,
    isWanted: (news: NewsOf<K>) => boolean,
    time = patience,
  ): Promise<NewsOf<K>> {
    const is = (news: DeviceNews): news is NewsOf<K> => news.event === event && isWanted(news as NewsOf<K>);
    const known = this.#news.find(is);
    if (known !== undefined) return Promise.resolve(known);
    if (this.#isOver || this.#fallen !== undefined) return Promise.reject(this.failure());
    const { clock } = this.#options;
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
      const timer = clock.wakeAt(clock.now() + time, () => settle(() => reject(silent(event, time))));
      this.#listeners = [...this.#listeners, listener];
    });
  }

  /** Has a device do something; resolves with what is answered. @throws SelvageError (rejects) as it failed. */
  async order<T = object>({ device, ...contents }: OrderContents): Promise<T> {
    const order = ++this.#orders;
    this.#board(device).do({ do: 'input', peripheral: 'panel', value: { order, ...contents } });
    const { result, error } = await this.hear('answer', (news) => news.name === device && news.order === order);
    if (error !== undefined) throw revived(error);
    return result as T;
  }

  /** Holds the reset button of a device until its board has wiped itself and started anew. */
  async press(name: string): Promise<NewsOf<'running'>> {
    return this.#again(name, () => this.#board(name).do({ do: 'press' }));
  }

  /** Takes the power of a device away; its board can be switched on again. */
  async switchOff(name: string): Promise<void> {
    const board = this.#board(name);
    this.#boards.delete(name);
    await board.close();
  }

  /** Gives it back; resolves when the device is reached again. */
  async switchOnAgain(name: string, folder: string): Promise<NewsOf<'running'>> {
    const before = new Set<DeviceNews>(this.#news);
    await this.switchOn(name, folder);
    return this.running(name, before);
  }

  /** Takes the power of a device away and gives it back; resolves with what its boot ROM says. */
  async cycle(name: string): Promise<NewsOf<'boot'>> {
    const before = new Set<DeviceNews>(this.#news);
    await this.#again(name, () => this.#board(name).do({ do: 'power' }));
    return this.hear('boot', (news) => news.name === name && !before.has(news));
  }

  /** Resolves when a board has fallen, or all were switched off. */
  get ended(): Promise<void> {
    return this.#ended;
  }

  /** Has all devices say goodbye, and switches them off; resolves when their processes are gone. */
  async close(): Promise<void> {
    this.#isOver = true;
    await Promise.all([...this.#boards.values()].map((board) => board.close()));
    this.#tellEnd();
  }

  /** Why the show has no devices any more. */
  failure(): SelvageError {
    return this.#fallen?.failure() ?? new SelvageError('internal', 'the devices were switched off');
  }

  async #again(name: string, act: () => void): Promise<NewsOf<'running'>> {
    const before = new Set<DeviceNews>(this.#news);
    act();
    return this.running(name, before);
  }

  #board(name: string): BoardProcess {
    const board = this.#boards.get(name);
    if (board !== undefined) return board;
    throw new SelvageError('device-not-found', `no device of this show is called ${name}`);
  }

  #take(news: DeviceNews | undefined): void {
    if (news === undefined) return;
    this.#news.push(news);
    if (this.#news.length > memory) this.#news.shift();
    for (const listener of this.#listeners) listener(news);
  }

  #boardEnded(name: string, board: BoardProcess): void {
    if (this.#isOver || this.#boards.get(name) !== board) return;
    this.#fallen ??= board;
    this.#tellEnd();
  }

  #tellEnd(): void {
    this.#over();
    for (const listener of this.#listeners) listener(undefined);
  }
}

function silent(event: string, time: number): SelvageError {
  return new SelvageError('timed-out', `the devices did not tell of ${event} within ${time / 1000} s`);
}

/** Whether a board has a place in its mesh. */
export function isPlace({ role }: NewsOf<'mesh'>): boolean {
  return role === 'child' || role === 'router' || role === 'leader';
}
