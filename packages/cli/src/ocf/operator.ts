import { parseCoapUri } from '@selvage/coap';
import { SelvageError } from '@selvage/core';
import type { UdpAddress } from '@selvage/core/node';
import { nativeCore } from '@selvage/crypto';
import { OnboardingTool, type OwnedDevice, type ReachableDevice, type Uuid } from '@selvage/ocf';
import { readCertificate } from '@selvage/pki';
import type { Surface } from '../terminal/surface.js';
import { calledText, deviceCalled, type NamedDevice, shortId } from './language/device-name.js';
import type { ClientNetwork } from './network/client-network.js';
import { openNetwork } from './network/open-network.js';
import type { NetworkChoice } from './options.js';
import type { Site } from './site/site.js';

/** A device of the site, by what the site calls it. */
export interface SiteDevice extends NamedDevice {
  readonly record: OwnedDevice;
  readonly kind: string | undefined;
}

/** How long a device is looked for, ms. */
const searchTime = 1500;

/** An owner at work: its site, and the onboarding tool on the network. */
export class Operator {
  readonly site: Site;
  readonly tool: OnboardingTool<UdpAddress>;
  /** Devices that were found where the site did not have them. */
  readonly moved: Uuid[] = [];
  /** Where it is at work. */
  readonly network: ClientNetwork;

  private constructor(site: Site, tool: OnboardingTool<UdpAddress>, network: ClientNetwork) {
    this.site = site;
    this.tool = tool;
    this.network = network;
  }

  /** On the network that a person chose. @throws SelvageError that names the step. */
  static async open(surface: Surface, site: Site, choice: NetworkChoice): Promise<Operator> {
    return Operator.on(await openNetwork(surface, choice, site), surface, site);
  }

  /** On a network that is open; it is closed with the operator. @throws SelvageError as the site's store */
  static async on(network: ClientNetwork, surface: Surface, site: Site): Promise<Operator> {
    const { owner, domain, name, manufacturers } = site.settings;
    const { ports } = network;
    try {
      const tool = await OnboardingTool.open<UdpAddress>({
        ...ports,
        core: nativeCore,
        entropy: surface.entropy,
        clock: surface.clock,
        uuid: owner,
        domain: { uuid: domain, name },
        store: site.toolStore,
        authority: site.authority,
        keys: site.keys,
        manufacturerAnchors: manufacturers.map((der) => ({ certificate: readCertificate(der) })),
      });
      return new Operator(site, tool, network);
    } catch (error) {
      ports.plain.close();
      ports.secured.close();
      await network.close();
      throw error;
    }
  }

  /** The devices of the site. */
  devices(): SiteDevice[] {
    return this.tool.devices().map((record) => this.#siteDevice(record));
  }

  /** The device that is called so. @throws SelvageError `device-not-found`, `invalid-argument`, listing the candidates. */
  called(text: string): SiteDevice {
    return deviceCalled(text, this.devices(), `in the site ${this.site.folder}`);
  }

  /** What people call a device: its name, or the beginning of its UUID. */
  nameOf(device: Uuid): string {
    if (device === this.site.settings.owner) return 'owner';
    const known = this.tool.devices().find((record) => record.device === device);
    return (known && this.#siteDevice(known).name) ?? shortId(device);
  }

  /**
   * Finds a device: where it was last, else by asking all. The session with it is open then.
   * @throws SelvageError `device-not-found` for one that does not answer, `not-owned` for one that was reset.
   */
  async reach({ device, name, record }: SiteDevice): Promise<ReachableDevice<UdpAddress>> {
    const { client } = this.tool;
    const { ports, firstTry } = this.network;
    const known = { device, secured: record.endpoints.flatMap((uri) => ports.resolve(parseCoapUri(uri)) ?? []) };
    try {
      if (known.secured.length > 0) await client.session(known, { timeout: firstTry });
    } catch (error) {
      if (!(error instanceof SelvageError)) throw error;
      // Whoever answers and refuses is there: the tool says best what is the matter with it.
      if (error.code === 'handshake-timeout') return this.#search({ device, name });
    }
    return this.tool.reach(device);
  }

  /** Says goodbye to the devices, and leaves the network. */
  async close(): Promise<void> {
    this.tool.close();
    await this.network.close();
  }

  async #search(named: NamedDevice): Promise<ReachableDevice<UdpAddress>> {
    const { device } = named;
    const [found] = await this.tool.discover({ device, listenFor: searchTime, describe: false });
    if (found === undefined) throw silent(named);
    const reached = await this.tool.reach(device);
    this.moved.push(device);
    return reached;
  }

  #siteDevice(record: OwnedDevice): SiteDevice {
    const { name = record.name, kind } = this.site.notes.get(record.device);
    return { device: record.device, name, kind, record };
  }
}

function silent(named: NamedDevice): SelvageError {
  return new SelvageError('device-not-found', `${calledText(named)} does not answer`, {
    details: { device: named.device },
    remedy: 'see that it is powered and on this network; selvage discover lists who answers',
  });
}
