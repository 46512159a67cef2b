import { type CborValue, SelvageError } from '@selvage/core';
import { parseUdpAddress, type UdpAddress } from '@selvage/core/node';
import { VirtualClock } from '@selvage/core/virtual';
import {
  type BoardUpdate,
  Channel,
  connectBoard,
  type GrantedApi,
  type GrantedLimits,
  type GrantedPort,
  GrantedServices,
  memoryStreams,
  type Rate,
  type Refusal,
  Refusals,
  serveVault,
  VaultClient,
  type Violation,
  vaultService,
} from '@selvage/hardware';
import { MemoryVault, turns } from '../support/memory-vault.js';

/** A network in memory: what is sent to an address that is open arrives there in a later turn. */
export class Hub {
  readonly #open = new Map<string, (payload: Uint8Array, from: UdpAddress) => void>();
  /** Whom the datagrams were for that nobody had open. */
  readonly lost: string[] = [];

  /** @throws SelvageError `wrong-state` */
  open(key: string): GrantedPort {
    if (this.#open.has(key)) throw new SelvageError('wrong-state', `the port ${key} is open already`);
    const own = parseUdpAddress(key);
    this.#open.set(key, () => undefined);
    return {
      maximumPayload: 1200,
      locals: [own],
      send: (payload, to) => {
        const copy = payload.slice();
        if (!this.#open.has(to.key)) this.lost.push(to.key);
        queueMicrotask(() => this.#open.get(to.key)?.(copy, own));
      },
      onDatagram: (receiver) => void this.#open.set(key, receiver),
      close: () => void this.#open.delete(key),
    };
  }
}

/** An update that notes what is asked of it. */
export function notedUpdate(): { readonly update: BoardUpdate; readonly asked: string[] } {
  const asked: string[] = [];
  const noted =
    (name: string) =>
    async (...values: unknown[]): Promise<void> =>
      void asked.push([name, ...values.map(String)].join(' '));
  const [begin, write, finish, install] = ['begin', 'write', 'finish', 'install'].map(noted) as never[];
  const [cancel, clean, confirm, reject] = ['cancel', 'clean', 'confirm', 'reject'].map(noted) as never[];
  const status = { state: 'TRIAL', version: '1.2.0' } as const;
  return { update: { status, begin, write, finish, install, cancel, clean, confirm, reject } as never, asked };
}

export interface TestBoardOptions {
  readonly limits?: Partial<GrantedLimits>;
  readonly patience?: Rate;
  readonly hub?: Hub;
  readonly granted?: Readonly<Record<string, string>>;
}

/** A board in this process, and the firmware's end of its channel. */
export class TestBoard {
  readonly clock = new VirtualClock();
  readonly shown: [string, CborValue][] = [];
  readonly lines: string[] = [];
  readonly told: Refusal[] = [];
  readonly asked: string[];
  readonly refusals: Refusals;
  readonly services: GrantedServices;
  readonly vault: MemoryVault;
  /** The firmware's end, for what no good firmware says. */
  readonly far: Channel;
  readonly near: Channel;
  api!: GrantedApi;

  private constructor(vault: MemoryVault, { limits, patience, hub = new Hub(), granted = {} }: TestBoardOptions) {
    this.vault = vault;
    const [near, far] = memoryStreams();
    const now = (): number => this.clock.now();
    this.refusals = new Refusals({ patience, onRefusal: (refusal) => this.told.push(refusal) });
    const onViolation = (violation: Violation): void => this.refusals.addViolation(violation, now());
    this.near = new Channel(near, { schedule: turns, onViolation });
    this.near.serve(vaultService, this.refusals.watch('vault', serveVault(vault.engine.client('firmware')), now));
    const { update, asked } = notedUpdate();
    this.asked = asked;
    this.services = new GrantedServices(this.near, {
      clock: this.clock,
      facts: { kind: 'light', ports: [1, 2] },
      openPort: async (name) => {
        const key = Object.hasOwn(granted, name) ? granted[name] : undefined;
        if (key === undefined) throw new SelvageError('access-denied', `the board grants no port ${name}`);
        return hub.open(key);
      },
      peripherals: new Set(['display', 'lamp']),
      show: (peripheral, value) => this.shown.push([peripheral, value]),
      update,
      log: (line) => this.lines.push(line),
      refusals: this.refusals,
      limits,
    });
    this.far = new Channel(far, { schedule: turns });
  }

  static async start(options: TestBoardOptions = {}): Promise<TestBoard> {
    const board = new TestBoard(await MemoryVault.open(), options);
    board.api = await connectBoard(board.far, await VaultClient.connect(board.far));
    return board;
  }
}
