import { type CoapResponse, type CoapTransport, type CoapUri, parseCoapUri } from '@selvage/coap';
import { type Clock, givingUpAfter, type PeerAddress, SelvageError, type Timer } from '@selvage/core';
import { ocfRequest } from '../payload/request.js';
import { readResponse } from '../payload/response.js';
import { readDoxm } from '../security/doxm.js';
import { securityPaths } from '../security/paths.js';
import type { Uuid } from '../uuid/uuid.js';
import { describeDevice } from './device-description.js';
import { type FoundDevice, merged } from './found-device.js';
import { Limiter } from './limiter.js';
import { linkLimits, readLinks, type ResourceLink } from './link.js';

/** What a discovery looks for. */
export interface DiscoveryQuery<Address extends PeerAddress> {
  /** Devices with an owner, or without; both by default. */
  readonly owned?: boolean | undefined;
  /** This device alone. */
  readonly device?: Uuid | undefined;
  /** Devices with a resource of this type, such as `oic.r.switch.binary`. */
  readonly resourceType?: string | undefined;
  /**
   * How long answers are taken, ms. Devices without an owner answer within two seconds, each at a moment of its own
   * (3000 by default); others at once (1500).
   */
  readonly listenFor?: number | undefined;
  /** Whether each device is asked for its name as well; true by default. */
  readonly describe?: boolean | undefined;
  /** Hears of each device when it is found. */
  readonly onFound?: ((found: FoundDevice<Address>) => void) | undefined;
}

/** What discoveries are made with. */
export interface DiscoveryOptions<Address extends PeerAddress> {
  readonly clock: Clock;
  /** CoAP on the unsecured port. */
  readonly coap: CoapTransport<Address>;
  /** The groups to ask: one for each interface and IP family. */
  readonly groups: readonly Address[];
  /** How often each is asked while answers are taken; 1 by default. Nobody repeats a multicast that was lost. */
  readonly asks?: number | undefined;
  /**
   * The address of a URI that a device gave; `undefined` for one that this port does not reach.
   * @param from who gave it: an IPv6 link-local address has the zone of whoever names it.
   */
  readonly resolve: (uri: CoapUri, from: Address | undefined) => Address | undefined;
}

/** Devices that are asked for details at a time. */
const detailsAtATime = 16;
/** A device that takes longer than this is waited for beside others, ms: many that fall silent must not keep one that answers. */
const slowAfter = 250;
/** How long one device is waited for, and all of them when the time for answers is over, ms. */
const patience = 8000;
const resources = '/oic/res';
const doxmType = 'oic.r.doxm';

type Sighting<Address extends PeerAddress> = Pick<FoundDevice<Address>, 'device' | 'plain' | 'secured'> &
  Partial<FoundDevice<Address>>;

/** One search for devices. Answers over several groups and families are put together, device by device. */
export class Discovery<Address extends PeerAddress> {
  readonly #options: DiscoveryOptions<Address>;
  readonly #query: DiscoveryQuery<Address>;
  readonly #found = new Map<Uuid, FoundDevice<Address>>();
  readonly #details = new Limiter(detailsAtATime);
  readonly #open: Promise<void>[] = [];
  #isOver = false;

  constructor(options: DiscoveryOptions<Address>, query: DiscoveryQuery<Address>) {
    this.#options = options;
    this.#query = query;
  }

