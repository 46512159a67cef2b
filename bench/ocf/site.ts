/** An owner in this process and devices in another: real sockets, and every acknowledged change durable on both sides. */
import { type ChildProcess, fork } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { fromHex, prefixedStore, Secret, SelvageError, systemEntropy } from '@selvage/core';
import { LogStore, systemClock, udpAddress, type UdpAddress, UdpPort } from '@selvage/core/node';
import { nativeCore, StoredKeyHome } from '@selvage/crypto';
import {
  type FoundDevice,
  newUuid,
  nilUuid,
  OnboardingTool,
  parseUuid,
  type TransferOptions,
  type Uuid,
} from '@selvage/ocf';
import { CertificateAuthority, parseNameText, readCertificate, validFor } from '@selvage/pki';
import type { Hosted, HostMessage, HostSetting } from './host.js';
import { makeManufacturer } from './manufacturer.js';

export class Site {
  readonly tool: OnboardingTool<UdpAddress>;
  readonly owner: Uuid;
  readonly found: readonly FoundDevice<UdpAddress>[];
  readonly #store: LogStore;
  readonly #host: ChildProcess;
  readonly #folder: string;
  readonly #pins = new Map<number, string>();
  readonly #pinWaiters = new Map<number, (pin: string) => void>();
  #memory: ((bytes: number) => void) | undefined;

  private constructor({ tool, owner, store }: Owner, host: ChildProcess, folder: string, hosted: readonly Hosted[]) {
    this.tool = tool;
    this.owner = owner;
    this.#store = store;
    this.#host = host;
    this.#folder = folder;
    this.found = hosted.map(foundAt);
    host.on('message', (message) => this.#hear(message as HostMessage));
  }

  /** Starts so many lights, un-owned, and an owner who knows where they are. */
  static async start(devices: number): Promise<Site> {
    const folder = mkdtempSync(join(tmpdir(), 'selvage-bench-'));
    const manufacturer = await makeManufacturer();
    const setting: HostSetting = { devices, folder: join(folder, 'devices'), manufacturer };
    const program = fileURLToPath(new URL('host.js', import.meta.url));
    const host = fork(program, [JSON.stringify(setting)], { execArgv: ['--expose-gc'] });
    const hosted = await new Promise<readonly Hosted[]>((resolve, reject) => {
      host.once('exit', () => reject(new SelvageError('wrong-state', 'the host of the devices ended')));
      host.on('message', (message) => {
        const told = message as HostMessage;
        if (told.kind === 'ready') resolve(told.hosted);
      });
    });
    return new Site(await openOwner(join(folder, 'owner'), fromHex(manufacturer.root)), host, folder, hosted);
  }

  /** How a transfer gets the PIN that a device shows. */
  pinOf(index: number): TransferOptions<UdpAddress>['pin'] {
    return async () => {
      const pin = this.#pins.get(index) ?? (await new Promise<string>((hear) => this.#pinWaiters.set(index, hear)));
      return Secret.text(pin);
    };
  }

  /** Resident bytes of the host beyond what it had without devices. */
  weigh(): Promise<number> {
    return new Promise((resolve) => {
      this.#memory = resolve;
      this.#host.send('weigh');
    });
  }

  async stop(): Promise<void> {
    this.tool.close();
    await this.#store.close();
    this.#host.kill('SIGKILL');
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #hear(message: HostMessage): void {
    if (message.kind === 'memory') this.#memory?.(message.bytes);
    if (message.kind !== 'pin') return;
    this.#pins.set(message.index, message.pin);
    this.#pinWaiters.get(message.index)?.(message.pin);
  }
}

interface Owner {
  readonly tool: OnboardingTool<UdpAddress>;
  readonly owner: Uuid;
  readonly store: LogStore;
}

async function openOwner(folder: string, root: Uint8Array): Promise<Owner> {
  const common = { core: nativeCore, entropy: systemEntropy };
  const store = await LogStore.open(folder);
  const keys = await StoredKeyHome.open({ ...common, store: prefixedStore(store, 'keys.') });
  const key = await keys.generate({ algorithm: 'ecdsa-p256', usages: ['sign'] });
  const authority = await CertificateAuthority.establish(
    { ...common, keys, key, store: prefixedStore(store, 'authority.') },
    { subject: parseNameText('CN=Bench Owner Root'), validity: validFor(Date.now(), 3650) },
  );
  const owner = newUuid(systemEntropy);
  const tool = await OnboardingTool.open<UdpAddress>({
    ...common,
    clock: systemClock,
    plain: await UdpPort.bind({ address: '127.0.0.1' }),
    secured: await UdpPort.bind({ address: '127.0.0.1' }),
    groups: [],
    resolve: ({ host, port }) => udpAddress(host, port),
    uuid: owner,
    domain: { uuid: newUuid(systemEntropy), name: 'Bench' },
    store: prefixedStore(store, 'tool.'),
    keys,
    authority,
    manufacturerAnchors: [{ certificate: readCertificate(root) }],
  });
  return { tool, owner, store };
}

function foundAt({ device, plain, secured }: Hosted): FoundDevice<UdpAddress> {
  return {
    device: parseUuid(device),
    plain: [udpAddress('127.0.0.1', plain)],
    secured: [udpAddress('127.0.0.1', secured)],
    owned: false,
    doxm: undefined,
    links: [],
    name: undefined,
    platform: nilUuid,
  };
}
