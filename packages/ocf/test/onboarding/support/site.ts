import type { DatagramPort, PeerAddress, Store } from '@selvage/core';
import { MemoryStore } from '@selvage/core/virtual';
import { type KeyHandle, LocalKeyHome, nativeCore } from '@selvage/crypto';
import { type AttributeInput, CertificateAuthority, validFor } from '@selvage/pki';
import {
  type FoundDevice,
  deviceKinds,
  newUuid,
  OcfDevice,
  type OcfDeviceOptions,
  OnboardingTool,
  type OnboardingToolOptions,
  type Uuid,
} from '../../../src/index.js';
import { resolveName, World } from '../../client/support/world.js';

/** A device of ours on a site, and all that outlives its process. */
export interface SiteDevice {
  readonly name: string;
  readonly device: OcfDevice<PeerAddress>;
  /** The PIN that it shows now. */
  readonly pin: () => string | undefined;
}

/** What a tool keeps over its restarts. */
export interface ToolMemory {
  readonly uuid: Uuid;
  readonly store: MemoryStore;
  readonly authority: CertificateAuthority;
}

/** A tool, its ports under the test's control. */
export interface SiteTool {
  readonly tool: OnboardingTool<PeerAddress>;
  readonly memory: ToolMemory;
  /** As `kill -9`: nothing leaves it and nothing reaches it any more, and its store takes no more writes. */
  kill(): void;
  /** Called before each of its datagrams; false drops it and all that follow. */
  gate: (payload: Uint8Array, to: PeerAddress) => boolean;
}

/** Devices, tools and their authorities, in virtual time. */
export class Site extends World {
  #tools = 0;

  key(): Promise<KeyHandle> {
    return this.keys.generate({ algorithm: 'ecdsa-p256', usages: ['sign'] });
  }

  async authority(name: string, store: Store = new MemoryStore()): Promise<CertificateAuthority> {
    const subject: AttributeInput[] = [
      ['O', 'Lab'],
      ['CN', name],
    ];
    const setting = { core: nativeCore, entropy: this.entropy(name), keys: this.keys, key: await this.key(), store };
    return CertificateAuthority.establish(setting, { subject, validity: validFor(this.clock.wallTime(), 3650) });
  }

  /** A device without an owner; it offers all three methods if it has a manufacturer. */
  async device(name: string, options: Partial<OcfDeviceOptions<PeerAddress>> = {}): Promise<SiteDevice> {
    let pin: string | undefined;
    const device = await OcfDevice.open<PeerAddress>({
      core: nativeCore,
      entropy: this.entropy(name),
      clock: this.clock,
      store: new MemoryStore(),
      keys: new LocalKeyHome({ core: nativeCore, entropy: this.entropy(`${name}/keys`) }),
      plain: options.plain ?? this.network.open(`${name}.plain`),
      secured: options.secured ?? this.network.open(`${name}.secured`),
      groups: options.groups ?? [this.join('all', name)],
      endpoints: () => ({ coap: `coap://${name}.plain`, coaps: `coaps://${name}.secured` }),
      model: deviceKinds.light(),
      showPin: (shown) => {
        pin = shown;
      },
      ...options,
    });
    return { name, device, pin: () => pin };
  }

  /** A device with a certificate of its manufacturer. */
  async certifiedDevice(name: string, manufacturer: CertificateAuthority): Promise<SiteDevice> {
    const keys = new LocalKeyHome({ core: nativeCore, entropy: this.entropy(`${name}/keys`) });
    const key = await keys.generate({ algorithm: 'ecdsa-p256', usages: ['sign'] });
    const { chain } = await manufacturer.issue(
      { kind: 'device', subject: [['CN', name]], mudUrl: `https://maker.example/${name}.json` },
      { publicKey: await keys.publicKey(key), validity: validFor(this.clock.wallTime(), 1000) },
    );
    return this.device(name, { keys, manufacturer: { chain, key } });
  }

  /** What a new tool keeps. */
  async toolMemory(name: string): Promise<ToolMemory> {
    const authority = await this.authority(`${name} Root`);
    return { uuid: newUuid(this.entropy(`${name}/uuid`)), store: new MemoryStore(), authority };
  }

  /** A tool with what one before it has left, or a new one. */
  async tool(
    name: string,
    memory?: ToolMemory,
    options: Partial<OnboardingToolOptions<PeerAddress>> = {},
  ): Promise<SiteTool> {
    const kept = memory ?? (await this.toolMemory(name));
    const parts = this.clientParts(`${name}-${++this.#tools}`);
    const site: SiteTool = {
      memory: kept,
      gate: () => true,
      kill: () => {
        isDead = true;
        kept.store.cutPower();
      },
      tool: undefined as never,
    };
    let isDead = false;
    const mortal = (port: DatagramPort): DatagramPort => ({
      maximumPayload: port.maximumPayload,
      send: (payload, to) => {
        isDead ||= !site.gate(payload, to);
        if (!isDead) port.send(payload, to);
      },
      onDatagram: (receiver) => port.onDatagram((payload, from) => (isDead ? undefined : receiver(payload, from))),
      close: () => port.close(),
    });
    const tool = await OnboardingTool.open<PeerAddress>({
      ...parts,
      plain: mortal(parts.plain),
      secured: mortal(parts.secured),
      uuid: kept.uuid,
      store: kept.store,
      authority: kept.authority,
      keys: this.keys,
      domain: { uuid: kept.uuid, name: 'Lab' },
      resolve: resolveName,
      ...options,
    });
    return Object.assign(site, { tool });
  }

  /** The devices without an owner. */
  async unowned({ tool }: SiteTool): Promise<FoundDevice<PeerAddress>[]> {
    return this.settle(tool.discover({ owned: false }));
  }
}
