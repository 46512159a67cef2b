import { type CborInput, type CborValue, SelvageError } from '@selvage/core';
import { systemClock } from '@selvage/core/node';
import {
  Channel,
  endInWords,
  type FirmwareEnd,
  type GrantedLimits,
  GrantedServices,
  type Refusal,
  Refusals,
  serveVault,
  supervise,
  vaultService,
} from '@selvage/hardware';
import { nodeSchedule, type NormalWorld, type NormalWorldOptions, startNormalWorld } from '@selvage/hardware/node';
import { type MemoryVault } from '../../../support/memory-vault.js';
import { Hub, notedUpdate } from '../../../world/support.js';
import type { Orders } from './firmware.js';
import type { Tried } from './realm.js';

export interface HostileOptions extends Omit<NormalWorldOptions, 'onLine' | 'onRefused' | 'onThrottled'> {
  readonly payload: Uint8Array;
  readonly orders: Orders;
  readonly limits?: Partial<GrantedLimits>;
  /** Between two questions of the watchdog, ms. */
  readonly interval?: number;
}

/** A board with firmware that means harm: in this process the secure world, in another the normal one. */
export class HostileBoard {
  readonly lines: string[] = [];
  readonly told: Refusal[] = [];
  /** What the loader refused, in its words. */
  readonly loaderRefused: string[] = [];
  readonly shown: CborValue[] = [];
  readonly refusals: Refusals;
  readonly ended: Promise<FirmwareEnd>;
  readonly world: NormalWorld;
  readonly channel: Channel;
  #onShown: () => void = () => undefined;

  private constructor(vault: MemoryVault, world: NormalWorld, parts: Parts, options: HostileOptions) {
    this.world = world;
    this.lines = parts.lines;
    this.told = parts.told;
    this.loaderRefused = parts.loaderRefused;
    this.refusals = parts.refusals;
    const now = (): number => systemClock.now();
    const { refusals } = parts;
    this.channel = new Channel(world.stream, {
      schedule: nodeSchedule,
      onViolation: (violation) => refusals.addViolation(violation, now()),
    });
    this.channel.serve(vaultService, refusals.watch('vault', serveVault(vault.engine.client('firmware')), now));
    const hub = new Hub();
    const services = new GrantedServices(this.channel, {
      clock: systemClock,
      facts: { orders: JSON.stringify(options.orders) } satisfies CborInput,
      openPort: async (name) => {
        if (name !== 'plain') throw new SelvageError('access-denied', 'the board does not grant that port');
        return hub.open('127.0.0.1:5683');
      },
      peripherals: new Set(['console']),
      show: (_, value) => {
        this.shown.push(value);
        this.#onShown();
      },
      update: refusingUpdate(),
      log: (line) => this.lines.push(line),
      refusals,
      limits: { showRate: { burst: 10_000, perSecond: 1000 }, ...options.limits },
    });
    const { interval } = options;
    this.ended = supervise({ clock: systemClock, world, channel: this.channel, services, refusals, interval });
    world.release(options.payload);
  }

  static async start(vault: MemoryVault, options: HostileOptions): Promise<HostileBoard> {
    const parts = partsOf();
    const world = await startNormalWorld({
      ...options,
      onLine: (line) => parts.lines.push(line),
      onRefused: (what) => {
        parts.loaderRefused.push(what);
        parts.refusals.add('loader', what, systemClock.now());
      },
      onThrottled: () => parts.refusals.add('throttled', 'bytes on the channel', systemClock.now()),
    });
    return new HostileBoard(vault, world, parts, options);
  }

  /** Resolves when the firmware has shown something that `is` what is waited for; rejects where it ended before. */
  async until(is: (value: CborValue) => boolean): Promise<void> {
    const seen = new Promise<void>((resolve) => {
      const look = (): void => {
        if (this.shown.some(is)) resolve();
      };
      this.#onShown = look;
      look();
    });
    const gone = this.ended.then((end) => {
      throw new SelvageError('internal', `${endInWords(end)}; ${this.lines.join('; ')}`);
    });
    await Promise.race([seen, gone]);
  }

  /** All ways that it tried, once it has tried them all. */
  async tried(): Promise<readonly Tried[]> {
    await this.until((value) => value === 'done');
    const maps = this.shown.filter((value) => value instanceof Map);
    return maps.map((value) => Object.fromEntries(value as unknown as ReadonlyMap<string, string>) as unknown as Tried);
  }

  async close(): Promise<void> {
    await this.world.kill();
    await this.ended;
  }
}

interface Parts {
  readonly lines: string[];
  readonly told: Refusal[];
  readonly loaderRefused: string[];
  readonly refusals: Refusals;
}

function partsOf(): Parts {
  const told: Refusal[] = [];
  return { lines: [], told, loaderRefused: [], refusals: new Refusals({ onRefusal: (refusal) => told.push(refusal) }) };
}

/** As the board's: nothing was begun. */
function refusingUpdate() {
  const refuse = async (): Promise<void> => {
    throw new SelvageError('wrong-state', 'no update was begun');
  };
  return { ...notedUpdate().update, write: refuse, install: refuse, begin: refuse };
}
