import { parseCoapUri } from '@selvage/coap';
import { SelvageError } from '@selvage/core';
import { chooseInterface, type UdpAddress } from '@selvage/core/node';
import { nativeCore } from '@selvage/crypto';
import { OnboardingTool, type OwnedDevice, type ReachableDevice, type Uuid } from '@selvage/ocf';
import { readCertificate } from '@selvage/pki';
import { step } from '../ca/step.js';
import type { Surface } from '../terminal/surface.js';
import { calledText, deviceCalled, type NamedDevice, shortId } from './language/device-name.js';
import { type ClientPorts, openClientPorts } from './network/client-ports.js';
import type { SiteOptions } from './options.js';
import type { Site } from './site/site.js';

/** A device of the site, by what the site calls it. */
export interface SiteDevice extends NamedDevice {
  readonly record: OwnedDevice;
  readonly kind: string | undefined;
}

/** How long a device is given for a handshake where it was last, ms: after that it is looked for. */
const firstTry = 1500;
const searchTime = 1500;

/** An owner at work: its site, and the onboarding tool on the network. */
export class Operator {
  readonly site: Site;
  readonly tool: OnboardingTool<UdpAddress>;
  /** Devices that were found where the site did not have them. */
  readonly moved: Uuid[] = [];
  readonly #resolve: ClientPorts['resolve'];

  private constructor(site: Site, tool: OnboardingTool<UdpAddress>, resolve: ClientPorts['resolve']) {
    this.site = site;
    this.tool = tool;
    this.#resolve = resolve;
  }

  /** @throws SelvageError that names the step. */
  static async open(surface: Surface, site: Site, options: Pick<SiteOptions, 'interface'>): Promise<Operator> {
    const chosen = await step('choose the interface', () => chooseInterface(options.interface));
    return Operator.on(await step('open the ports', () => openClientPorts(chosen)), surface, site);
  }

  /** With ports of whatever network the devices are on. @throws SelvageError as the site's store */
  static async on(ports: ClientPorts, surface: Surface, site: Site): Promise<Operator> {
    const { owner, domain, name, manufacturers } = site.settings;
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
    return new Operator(site, tool, ports.resolve);
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
    const known = { device, secured: record.endpoints.flatMap((uri) => this.#resolve(parseCoapUri(uri)) ?? []) };
    try {
      if (known.secured.length > 0) await client.session(known, { timeout: firstTry });
    } catch (error) {
      if (!(error instanceof SelvageError)) throw error;
      // Whoever answers and refuses is there: the tool says best what is the matter with it.
      if (error.code === 'handshake-timeout') return this.#search({ device, name });
    }
    return this.tool.reach(device);
  }

  close(): void {
    this.tool.close();
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
