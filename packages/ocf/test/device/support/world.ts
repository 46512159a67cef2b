import { type PeerAddress, Secret } from '@selvage/core';
import { MemoryStore, SeededEntropy, VirtualClock, VirtualNetwork, type VirtualPort } from '@selvage/core/virtual';
import { LocalKeyHome, nativeCore, StoredKeyHome } from '@selvage/crypto';
import {
  certificateSuites,
  type DeviceEvent,
  type DeviceModel,
  OcfDevice,
  type OcfDeviceOptions,
  parseUuid,
  pinIdentity,
  pinKey,
  pskSuites,
  type TransferMethod,
  transferMethods,
  type Uuid,
  uuidBytes,
} from '../../../src/index.js';
import { light } from './light.js';
import { clientConfiguration, Peer, type PeerSessionOf } from './peer.js';

/** When the worlds of these tests begin. */
export const today = Date.parse('2026-11-22T12:00:00Z');

export const owner: Uuid = parseUuid('0a1b2c3d-0000-4000-8000-0000000000aa');
export const named: Uuid = parseUuid('d0d0d0d0-0000-4000-8000-0000000000dd');
export const stranger: Uuid = parseUuid('5555aaaa-0000-4000-8000-0000000000ee');

/** One device, with its store and keys, and peers that speak with it. A datagram takes 1 ms. */
export class World {
  readonly clock = new VirtualClock({ wallTime: today });
  readonly network: VirtualNetwork;
  readonly seed: string;
  /** Where the device's state and keys are; they outlive it. */
  readonly store: MemoryStore;
  readonly keyStore: MemoryStore;
  /** Keys of everybody else. */
  readonly keys: LocalKeyHome;
  readonly events: DeviceEvent[] = [];
  readonly pins: (string | undefined)[] = [];
  device!: OcfDevice<PeerAddress>;
  plain!: VirtualPort;
  secured!: VirtualPort;
  group!: VirtualPort;
  #lives = 0;
  #handshakes = 0;

  constructor(seed: string, stores: { store?: MemoryStore; keyStore?: MemoryStore } = {}) {
    this.seed = seed;
    this.network = new VirtualNetwork({ clock: this.clock, seed, delay: 1 });
    this.store = stores.store ?? new MemoryStore();
    this.keyStore = stores.keyStore ?? new MemoryStore();
    this.keys = new LocalKeyHome({ core: nativeCore, entropy: this.entropy('keys') });
  }

  entropy(name: string): SeededEntropy {
    return new SeededEntropy(`${this.seed}/${name}`);
  }

  /** Starts the device, or starts it again with what its stores have. */
  async start(options: Partial<OcfDeviceOptions<PeerAddress>> & { model?: DeviceModel } = {}): Promise<this> {
    const life = ++this.#lives;
    const [plain, secured, group] = ['plain', 'secured', 'group'].map((name) =>
      this.network.open(`device ${life} ${name}`),
    ) as [VirtualPort, VirtualPort, VirtualPort];
    this.plain = plain;
    this.secured = secured;
    this.group = group;
    const entropy = this.entropy(`device ${life}`);
    this.device = await OcfDevice.open<PeerAddress>({
      core: nativeCore,
      entropy,
      clock: this.clock,
      store: this.store,
      keys: await StoredKeyHome.open({ core: nativeCore, entropy, store: this.keyStore }),
      plain,
      secured,
      groups: [group],
      endpoints: () => ({ coap: `coap://[fe80::${life}]:1`, coaps: `coaps://[fe80::${life}]:2` }),
      model: light,
      showPin: (pin) => this.pins.push(pin),
      ...options,
    });
    this.device.onEvent((event) => this.events.push(event));
    return this;
  }

  peer(name: string): Peer {
    return new Peer({
      clock: this.clock,
      entropy: this.entropy(name),
      keys: this.keys,
      plain: this.network.open(`${name} plain`),
      secured: this.network.open(`${name} secured`),
    });
  }

  /** What somebody does, in virtual time: its outcome, or that there was none in time. */
  run<T>(work: Promise<T>, limit = 100_000): Promise<T> {
    return this.clock.outcome(work, this.clock.now() + limit);
  }

  /** Lets time pass; what falls due on the way happens, and what is asynchronous with it. */
  pass(milliseconds: number): Promise<void> {
    return this.clock.pass(milliseconds);
  }

  /** Other for each handshake: a ClientHello that repeats a random is taken for a copy. */
  #handshakeEntropy(): SeededEntropy {
    return this.entropy(`handshake ${++this.#handshakes}`);
  }

  /** The onboarding connection by a method that was chosen; the PIN is what the device showed last. */
  openTransfer(peer: Peer, method: TransferMethod, pin = this.pins.at(-1)): Promise<PeerSessionOf> {
    const { suites } = transferMethods[method];
    const key = pin === undefined ? undefined : pinKey(nativeCore, Secret.text(pin), this.device.deviceId);
    const credentials = {
      ...(method === 'random-pin' && key && { keyForHint: () => ({ identity: pinIdentity, key }) }),
    };
    return this.run(
      peer.open(this.secured.address, clientConfiguration(this.#handshakeEntropy(), suites, credentials)),
    );
  }

  /** A session by a shared key. */
  openShared(peer: Peer, who: Uuid, key: Secret): Promise<PeerSessionOf> {
    const keyForHint = () => ({ identity: uuidBytes(who), key });
    const configuration = clientConfiguration(this.#handshakeEntropy(), pskSuites, { keyForHint });
    return this.run(peer.open(this.secured.address, configuration));
  }

  /** A session by a certificate. */
  openCertified(
    peer: Peer,
    certificate: NonNullable<Parameters<typeof clientConfiguration>[2]>['certificate'],
  ): Promise<PeerSessionOf> {
    const credentials = certificate === undefined ? {} : { certificate };
    const configuration = clientConfiguration(this.#handshakeEntropy(), certificateSuites, credentials);
    return this.run(peer.open(this.secured.address, configuration));
  }
}
