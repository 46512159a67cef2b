import { fromHex, Secret, toHex } from '@selvage/core';
import { eventLoopTurn, MemoryStore, SeededEntropy, VirtualClock } from '@selvage/core/virtual';
import { type KeyHandle, LocalKeyHome, nativeCore } from '@selvage/crypto';
import {
  type AirConditions,
  type KeyEvent,
  KeyRunner,
  Link,
  type LinkEvent,
  type LinkIndication,
  LinkRunner,
  type NeighbourOptions,
  openThreadKeys,
  type SendOutcome,
  type ThreadKeys,
  VirtualEther,
  type VirtualRadio,
} from '@selvage/thread';

/** Network key and PAN id of every world. */
export const networkKey = fromHex('00112233445566778899aabbccddeeff');
export const panId = 0xface;
export const channel = 15;

/** A link on the virtual ether, and all that it told. */
export interface LinkNode {
  readonly name: string;
  readonly link: Link;
  readonly radio: VirtualRadio;
  readonly keys: ThreadKeys;
  readonly store: MemoryStore;
  readonly frames: LinkIndication[];
  readonly outcomes: Map<number, SendOutcome>;
  readonly events: LinkEvent[];
  readonly keyEvents: KeyEvent[];
  /** Called for each frame, beside keeping it. */
  onFrame?: (frame: LinkIndication, now: number) => void;
  /** Lets whatever was asked of link and keys begin. */
  pump(): void;
  stop(): void;
}

/** Nodes of one network on one ether. */
export class LinkWorld {
  readonly clock = new VirtualClock();
  readonly ether: VirtualEther;
  readonly seed: string;

  constructor(seed: string, conditions: AirConditions = {}) {
    this.seed = seed;
    this.ether = new VirtualEther({ clock: this.clock, seed, conditions });
  }

  /** A node with this number: short address `number << 10`, extended address ending in it. */
  async open(
    number: number,
    options: { readonly store?: MemoryStore; readonly sequence?: number; readonly key?: Uint8Array } = {},
  ): Promise<LinkNode> {
    const entropy = new SeededEntropy(`${this.seed}/${number}`);
    const home = new LocalKeyHome({ core: nativeCore, entropy });
    const policy = { algorithm: 'derive', usages: ['derive'] } as const;
    const handle: KeyHandle = await home.importKey(policy, Secret.of(options.key ?? networkKey));
    const store = options.store ?? new MemoryStore();
    const now = this.clock.now();
    const { sequence = 0 } = options;
    const keys = await openThreadKeys({ home, networkKey: handle, store, sequence, now });
    const radio = this.ether.open(`node-${number}`);
    const frames: LinkIndication[] = [];
    const events: LinkEvent[] = [];
    const outcomes = new Map<number, SendOutcome>();
    const keyEvents: KeyEvent[] = [];
    const user = {
      onFrame: (frame: LinkIndication, at: number) => {
        frames.push(frame);
        node.onFrame?.(frame, at);
      },
      onSent: (id: number, outcome: SendOutcome) => {
        if (outcomes.has(id)) outcomes.set(id, 'told twice' as SendOutcome);
        else outcomes.set(id, outcome);
      },
      onEvent: (event: LinkEvent) => void events.push(event),
    };
    const link = new Link({
      core: nativeCore,
      entropy,
      keys,
      radio: radio.capabilities,
      extended: extendedOf(number),
      user,
    });
    link.setPanId(panId);
    link.setShort(shortOf(number));
    link.setChannel(channel);
    const keyRunner = new KeyRunner(keys, { home, networkKey: handle, store }, this.clock, (event) =>
      keyEvents.push(event),
    );
    const runner = new LinkRunner(link, radio, this.clock, () => keyRunner.pump());
    const node: LinkNode = {
      name: radio.name,
      link,
      radio,
      keys,
      store,
      frames,
      outcomes,
      events,
      keyEvents,
      pump: () => {
        runner.pump();
        keyRunner.pump();
      },
      stop: () => {
        runner.stop();
        keyRunner.stop();
        radio.close();
      },
    };
    node.pump();
    await this.settle();
    return node;
  }

  /** Lets key operations and writes finish, in no time. */
  async settle(): Promise<void> {
    for (let turn = 0; turn < 10; turn++) await eventLoopTurn();
  }

  /** Moves a node's keys on as if a person did. */
  async moveTo(node: LinkNode, sequence: number): Promise<void> {
    node.keys.moveTo(sequence, this.clock.now());
    node.pump();
    await this.settle();
  }

  /** Two nodes that know each other. */
  async pair(): Promise<readonly [LinkNode, LinkNode]> {
    const [a, b] = [await this.open(1), await this.open(2)];
    meet(a, b);
    return [a, b];
  }

  /** A parent, and its child that sleeps between polls. */
  async sleepyPair(period: number): Promise<readonly [parent: LinkNode, child: LinkNode]> {
    const [parent, child] = [await this.open(1), await this.open(2)];
    meet(parent, child, { receiveOn: false, isChild: true });
    this.fallAsleep(child, period);
    return [parent, child];
  }

  /** Has a node sleep, and poll node 1. */
  fallAsleep(child: LinkNode, period: number): void {
    child.link.setReceiveOn(false);
    const parent = { kind: 'short', short: shortOf(1) } as const;
    child.link.setPolling({ parent, source: 'short', period }, this.clock.now());
    child.pump();
  }

  /** Sends a frame of the network from one node to another, and lets time pass until its outcome is told. */
  async send(from: LinkNode, to: number | 'all', payload: string): Promise<SendOutcome> {
    const id = this.give(from, to, payload);
    await this.clock.runUntil(() => from.outcomes.has(id));
    return from.outcomes.get(id)!;
  }

  /** Gives a frame to a node, without waiting. */
  give(from: LinkNode, to: number | 'all', payload: string, more = false): number {
    const short = to === 'all' ? 0xffff : shortOf(to);
    const id = from.link.send(
      {
        destination: { kind: 'short', short },
        source: 'short',
        protection: { kind: 'network' },
        payload: fromHex(payload),
        more,
      },
      this.clock.now(),
    );
    from.pump();
    return id;
  }
}

/** Enters two nodes as each other's neighbours. */
export function meet(a: LinkNode, b: LinkNode, options: NeighbourOptions = {}): void {
  a.link.neighbours.enter(b.link.extended, { short: b.link.short, ...options });
  b.link.neighbours.enter(a.link.extended, { short: a.link.short });
}

/** The payloads that a node was given, in hexadecimal. */
export function payloads(node: LinkNode): string[] {
  return node.frames.map(({ payload }) => toHex(payload));
}

export function shortOf(number: number): number {
  return number << 10;
}

export function extendedOf(number: number): Uint8Array {
  return fromHex(`02aabbccddee00${number.toString(16).padStart(2, '0')}`);
}
