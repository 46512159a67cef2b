import { type CborInput, type CborValue, decodeCbor, encodeCbor, systemEntropy, type Store } from '@selvage/core';
import { groupAddresses, InterfacePort, openGroupPorts, systemClock, type ChosenInterface } from '@selvage/core/node';
import { MemoryStore } from '@selvage/core/virtual';
import { type KeyHome, LocalKeyHome, nativeCore } from '@selvage/crypto';
import { allOcfNodes, type DeviceKind, type TransferMethod } from '@selvage/ocf';
import type { GrantedApi } from '@selvage/hardware';
import { startFirmware, type RunningFirmware, writeConfiguration } from '../../src/index.js';

export const platform = { core: nativeCore, clock: systemClock, entropy: systemEntropy };

/** What a device is made as. */
export interface MemoryBoardOptions {
  readonly kind: DeviceKind;
  readonly name: string;
  readonly methods: readonly TransferMethod[];
  readonly chosen: ChosenInterface;
  readonly store?: Store;
  readonly keys?: KeyHome;
  readonly chain?: readonly Uint8Array[];
}

/** What firmware is granted, without a board around it: a store and keys in memory, ports of this host. */
export class MemoryBoard {
  readonly store: Store;
  readonly keys: KeyHome;
  readonly shown: { readonly peripheral: string; readonly value: ReadonlyMap<string, CborValue> }[] = [];
  confirmed = 0;
  farewell: () => void | Promise<void> = () => undefined;
  /** What was done to the other slot. */
  readonly written: string[] = [];
  readonly #options: MemoryBoardOptions;
  readonly #open: InterfacePort[] = [];
  #input: (peripheral: string, value: CborValue) => void = () => undefined;
  #look: () => void = () => undefined;
  #orders = 0;

  constructor(options: MemoryBoardOptions) {
    this.#options = options;
    this.store = options.store ?? new MemoryStore();
    this.keys = options.keys ?? new LocalKeyHome(platform);
  }

  start(): Promise<RunningFirmware> {
    return startFirmware(this.api, platform);
  }

  get api(): GrantedApi {
    const { chosen, kind, name, methods, chain } = this.#options;
    const groups = groupAddresses(chosen, allOcfNodes).map(({ key }) => key);
    const limits = { ownershipLeisure: 1, leisure: 1, grace: 50 };
    const facts = writeConfiguration({ kind, name, methods, chain, limits, network: { ...chosen, groups } });
    return {
      keys: this.keys,
      store: this.store,
      facts: decodeCbor(encodeCbor(facts)),
      ports: (name) => this.#port(name),
      attest: () => Promise.resolve(new Uint8Array(0)),
      show: (peripheral, value) => this.#show(peripheral, value),
      onInput: (listener) => (this.#input = listener),
      onStop: (farewell) => (this.farewell = farewell),
      update: {
        begin: async (size) => void this.written.push(`begin ${size}`),
        write: async (offset, bytes) => void this.written.push(`${offset} ${bytes.length}`),
        finish: async () => void this.written.push('finish'),
        install: async () => void this.written.push('install'),
        cancel: async () => undefined,
        clean: async () => undefined,
        reject: async () => undefined,
        status: async () => ({ state: 'READY' }),
        confirm: async () => void this.confirmed++,
      },
      log: () => undefined,
    };
  }

  /** The finger on the device. Resolves with the answer. */
  async order(contents: Readonly<Record<string, CborInput>>): Promise<ReadonlyMap<string, CborValue>> {
    const order = ++this.#orders;
    this.#input('panel', decodeCbor(encodeCbor({ order, ...contents })));
    return this.#first('panel', (value) => value.get('order') === order);
  }

  /** The first that the console tells of a kind. */
  told(event: string): Promise<ReadonlyMap<string, CborValue>> {
    return this.#first('console', (value) => value.get('event') === event);
  }

  close(): void {
    for (const port of this.#open) port.close();
  }

  #first(
    peripheral: string,
    isWanted: (value: ReadonlyMap<string, CborValue>) => boolean,
  ): Promise<ReadonlyMap<string, CborValue>> {
    return new Promise((resolve) => {
      const look = (): void => {
        const found = this.shown.find((one) => one.peripheral === peripheral && isWanted(one.value));
        if (found) resolve(found.value);
        else this.#look = look;
      };
      look();
    });
  }

  #show(peripheral: string, value: CborInput): void {
    const plain = decodeCbor(encodeCbor(value));
    this.shown.push({ peripheral, value: plain instanceof Map ? plain : new Map([['value', plain]]) });
    this.#look();
  }

  async #port(name: string): Promise<InterfacePort> {
    const { chosen } = this.#options;
    const group = /^group-(\d+)$/.exec(name);
    if (group === null) {
      const port = await InterfacePort.open(chosen);
      this.#open.push(port);
      return port;
    }
    const ports = await openGroupPorts(chosen, allOcfNodes);
    const own = ports[Number(group[1])];
    if (own === undefined) throw new RangeError(`there is no ${name}`);
    for (const other of ports) if (other !== own) other.close();
    return Object.assign(own, { locals: [own.local] }) as never;
  }
}
