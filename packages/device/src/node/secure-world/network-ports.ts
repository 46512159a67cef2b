import { decodeCbor, encodeCbor, SelvageError, type Store } from '@selvage/core';
import { type ChosenInterface, groupAddresses, InterfacePort, openGroupPorts, type UdpPort } from '@selvage/core/node';
import { allOcfNodes } from '@selvage/ocf';
import type { GrantedPort } from '@selvage/hardware';
import { portNames } from '../../firmware/peripherals.js';
import type { BoardNetwork } from './board-network.js';

/** Where the numbers of a serving port are that it had first, address by address: who knows the device finds it again. */
const namePrefix = 'port.';

/** The network port of a board, on an interface of this host: its firmware gets the parts of it by name, and no other socket. */
export class NetworkPorts implements BoardNetwork {
  readonly #chosen: ChosenInterface;
  readonly #store: Store;
  readonly #openGroupPorts: typeof openGroupPorts;
  readonly #open = new Map<string, { close(): void }>();
  #groups: Promise<readonly UdpPort[]> | undefined;

  /** @param store where the secure world itself remembers things */
  constructor(chosen: ChosenInterface, store: Store, open: typeof openGroupPorts = openGroupPorts) {
    this.#chosen = chosen;
    this.#store = store;
    this.#openGroupPorts = open;
  }

  /** What the firmware is told of the network. */
  get facts() {
    const { name, addresses } = this.#chosen;
    const groups = groupAddresses(this.#chosen, allOcfNodes).map(({ key }) => key);
    return { name, addresses: addresses.map(({ reach }) => ({ reach })), groups };
  }

  /**
   * Opens a port that the board grants; once.
   * @throws SelvageError `access-denied` for any other name, `wrong-state` for one that is open, and as a port.
   */
  async open(name: string): Promise<GrantedPort> {
    if (this.#open.has(name)) throw new SelvageError('wrong-state', `the port ${name} is open already`);
    const group = this.#groupOf(name);
    const port = group === undefined ? await this.#serving(name) : await this.#groupPort(group);
    this.#open.set(name, port);
    return port;
  }

  /** Closes all; they can be opened anew then, as after a start of other firmware. */
  async close(): Promise<void> {
    for (const port of this.#open.values()) port.close();
    this.#open.clear();
    const groups = this.#groups;
    this.#groups = undefined;
    for (const port of (await groups) ?? []) port.close();
  }

  #groupOf(name: string): number | undefined {
    const at = this.facts.groups.findIndex((_, index) => portNames.group(index) === name);
    return at < 0 ? undefined : at;
  }

  async #serving(name: string): Promise<InterfacePort> {
    switch (name) {
      case portNames.plain:
      case portNames.secured:
        return this.#sameAsBefore(name);
      case portNames.clientPlain:
      case portNames.clientSecured:
        return InterfacePort.open(this.#chosen);
      default:
        throw new SelvageError('access-denied', `the board grants no port ${name}`);
    }
  }

  async #sameAsBefore(name: 'plain' | 'secured'): Promise<InterfacePort> {
    const value = await this.#store.get(`${namePrefix}${name}`);
    const port = await InterfacePort.open(this.#chosen, value && (decodeCbor(value) as number[]));
    if (value === undefined) await this.#store.put(`${namePrefix}${name}`, encodeCbor(port.numbers));
    return port;
  }

  #openGroups(): Promise<readonly UdpPort[]> {
    const { groupPort } = this.#chosen;
    return this.#openGroupPorts(this.#chosen, allOcfNodes).catch((error: unknown) => requireShared(error, groupPort));
  }

  async #groupPort(at: number): Promise<GrantedPort> {
    this.#groups ??= this.#openGroups();
    const port = (await this.#groups)[at];
    if (port === undefined) throw new SelvageError('port-failed', 'the group has no port');
    return withLocals(port);
  }
}

/** @throws SelvageError `address-in-use` that says what to do */
function requireShared(cause: unknown, port: number): never {
  if (!(cause instanceof SelvageError) || cause.code !== 'address-in-use') throw cause;
  throw new SelvageError('address-in-use', `a program on this host has UDP port ${port}, that of CoAP, for itself`, {
    cause,
    remedy: `find it with ss -ulpn 'sport = :${port}' and end it, or have it share the port (SO_REUSEADDR)`,
  });
}

/** A port of a group is bound to the address of the group: nobody reaches the device there. */
function withLocals(port: UdpPort): GrantedPort {
  return {
    maximumPayload: port.maximumPayload,
    locals: [],
    send: (payload, to) => port.send(payload, to),
    onDatagram: (receiver) => port.onDatagram(receiver),
    close: () => port.close(),
  };
}