  /** Asks all groups, and resolves with what was found when the time is over. @throws SelvageError as `askGroup`. */
  async run(): Promise<FoundDevice<Address>[]> {
    const { coap, groups, asks = 1 } = this.#options;
    const { owned, listenFor = owned === false ? 3000 : 1500 } = this.#query;
    const request = this.#request();
    const slow = (): Promise<void> => this.#pause(slowAfter).over;
    const onResponse = (response: CoapResponse<Address>): void => {
      this.#open.push(this.#details.run(() => this.#take(response), slow));
    };
    const ask = (time: number): Promise<unknown> =>
      Promise.all(groups.map((group) => coap.askGroup(group, request, { listenFor: time, onResponse })));
    const later = Array.from({ length: asks - 1 }, async (_, at) => {
      const begun = (listenFor * (at + 1)) / asks;
      await this.#pause(begun).over;
      await ask(listenFor - begun);
    });
    await Promise.all([ask(listenFor), ...later]);
    const { over, timer } = this.#pause(patience);
    await Promise.race([Promise.all(this.#open), over]);
    timer.cancel();
    this.#isOver = true;
    return [...this.#found.values()];
  }

  #pause(milliseconds: number): { readonly over: Promise<void>; readonly timer: Timer } {
    const { clock } = this.#options;
    let timer: Timer = { cancel: () => undefined };
    const over = new Promise<void>((resolve) => {
      timer = givingUpAfter(clock, milliseconds, resolve);
    });
    return { over, timer };
  }

  #request() {
    const { owned, device, resourceType } = this.#query;
    const isTransfer = owned === false && resourceType === undefined;
    if (isTransfer) return ocfRequest('GET', securityPaths.doxm, { query: ['owned=FALSE'], confirmable: false });
    const query = [`rt=${resourceType ?? doxmType}`, ...(device === undefined ? [] : [`di=${device}`])];
    return ocfRequest('GET', resources, { query, confirmable: false });
  }

  /** An answer that cannot be read, or a device that falls silent, is passed over: the others are found. */
  async #take(response: CoapResponse<Address>): Promise<void> {
    try {
      const sightings = this.#isList(response) ? this.#linked(response) : await this.#unowned(response);
      // What one says of many says nothing of itself.
      const isAlone = sightings.length === 1;
      await Promise.all(sightings.map((sighting) => this.#add(sighting, isAlone)));
    } catch (error) {
      if (!(error instanceof SelvageError)) throw error;
    }
  }

  #isList({ payload }: CoapResponse<Address>): boolean {
    const arrayMajorType = 4;
    return (payload[0] ?? 0) >> 5 === arrayMajorType;
  }

  /** Devices in a list of links, by the anchors of the links. */
  #linked(response: CoapResponse<Address>): Sighting<Address>[] {
    if (response.code !== '2.05') return [];
    const links = readLinks(readResponse(response, linkLimits));
    const devices = new Set(links.flatMap(({ device }) => device ?? []));
    return [...devices].map((device) => {
      const own = links.filter((link) => link.device === device);
      return {
        device,
        plain: [response.from],
        secured: this.#securedOf(own, response.from),
        owned: ownedBy(own),
        links: own,
      };
    });
  }

  /** A device that says that it has no owner. Its secured address stands in its links. */
  async #unowned(response: CoapResponse<Address>): Promise<Sighting<Address>[]> {
    if (response.code !== '2.05') return [];
    const { from } = response;
    const doxm = readDoxm(readResponse(response));
    // Whoever is asked again answers again.
    const known = this.#found.get(doxm.deviceuuid);
    if (doxm.owned || known?.plain.some(({ key }) => key === from.key) === true) return [];
    const request = ocfRequest('GET', resources, { query: [`rt=${doxmType}`] });
    const answer = await this.#options.coap.request(from, request, { timeout: patience });
    const links = answer.code === '2.05' ? readLinks(readResponse(answer, linkLimits)) : [];
    const secured = this.#securedOf(links, from);
    return [{ device: doxm.deviceuuid, plain: [from], secured, owned: false, doxm, links }];
  }

  async #add(sighting: Sighting<Address>, speaksForItself: boolean): Promise<void> {
    const { owned, device, describe = true, onFound } = this.#query;
    if (this.#isOver || (device !== undefined && sighting.device !== device)) return;
    if (owned !== undefined && (sighting.owned ?? owned) !== owned) return;
    const known = this.#found.get(sighting.device);
    const found = known === undefined ? complete(sighting) : merged(known, complete(sighting));
    this.#found.set(sighting.device, found);
    if (known !== undefined) return;
    if (describe && speaksForItself) await this.#describe(found);
    if (!this.#isOver) onFound?.(this.#found.get(sighting.device) ?? found);
  }

  async #describe({ device, plain }: FoundDevice<Address>): Promise<void> {
    const [from] = plain;
    const description = from && (await describeDevice(this.#options.coap, from, patience));
    const known = this.#found.get(device);
    if (known === undefined || description === undefined) return;
    if ((description.device ?? device) !== device) return;
    this.#found.set(device, { ...known, name: description.name, platform: description.platform });
  }

  /** The secured addresses in links, the preferred first, each once; those that are not reached are left out. */
  #securedOf(links: readonly ResourceLink[], from: Address): Address[] {
    const byKey = new Map<string, Address>();
    for (const uri of links.flatMap(({ endpoints }) => endpoints)) {
      const address = uri.startsWith('coaps://') ? this.#resolve(uri, from) : undefined;
      if (address !== undefined && !byKey.has(address.key)) byKey.set(address.key, address);
    }
    return [...byKey.values()];
  }

  #resolve(uri: string, from: Address): Address | undefined {
    try {
      return this.#options.resolve(parseCoapUri(uri), from);
    } catch (error) {
      if (error instanceof SelvageError) return undefined;
      throw error;
    }
  }
}

/** A device shows unsecured endpoints for doxm only while it has no owner; `undefined` where doxm is not among the links. */
function ownedBy(links: readonly ResourceLink[]): boolean | undefined {
  const doxm = links.find(({ types }) => types.includes(doxmType));
  return doxm?.endpoints.length === 0 ? undefined : doxm?.endpoints.every((uri) => uri.startsWith('coaps'));
}

function complete<Address extends PeerAddress>(sighting: Sighting<Address>): FoundDevice<Address> {
  return { owned: undefined, doxm: undefined, links: [], name: undefined, platform: undefined, ...sighting };
}
