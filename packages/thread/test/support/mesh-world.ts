import { fromHex } from '@selvage/core';
import { MemoryStore, SeededEntropy, VirtualClock } from '@selvage/core/virtual';
import { LocalKeyHome, nativeCore } from '@selvage/crypto';
import {
  type AirConditions,
  type Dataset,
  generateDataset,
  type NodeEvent,
  type NodeRunner,
  openThreadNode,
  type OpenNodeOptions,
  type OwnAddress,
  type SecurityPolicy,
  VirtualEther,
} from '@selvage/thread';

/** A node on the virtual ether, and all that it told. */
export interface MeshNode {
  readonly name: string;
  readonly runner: NodeRunner;
  readonly store: MemoryStore;
  readonly home: LocalKeyHome;
  readonly events: NodeEvent[];
}

/** How a node is opened. */
export interface MeshNodeOptions {
  readonly store?: MemoryStore;
  readonly child?: OpenNodeOptions['child'];
  readonly router?: OpenNodeOptions['router'];
  readonly vendor?: OpenNodeOptions['vendor'];
  readonly dataset?: Dataset;
  readonly home?: LocalKeyHome;
}

/** Nodes of one network on one ether, in virtual time, from a seed. */
export class MeshWorld {
  readonly clock = new VirtualClock();
  readonly ether: VirtualEther;
  readonly seed: string;
  readonly dataset: Dataset;
  #opened = 0;

  constructor(seed: string, conditions: AirConditions = {}, securityPolicy?: SecurityPolicy) {
    this.seed = seed;
    this.ether = new VirtualEther({ clock: this.clock, seed, conditions });
    this.dataset = generateDataset({
      core: nativeCore,
      entropy: new SeededEntropy(`${seed}/dataset`),
      values: {
        channel: { page: 0, channel: 15 },
        panId: 0xface,
        meshLocalPrefix: fromHex('fd00110022003300'),
        ...(securityPolicy && { securityPolicy }),
      },
    });
  }

  /** Opens a node; the same store gives the same node again. */
  async open(name: string, options: MeshNodeOptions = {}): Promise<MeshNode> {
    const { store = new MemoryStore(), dataset = this.dataset, child, router, vendor, home: given } = options;
    const entropy = new SeededEntropy(`${this.seed}/${name}/${this.#opened++}`);
    const home = given ?? new LocalKeyHome({ core: nativeCore, entropy });
    const radio = this.ether.open(name);
    const events: NodeEvent[] = [];
    // A home that is given has the network's key from before.
    const [networkKey] = given === undefined ? [] : await given.list();
    const parts = { core: nativeCore, entropy, clock: this.clock, radio, home, store, dataset, networkKey, vendor };
    const runner = await openThreadNode({ ...parts, ...(child && { child }), ...(router && { router }) }).catch(
      (error: unknown) => {
        radio.close();
        throw error;
      },
    );
    runner.onEvent((event) => events.push(event));
    return { name, runner, store, home, events };
  }

  async lead(name = 'leader', options: MeshNodeOptions = {}): Promise<MeshNode> {
    const node = await this.open(name, options);
    node.runner.run((engine, now) => engine.lead(now));
    return node;
  }

  /** Opens a node and lets time pass until it is a child. */
  async attach(name: string, options: MeshNodeOptions = {}): Promise<MeshNode> {
    const node = await this.open(name, options);
    node.runner.run((engine, now) => engine.attach(now));
    await this.until(() => node.runner.node.role === 'child');
    return node;
  }

  /** Opens a full device that becomes a router soon, and lets time pass until it is one. */
  async route(name: string, options: MeshNodeOptions = {}): Promise<MeshNode> {
    const { child, router } = options;
    const node = await this.open(name, {
      ...options,
      child: { full: true, ...child },
      router: { selectionJitter: 1, ...router },
    });
    node.runner.run((engine, now) => engine.attach(now));
    await this.until(() => node.runner.node.role === 'router');
    return node;
  }

  /** Lets time pass until something holds; rejects where it does not within so many milliseconds of virtual time. */
  until(condition: () => boolean, within = 600_000): Promise<void> {
    return this.clock.runUntil(condition, this.clock.now() + within);
  }

  /** Lets time pass. */
  async pass(milliseconds: number): Promise<void> {
    const end = this.clock.now() + milliseconds;
    let isOver = false;
    this.clock.wakeAt(end, () => {
      isOver = true;
    });
    await this.until(() => isOver, milliseconds + 1);
  }

  /** Pings, and gives the round trip in milliseconds; undefined where it was lost. */
  async ping(from: MeshNode, to: Uint8Array, size = 8): Promise<number | undefined> {
    const sequence = from.runner.run((engine, now) => engine.ping(to, size, 10_000, now));
    const found = (): Extract<NodeEvent, { kind: 'echo' }> | undefined =>
      from.events.find((event) => event.kind === 'echo' && event.outcome.sequence === sequence) as never;
    await this.until(() => found() !== undefined);
    const outcome = found()?.outcome;
    return outcome?.kind === 'reply' ? outcome.roundTrip : undefined;
  }
}

/** An address of a node. */
export function addressOf({ runner }: MeshNode, kind: OwnAddress['kind']): Uint8Array {
  return runner.node.ip.addresses.unicast.find((own) => own.kind === kind)!.address;
}
