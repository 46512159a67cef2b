import type { DatagramPort, PeerAddress } from '@selvage/core';
import { type CutOutcome, MemoryStore, type VirtualPort } from '@selvage/core/virtual';
import { LocalKeyHome, nativeCore } from '@selvage/crypto';
import type { ManufacturerCredentials } from '../../../src/index.js';
import type { Site, SiteDevice } from './site.js';

/** A device whose process can be killed during any of its writes, and started again with what was durable. */
export class MortalDevice {
  readonly #site: Site;
  readonly #name: string;
  readonly #keys: LocalKeyHome;
  readonly #manufacturer: ManufacturerCredentials | undefined;
  #ports: readonly VirtualPort[] = [];
  #store = new MemoryStore();
  #isDead = false;
  #now: SiteDevice | undefined;

  constructor(site: Site, name: string, manufacturer?: ManufacturerCredentials, keys?: LocalKeyHome) {
    this.#site = site;
    this.#name = name;
    this.#manufacturer = manufacturer;
    this.#keys = keys ?? new LocalKeyHome({ core: nativeCore, entropy: site.entropy(`${name}/keys`) });
  }

  get isDead(): boolean {
    return this.#isDead;
  }

  /** How many writes it has made since it was started. */
  get writes(): number {
    return this.#store.writes;
  }

  /** The device as it runs now. */
  get now(): SiteDevice {
    if (this.#now === undefined) throw new RangeError(`${this.#name} was never started`);
    return this.#now;
  }

  /** Starts it, or starts it again. */
  async start(): Promise<SiteDevice> {
    this.#store = await copyOf(this.#store);
    for (const port of this.#ports) port.close();
    this.#isDead = false;
    const { network } = this.#site;
    const [plain, secured] = [network.open(`${this.#name}.plain`), network.open(`${this.#name}.secured`)];
    const group = this.#site.join('all', this.#name);
    this.#ports = [plain, secured, group];
    const life = { isDead: false };
    const die = (): void => {
      life.isDead = true;
      this.#isDead = true;
    };
    this.#now = await this.#site.device(this.#name, {
      store: dyingWith(this.#store, die),
      keys: this.#keys,
      plain: mortal(plain, life),
      secured: mortal(secured, life),
      groups: [mortal(group, life)],
      ...(this.#manufacturer && { manufacturer: this.#manufacturer }),
    });
    return this.#now;
  }

  /** Kills it during the write after `write` more, which is then done or not. */
  killDuring(write: number, outcome: CutOutcome): void {
    this.#store.cutPowerDuring(write, outcome);
  }
}

/** A port whose process may be gone. */
function mortal(port: VirtualPort, life: { readonly isDead: boolean }): DatagramPort {
  return {
    maximumPayload: port.maximumPayload,
    send: (payload, to: PeerAddress) => (life.isDead ? undefined : port.send(payload, to)),
    onDatagram: (receiver) => port.onDatagram((payload, from) => (life.isDead ? undefined : receiver(payload, from))),
    close: () => port.close(),
  };
}

/** A store whose loss of power is the end of the process. */
function dyingWith(store: MemoryStore, die: () => void): MemoryStore {
  const dying = <T>(promise: Promise<T>): Promise<T> =>
    promise.catch((error: unknown) => {
      die();
      throw error;
    });
  return {
    get: (name: string) => store.get(name),
    names: () => store.names(),
    put: (name: string, value: Uint8Array) => dying(store.put(name, value)),
    delete: (name: string) => dying(store.delete(name)),
  } as MemoryStore;
}

async function copyOf(store: MemoryStore): Promise<MemoryStore> {
  store.powerOn();
  const names = await store.names();
  const values = await Promise.all(names.map(async (name) => [name, (await store.get(name)) as Uint8Array] as const));
  store.cutPower();
  return new MemoryStore(values);
}
