import { decodeCbor, encodeCbor, SelvageError, type Store, toHex } from '@selvage/core';
import { systemClock } from '@selvage/core/node';
import type { GrantedPort } from '@selvage/hardware';
import { ip6Text, openThreadNode, type Radio } from '@selvage/thread';
import { UdpEtherRadio, type UdpEtherOptions } from '@selvage/thread/node';
import { portNames } from '../../firmware/peripherals.js';
import { MeshHost, meshFacts } from '../../mesh/mesh-host.js';
import type { MeshHostPort } from '../../mesh/mesh-host-port.js';
import { type BoardJoiner, readJoiner } from '../board/joiner-record.js';
import { type MeshNetwork, putNetwork, readNetwork } from '../board/mesh-network.js';
import { type AirPlace, heard } from '../board/setting.js';
import type { BoardNetwork, MeshAttachment, NetworkOptions } from './board-network.js';
import { joinedNetwork } from './joined-network.js';

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

/** A board's place on a mesh, once it has joined one: its firmware gets ports there, and no frame. */
export class MeshPorts implements BoardNetwork {
  readonly #host: Promise<MeshHost>;
  readonly #store: Store;
  readonly #left: AbortController;
  readonly #open = new Map<string, Promise<MeshHostPort>>();

  private constructor(host: Promise<MeshHost>, store: Store, left: AbortController) {
    this.#host = host;
    this.#store = store;
    this.#left = left;
  }

  /**
   * Looks for the network that the board is in, or joins the one that expects it. Ports of the first can be opened before
   * it is found; those of the second when the board has joined.
   * @throws SelvageError (rejects) `wrong-state`, `address-in-use` for a node of the air that is there already, `store-failed`
   */
  static async start(options: MeshPortsOptions): Promise<MeshPorts> {
    const { own, air, tell } = options;
    const left = new AbortController();
    const radio = (): Promise<Radio> => UdpEtherRadio.join(etherOptions(air), systemClock);
    const network = await readNetwork(own);
    if (network !== undefined) {
      const host = await hostOn(network, await radio(), options);
      return new MeshPorts(Promise.resolve(host), own.store, left);
    }
    const joiner = await readJoiner(own.store);
    if (joiner === undefined) {
      throw new SelvageError('wrong-state', 'the board is in no Thread network, and has nothing to join one by', {
        remedy: 'make it with a label, or with the dataset of a network',
      });
    }
    const host = joined(options, joiner, radio, left.signal);
    host.catch((error: unknown) => {
      if (!left.signal.aborted) tell({ event: 'log', line: `thread: ${String(error)}` });
    });
    return new MeshPorts(host, own.store, left);
  }

  get facts() {
    return meshFacts;
  }

  async open(name: string): Promise<GrantedPort> {
    this.#left.signal.throwIfAborted();
    if (this.#open.has(name)) throw new SelvageError('wrong-state', `the port ${name} is open already`);
    const opening = this.#opened(name);
    // From now on: until the board has joined it may be asked for once more.
    this.#open.set(name, opening);
    try {
      return await opening;
    } catch (error) {
      this.#open.delete(name);
      throw error;
    }
  }

  async close(): Promise<void> {
    this.#left.abort(new SelvageError('port-closed', 'the board has left the air'));
    const ports = await Promise.allSettled(this.#open.values());
    for (const port of ports) if (port.status === 'fulfilled') port.value.close();
    this.#open.clear();
    const host = await this.#host.catch(() => undefined);
    await host?.runner.stop();
  }

  async #opened(name: string): Promise<MeshHostPort> {
    const host = await this.#host;
    return name === portNames.group(0) ? host.openGroup() : this.#serving(host, name);
  }

  async #serving(host: MeshHost, name: string): Promise<MeshHostPort> {
    switch (name) {
      case portNames.plain:
      case portNames.secured:
        return this.#sameAsBefore(host, name);
      case portNames.clientPlain:
      case portNames.clientSecured:
        return host.open();
      default:
        throw new SelvageError('access-denied', `the board grants no port ${name}`);
    }
  }

  async #sameAsBefore(host: MeshHost, name: string): Promise<MeshHostPort> {
    const value = await this.#store.get(`${namePrefix}${name}`);
    const port = host.open(value && (decodeCbor(value) as number));
    if (value === undefined) await this.#store.put(`${namePrefix}${name}`, encodeCbor(port.number));
    return port;
  }
}

function etherOptions({ node, offset, hears }: AirPlace): UdpEtherOptions {
  return { node, portOffset: offset, ...(hears && { hears: (from: number) => heard(hears, from) }) };
}

/** Joins, and is then on the network that it was let into. */
async function joined(
  options: MeshPortsOptions,
  joiner: BoardJoiner,
  radio: () => Promise<Radio>,
  signal: AbortSignal,
): Promise<MeshHost> {
  const { board, own, attachment, version, tell } = options;
  const { core, entropy } = board;
  const parts = { core, entropy, clock: systemClock, joiner, version, radio, tell, signal };
  const { dataset, keySequence } = await joinedNetwork(parts);
  const isRouter = attachment === 'thread-router';
  const network = await putNetwork(own, dataset, isRouter);
  // The vault has them, and nobody else needs them here.
  joiner.label.passphrase.dispose();
  if (!isRouter) for (const field of ['networkKey', 'pskc'] as const) dataset.get(field)?.dispose();
  const stationed = await radio();
  return hostOn({ ...network, keySequence }, stationed, options);
}

/** Looks for the network's routers, and tells where the board is among them. */
async function hostOn(
  network: MeshNetwork & { readonly keySequence?: number },
  radio: Radio,
  { board, own, attachment, since, tell }: MeshPortsOptions,
): Promise<MeshHost> {
  const { core, entropy } = board;
  const sleepy = attachment === 'thread-sleepy';
  const isRouter = attachment === 'thread-router';
  const child = { sleepy, full: isRouter, pollPeriod, timeout };
  const options = { core, entropy, clock: systemClock, radio, home: own.keys, store: own.store, ...network };
  const runner = await openThreadNode({ ...options, isSealed: isRouter, child, router });
  const host = new MeshHost(runner);
  runner.onEvent((event) => {
    if (event.kind === 'failed') return tell({ event: 'log', line: `thread: ${event.reason}` });
    if (event.kind === 'dataset' && event.moved) return tell({ event: 'moved', network: event.name });
    if (event.kind === 'key-sequence') return tell({ event: 'key-sequence', sequence: event.sequence });
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
  return host;
}
