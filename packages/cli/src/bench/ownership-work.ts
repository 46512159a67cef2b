import { type PeerAddress, type Store, systemEntropy } from '@selvage/core';
import { MemoryStore, VirtualClock, VirtualNetwork } from '@selvage/core/virtual';
import { type CryptoCore, LocalKeyHome, nativeCore } from '@selvage/crypto';
import { deviceKinds, type FoundDevice, newUuid, nilUuid, OcfDevice, OnboardingTool } from '@selvage/ocf';
import { CertificateAuthority, validFor } from '@selvage/pki';
import { firstTasks } from '../ocf/verbs/first-tasks.js';
import type { Work } from './work.js';

const signing = { algorithm: 'ecdsa-p256', usages: ['sign'] } as const;
const days = { authority: 3650, device: 365 } as const;

/** What an owner and a device do, from the choice of the method to normal operation. */
export const ownershipWork: Work = {
  name: 'ownership transfer',
  what: 'by certificate, with an identity and access, both sides',
  async prepare(core: CryptoCore) {
    const world = new OwnershipWorld(core);
    await world.open();
    let round = 0;
    return () => world.nextDevice(`device ${++round}`);
  },
};

/** An owner, and one device after the other, on a network in virtual time: what takes time is the work alone. */
class OwnershipWorld {
  readonly #core: CryptoCore;
  readonly #clock = new VirtualClock({ wallTime: Date.now() });
  readonly #network = new VirtualNetwork({ clock: this.#clock, seed: 'bench', delay: 1 });
  readonly #keys: LocalKeyHome;
  readonly #owner = newUuid(systemEntropy);
  #maker!: CertificateAuthority;
  #tool!: OnboardingTool<PeerAddress>;

  constructor(core: CryptoCore) {
    this.#core = core;
    this.#keys = new LocalKeyHome({ core, entropy: systemEntropy });
  }

  async open(): Promise<void> {
    const [core, clock, network] = [this.#core, this.#clock, this.#network];
    this.#maker = await this.#authority('Bench Maker', nativeCore);
    this.#tool = await OnboardingTool.open<PeerAddress>({
      core,
      entropy: systemEntropy,
      clock,
      plain: network.open('owner.plain'),
      secured: network.open('owner.secured'),
      groups: [],
      resolve: ({ host }) => ({ key: host }),
      uuid: this.#owner,
      domain: { uuid: newUuid(systemEntropy), name: 'Bench' },
      store: new MemoryStore(),
      keys: this.#keys,
      authority: await this.#authority('Bench Owner', core),
      manufacturerAnchors: [{ certificate: this.#maker.certificate }],
    });
  }

  /** Makes a device; what comes back owns it. */
  async nextDevice(name: string): Promise<() => Promise<void>> {
    const device = await this.#device(name);
    const found: FoundDevice<PeerAddress> = {
      device: device.deviceId,
      plain: [{ key: `${name}.plain` }],
      secured: [{ key: `${name}.secured` }],
      owned: false,
      doxm: undefined,
      links: [],
      name,
      platform: nilUuid,
    };
    return async () => {
      await this.#own(found);
      await device.close();
    };
  }

  async #own(found: FoundDevice<PeerAddress>): Promise<void> {
    let isSettled = false;
    const tasks = firstTasks(this.#owner, true);
    const owning = this.#tool.own(found, { method: 'manufacturer-certificate', tasks });
    const settle = (): void => void (isSettled = true);
    owning.then(settle, settle);
    await this.#clock.runUntil(() => isSettled);
    this.#tool.client.disconnect((await owning).device);
  }

  async #device(name: string): Promise<OcfDevice<PeerAddress>> {
    const core = this.#core;
    const keys = new LocalKeyHome({ core, entropy: systemEntropy });
    const key = await keys.generate(signing);
    const { chain } = await this.#maker.issue(
      { kind: 'device', subject: [['CN', name]] },
      { publicKey: await keys.publicKey(key), validity: validFor(this.#clock.wallTime(), days.device) },
    );
    return OcfDevice.open<PeerAddress>({
      core,
      entropy: systemEntropy,
      clock: this.#clock,
      store: new MemoryStore(),
      keys,
      plain: this.#network.open(`${name}.plain`),
      secured: this.#network.open(`${name}.secured`),
      groups: [],
      endpoints: () => ({ coap: `coap://${name}.plain`, coaps: `coaps://${name}.secured` }),
      model: deviceKinds.light({ name }),
      manufacturer: { chain, key },
    });
  }

  async #authority(name: string, core: CryptoCore, store: Store = new MemoryStore()): Promise<CertificateAuthority> {
    const setting = { core, entropy: systemEntropy, keys: this.#keys, key: await this.#keys.generate(signing), store };
    const validity = validFor(this.#clock.wallTime(), days.authority);
    return CertificateAuthority.establish(setting, { subject: [['CN', name]], validity });
  }
}
