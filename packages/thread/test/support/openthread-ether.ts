import { type Clock, systemEntropy, toHex } from '@selvage/core';
import { systemClock } from '@selvage/core/node';
import { MemoryStore } from '@selvage/core/virtual';
import { LocalKeyHome, nativeCore } from '@selvage/crypto';
import {
  Dataset,
  generateDataset,
  ip6Text,
  type NodeEvent,
  type NodeRunner,
  openThreadNode,
  type OpenNodeOptions,
  parseIp6,
} from '@selvage/thread';
import { UdpEtherRadio } from '@selvage/thread/node';
import { fastClock } from './fast-clock.js';
import { networkSize, OpenThreadNode, portBaseOf } from './openthread.js';

/** One of ours on OpenThread's ether. */
export interface OurNode {
  readonly runner: NodeRunner;
  readonly store: MemoryStore;
  readonly events: NodeEvent[];
}

/** Real nodes of both kinds on one ether of their own, in real time. */
export class OpenThreadEther {
  readonly portOffset: number;
  /** How much faster than the wall's its time runs. */
  readonly speed: number;
  readonly #clock: Clock;
  readonly #theirs: OpenThreadNode[] = [];
  readonly #ours: OurNode[] = [];

  constructor(portOffset: number, speed = 1) {
    this.portOffset = portOffset;
    this.speed = speed;
    this.#clock = speed === 1 ? systemClock : fastClock(systemClock, speed);
  }

  /** Milliseconds of its time. */
  now(): number {
    return this.#clock.now();
  }

  /** Comes when its time does. */
  at(instant: number): Promise<void> {
    return new Promise((resolve) => this.#clock.wakeAt(instant, resolve));
  }

  /** Starts one of theirs. */
  theirs(number: number, kind: 'ftd' | 'mtd' = 'ftd'): OpenThreadNode {
    const node = new OpenThreadNode(number, this.portOffset, kind, this.speed);
    this.#theirs.push(node);
    return node;
  }

  /** Starts one of theirs as the leader of a fresh network. */
  async leader(number = 1): Promise<{ readonly node: OpenThreadNode; readonly dataset: Dataset }> {
    const node = this.theirs(number);
    await node.all('dataset init new', 'dataset channel 15', 'dataset commit active', 'ifconfig up', 'thread start');
    const dataset = Dataset.parse(await node.value('dataset active -x'));
    await node.run('state leader').catch(() => undefined);
    await node.becomes('state', /leader/);
    return { node, dataset };
  }

  /** Opens one of ours. */
  async ours(
    number: number,
    dataset: Dataset,
    child: OpenNodeOptions['child'] = {},
    store = new MemoryStore(),
    hears?: (node: number) => boolean,
    router: OpenNodeOptions['router'] = {},
  ): Promise<OurNode> {
    const portBase = portBaseOf(this.portOffset);
    const radio = await UdpEtherRadio.join({ node: number, portBase, networkSize, hears }, this.#clock);
    const home = new LocalKeyHome({ core: nativeCore, entropy: systemEntropy });
    const options = {
      core: nativeCore,
      entropy: systemEntropy,
      clock: this.#clock,
      radio,
      home,
      store,
      dataset,
      child,
      router,
    };
    const runner = await openThreadNode(options);
    const events: NodeEvent[] = [];
    runner.onEvent((event) => events.push(event));
    const node = { runner, store, events };
    this.#ours.push(node);
    return node;
  }

  /** Opens one of ours and waits until it is a child. */
  async attached(...parameters: Parameters<OpenThreadEther['ours']>): Promise<OurNode> {
    const node = await this.ours(...parameters);
    node.runner.run((engine, now) => engine.attach(now));
    await became(node, () => node.runner.node.role === 'child');
    return node;
  }

  /** Opens one of ours as a full device that becomes a router soon, and waits until it is one. */
  async routing(
    number: number,
    dataset: Dataset,
    router: OpenNodeOptions['router'] = {},
    store = new MemoryStore(),
  ): Promise<OurNode> {
    const settings = { selectionJitter: 1, ...router };
    const node = await this.ours(number, dataset, { full: true }, store, undefined, settings);
    node.runner.run((engine, now) => engine.attach(now));
    await became(node, () => node.runner.node.role === 'router');
    return node;
  }

  async close(): Promise<void> {
    await Promise.all(this.#ours.map(({ runner }) => runner.stop()));
    await Promise.all(this.#theirs.map((node) => node.close()));
  }
}

/** Waits for something that one of our events brings about. */
export function became({ runner, events }: OurNode, condition: () => boolean, milliseconds = 60_000): Promise<void> {
  if (condition()) return Promise.resolve();
  return new Promise((resolve, reject) => {
    const stop = runner.onEvent(() => {
      if (!condition()) return;
      stop();
      clearTimeout(timer);
      resolve();
    });
    const timer = setTimeout(() => {
      stop();
      reject(new Error(`it did not happen; events: ${events.map(({ kind }) => kind).join(', ')}`));
    }, milliseconds);
  });
}

/** Pings from ours; milliseconds, or undefined where it was lost. */
export async function pingFrom(node: OurNode, to: string, size = 8): Promise<number | undefined> {
  const sequence = node.runner.run((engine, now) => engine.ping(parseIp6(to), size, 5000, now));
  const found = (): Extract<NodeEvent, { kind: 'echo' }> | undefined =>
    node.events.find((event) => event.kind === 'echo' && event.outcome.sequence === sequence) as never;
  await became(node, () => found() !== undefined);
  const outcome = found()?.outcome;
  return outcome?.kind === 'reply' ? outcome.roundTrip : undefined;
}

/** Pings from theirs: whether it was answered. */
export async function pingBy(node: OpenThreadNode, to: string, size = 8): Promise<boolean> {
  const from = node.lines.length;
  const printed = await node.run(`ping ${to} ${size} 1 1 5`);
  return [...printed, ...node.lines.slice(from)].some((line) => line.includes('1 packets received'));
}

/** An address of ours as text. */
export function addressText({ runner }: OurNode, kind: 'mesh-local' | 'rloc' | 'link-local' | 'on-mesh'): string {
  return ip6Text(runner.node.ip.addresses.unicast.find((own) => own.kind === kind)!.address);
}

/** A dataset of a network of ours. */
export function freshDataset(): Dataset {
  const values = { channel: { page: 0, channel: 15 } };
  return generateDataset({ core: nativeCore, entropy: systemEntropy, values });
}

/** A dataset as OpenThread's command line takes it. */
export function hexOf(dataset: Dataset): string {
  return toHex(dataset.encode());
}
