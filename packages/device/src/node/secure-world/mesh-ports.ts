import { decodeCbor, encodeCbor, SelvageError, type Store, toHex } from '@selvage/core';
import { systemClock } from '@selvage/core/node';
import type { GrantedPort } from '@selvage/hardware';
import { ip6Text, openThreadNode } from '@selvage/thread';
import { UdpEtherRadio, type UdpEtherOptions } from '@selvage/thread/node';
import { portNames } from '../../firmware/peripherals.js';
import { MeshHost } from '../../mesh/mesh-host.js';
import type { MeshHostPort } from '../../mesh/mesh-host-port.js';
import { readNetwork } from '../board/mesh-network.js';
import { type AirPlace, heard } from '../board/setting.js';
import type { BoardNetwork, MeshAttachment, NetworkOptions } from './board-network.js';

/** Where the numbers of a serving port are that it had first: who knows the device finds it again. */
const namePrefix = 'mesh-port.';
/** Between the polls of a sleepy board, ms: whoever asks it something is still there for the answer. */
const pollPeriod = 100;
/** Seconds after which a parent forgets a board; it is asked more often than that whether it is there. */
const timeout = 20;
/** Seconds within which a board that may be a router decides. */
const router = { selectionJitter: 1 } as const;

interface MeshPortsOptions extends NetworkOptions {
  readonly air: AirPlace;
  readonly attachment: MeshAttachment;
}

/** A board's place on a mesh, as child of whoever is its parent: its firmware gets ports there, and no frame. */
export class MeshPorts implements BoardNetwork {
  readonly #host: MeshHost;
  readonly #store: Store;
  readonly #open = new Map<string, MeshHostPort>();

  private constructor(host: MeshHost, store: Store) {
    this.#host = host;
    this.#store = store;
  }

  /**
   * Looks for the network that the board was put into; its ports can be opened before it is found.
   * @throws SelvageError (rejects) `wrong-state`, `address-in-use` for a node of the air that is there already, `store-failed`
   */
  static async start({ board, own, air, attachment, since, tell }: MeshPortsOptions): Promise<MeshPorts> {
    const { core, entropy } = board;
    const network = await readNetwork(own);
    const radio = await UdpEtherRadio.join(etherOptions(air), systemClock);
    const sleepy = attachment === 'thread-sleepy';
    const child = { sleepy, full: attachment === 'thread-router', pollPeriod, timeout };
    const options = { core, entropy, clock: systemClock, radio, home: own.keys, store: own.store, ...network };
    const runner = await openThreadNode({ ...options, child, router });
    const host = new MeshHost(runner);
    runner.onEvent((event) => {
      if (event.kind === 'failed') return tell({ event: 'log', line: `thread: ${event.reason}` });
      if (event.kind !== 'role') return;
      const { role, rloc16 } = event;
      const { parent } = runner.node;
      tell({
        event: 'mesh',
        role,
        sleepy,
        ...(rloc16 !== undefined && { rloc16 }),
        address: ip6Text(host.address),
        ...(parent !== undefined && { parent: toHex(parent) }),
        milliseconds: systemClock.now() - since,
      });
    });
    runner.run((node, now) => node.attach(now));
    return new MeshPorts(host, own.store);
  }

  get facts() {
    return this.#host.facts;
  }

  async open(name: string): Promise<GrantedPort> {
    if (this.#open.has(name)) throw new SelvageError('wrong-state', `the port ${name} is open already`);
    const port = name === portNames.group(0) ? this.#host.openGroup() : await this.#serving(name);
    this.#open.set(name, port);
    return port;
  }

  async close(): Promise<void> {
    for (const port of this.#open.values()) port.close();
    this.#open.clear();
    await this.#host.runner.stop();
  }

  async #serving(name: string): Promise<MeshHostPort> {
    switch (name) {
      case portNames.plain:
      case portNames.secured:
        return this.#sameAsBefore(name);
      case portNames.clientPlain:
      case portNames.clientSecured:
        return this.#host.open();
      default:
        throw new SelvageError('access-denied', `the board grants no port ${name}`);
    }
  }

  async #sameAsBefore(name: string): Promise<MeshHostPort> {
    const value = await this.#store.get(`${namePrefix}${name}`);
    const port = this.#host.open(value && (decodeCbor(value) as number));
    if (value === undefined) await this.#store.put(`${namePrefix}${name}`, encodeCbor(port.number));
    return port;
  }
}

function etherOptions({ node, offset, hears }: AirPlace): UdpEtherOptions {
  return { node, portOffset: offset, ...(hears && { hears: (from: number) => heard(hears, from) }) };
}
