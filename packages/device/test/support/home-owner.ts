import { type DatagramPort, Secret } from '@selvage/core';
import {
  addressResolver,
  type ChosenInterface,
  groupAddresses,
  InterfacePort,
  type UdpAddress,
} from '@selvage/core/node';
import { MemoryStore } from '@selvage/core/virtual';
import { LocalKeyHome } from '@selvage/crypto';
import {
  allOcfNodes,
  newUuid,
  OnboardingTool,
  type OwnedDevice,
  type ProvisioningTask,
  type TransferMethod,
  type Uuid,
} from '@selvage/ocf';
import { CertificateAuthority, parseNameText, readCertificate, validFor } from '@selvage/pki';
import { platform } from './memory-board.js';

const policy = { algorithm: 'ecdsa-p256', usages: ['sign'] } as const;

/** An authority of nobody's, for as long as a test runs. */
export async function authorityCalled(name: string): Promise<{ authority: CertificateAuthority; keys: LocalKeyHome }> {
  const keys = new LocalKeyHome(platform);
  const setting = { ...platform, keys, key: await keys.generate(policy), store: new MemoryStore() };
  const subject = parseNameText(`CN=${name}`);
  const validity = validFor(platform.clock.wallTime(), 30);
  return { authority: await CertificateAuthority.establish(setting, { subject, validity }), keys };
}

/** What an owner has of the network. */
export interface OwnerPorts {
  readonly plain: DatagramPort<UdpAddress>;
  readonly secured: DatagramPort<UdpAddress>;
  readonly groups: readonly UdpAddress[];
  readonly resolve: ReturnType<typeof addressResolver>;
}

/** Whoever owns the devices of a test. */
export class HomeOwner {
  readonly uuid: Uuid;
  readonly tool: OnboardingTool<UdpAddress>;

  private constructor(uuid: Uuid, tool: OnboardingTool<UdpAddress>) {
    this.uuid = uuid;
    this.tool = tool;
  }

  static async open(chosen: ChosenInterface, manufacturers: readonly Uint8Array[] = []): Promise<HomeOwner> {
    const ports = {
      plain: await InterfacePort.open(chosen),
      secured: await InterfacePort.open(chosen),
      groups: groupAddresses(chosen, allOcfNodes),
      resolve: addressResolver(chosen),
    };
    return HomeOwner.on(ports, manufacturers);
  }

  /** With ports of whatever network the devices are on. */
  static async on(ports: OwnerPorts, manufacturers: readonly Uint8Array[] = []): Promise<HomeOwner> {
    const { authority, keys } = await authorityCalled('Home');
    const uuid = newUuid(platform.entropy);
    const tool = await OnboardingTool.open<UdpAddress>({
      ...platform,
      ...ports,
      uuid,
      domain: { uuid: newUuid(platform.entropy), name: 'Home' },
      store: new MemoryStore(),
      authority,
      keys,
      manufacturerAnchors: manufacturers.map((der) => ({ certificate: readCertificate(der) })),
    });
    return new HomeOwner(uuid, tool);
  }

  /** Finds the one device that is called so, and owns it. */
  async own(
    device: Uuid,
    method: TransferMethod,
    {
      pin,
      tasks = [],
      listenFor = 300,
    }: { pin?: () => Promise<string>; tasks?: readonly ProvisioningTask[]; listenFor?: number } = {},
  ): Promise<OwnedDevice> {
    const found = (await this.tool.discover({ owned: false, listenFor })).find((one) => one.device === device);
    if (found === undefined) throw new RangeError(`${device} does not answer`);
    return this.tool.own(found, {
      method,
      tasks: [{ kind: 'identity' }, ...tasks],
      ...(pin && { pin: async () => Secret.text(await pin()) }),
    });
  }

  close(): void {
    this.tool.close();
  }
}
