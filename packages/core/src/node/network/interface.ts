import { isIP } from 'node:net';
import { networkInterfaces } from 'node:os';
import { SelvageError } from '../../errors/error.js';
import type { Reach } from './reach.js';

/** One of this host's own addresses. */
export interface LocalAddress {
  /** A link-local one with its zone, such as `fe80::1%eth0`. */
  readonly address: string;
  readonly reach: Reach;
  /** How sockets name the interface of groups: `192.0.2.2`, or `::%eth0`. */
  readonly groupInterface: string;
}

/** Where a command speaks and listens. */
export interface ChosenInterface {
  readonly name: string;
  /** At least one; no two of one reach. */
  readonly addresses: readonly LocalAddress[];
  /** Where the groups are asked and listened to. */
  readonly groupPort: number;
  /** Whether nothing leaves the host. */
  readonly isLoopback: boolean;
}

/** What the operating system has, as `node:os` tells it. */
export type HostInterfaces = ReturnType<typeof networkInterfaces>;

const loopbackAddress = '127.0.0.1';
/** The port of CoAP, where OCF devices listen to the groups. */
const usualGroupPort = 5683;

/** The one interface that every host has. Groups of IPv6 have no route there, so it is IPv4 alone. */
export const loopback: ChosenInterface = {
  name: 'loopback',
  addresses: [{ address: loopbackAddress, reach: 'ipv4', groupInterface: loopbackAddress }],
  groupPort: usualGroupPort,
  isLoopback: true,
};

/**
 * The interface of a name, with its addresses; or that of an address, with this one alone. Without either the loopback,
 * so that nothing leaves the host. A port behind it, as in `loopback:7683`, is that of the groups: who uses another does
 * not see those who use the usual one.
 * @throws SelvageError `invalid-argument`, saying which there are.
 */
export function chooseInterface(
  wanted: string | undefined,
  host: HostInterfaces = networkInterfaces(),
): ChosenInterface {
  const { name = loopback.name, groupPort } = partsOf(wanted);
  if (isLoopback(name, host)) return { ...loopback, groupPort };
  const isAddress = isIP(name) !== 0;
  for (const one of Object.keys(host)) {
    const addresses = addressesOf(one, host).filter(({ address }) => !isAddress || isSame(address, name));
    if ((isAddress || one === name) && addresses.length > 0) {
      return { name: one, addresses: onePerReach(addresses), groupPort, isLoopback: false };
    }
  }
  throw new SelvageError('invalid-argument', `there is no interface ${name} here that is up and has an address`, {
    remedy: `choose one of these with --interface: ${choices(host)}`,
  });
}

/** An address of IPv6 stands in brackets where a port comes behind it. */
function partsOf(wanted: string | undefined): { readonly name: string | undefined; readonly groupPort: number } {
  const [, bracketed, plain, port] = /^(?:\[([^\]]+)\]|([^:]+)):(\d{1,5})$/.exec(wanted ?? '') ?? [];
  if (port === undefined) return { name: wanted, groupPort: usualGroupPort };
  const groupPort = Number(port);
  if (groupPort > 0 && groupPort <= 65_535) return { name: bracketed ?? plain, groupPort };
  throw new SelvageError('invalid-argument', `${port} is no port`, { remedy: 'give one from 1 to 65535' });
}

function isLoopback(wanted: string, host: HostInterfaces): boolean {
  if (wanted === loopback.name) return true;
  const entries = Object.entries(host).filter(([, list = []]) => list.some(({ internal }) => internal));
  return entries.some(([name, list = []]) => name === wanted || list.some(({ address }) => address === wanted));
}

function addressesOf(name: string, host: HostInterfaces): LocalAddress[] {
  return (host[name] ?? []).map(({ address, family }) => {
    if (family === 'IPv4') return { address, reach: 'ipv4', groupInterface: address };
    const isLink = /^fe[89ab]/i.test(address);
    return {
      address: isLink ? `${address}%${name}` : address,
      reach: isLink ? 'link' : 'wide',
      groupInterface: `::%${name}`,
    };
  });
}

/** A link-local address may be given with or without its zone. */
function isSame(own: string, wanted: string): boolean {
  return own === wanted.toLowerCase() || own.replace(/%.*$/, '') === wanted.toLowerCase();
}

function onePerReach(addresses: readonly LocalAddress[]): LocalAddress[] {
  return addresses.filter(({ reach }, at) => addresses.findIndex((other) => other.reach === reach) === at);
}

/** The interfaces that lead out of this host, each with its addresses. */
export function otherInterfaces(host: HostInterfaces = networkInterfaces()): string {
  return realInterfaces(host).join('; ') || 'there is none that is up';
}

function choices(host: HostInterfaces): string {
  return [...realInterfaces(host), `${loopback.name} (${loopbackAddress}, the default)`].join('; ');
}

function realInterfaces(host: HostInterfaces): string[] {
  const names = Object.keys(host).filter((name) => !(host[name] ?? []).some(({ internal }) => internal));
  return names.map((name) => {
    const addresses = addressesOf(name, host).map(({ address }) => address);
    return `${name} (${addresses.join(', ')})`;
  });
}
