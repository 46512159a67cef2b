import { toHex } from '@selvage/core';
import type { Dataset } from '@selvage/thread';
import type { OpenThreadNode } from './openthread.js';
import { addressText, hexOf, type OurNode, pingBy, pingFrom } from './openthread-ether.js';

/** What a node is in its mesh. */
export interface MemberState {
  readonly role: string;
  readonly rloc16: number | undefined;
  readonly partitionId: number | undefined;
  readonly leaderId: number | undefined;
}

/** A node of a mesh, whichever implementation it is. */
export interface MeshMember {
  readonly number: number;
  readonly kind: 'ours' | 'theirs';
  state(): Promise<MemberState>;
  /** Its ML-EID. */
  address(): Promise<string>;
  /** Its extended address in printed order, in hexadecimal. */
  extended(): Promise<string>;
  /** Whether it was answered. */
  ping(to: string, size?: number): Promise<boolean>;
  /** Hears these nodes and nobody else. */
  hear(nodes: ReadonlySet<number>): Promise<void>;
  keySequence(): Promise<number>;
  channel(): Promise<number>;
  panId(): Promise<number>;
  /** Ends it without a word. */
  kill(): Promise<void>;
}

/** One of ours as a member. */
export class OurMember implements MeshMember {
  readonly kind = 'ours';
  readonly number: number;
  readonly node: OurNode;
  readonly #audible: Set<number>;

  constructor(number: number, node: OurNode, audible: Set<number>) {
    this.number = number;
    this.node = node;
    this.#audible = audible;
  }

  state(): Promise<MemberState> {
    const { role, rloc16, partition } = this.node.runner.node.status;
    return Promise.resolve({ role, rloc16, partitionId: partition?.partitionId, leaderId: partition?.leaderRouterId });
  }

  address(): Promise<string> {
    return Promise.resolve(addressText(this.node, 'mesh-local'));
  }

  extended(): Promise<string> {
    return Promise.resolve(toHex(this.node.runner.node.link.extended));
  }

  async ping(to: string, size?: number): Promise<boolean> {
    return (await pingFrom(this.node, to, size)) !== undefined;
  }

  hear(nodes: ReadonlySet<number>): Promise<void> {
    this.#audible.clear();
    for (const node of nodes) this.#audible.add(node);
    return Promise.resolve();
  }

  keySequence(): Promise<number> {
    return Promise.resolve(this.node.runner.node.keys.current.sequence);
  }

  channel(): Promise<number> {
    return Promise.resolve(this.node.runner.node.link.channel ?? 0);
  }

  panId(): Promise<number> {
    return Promise.resolve(this.node.runner.node.link.panId);
  }

  kill(): Promise<void> {
    return this.node.runner.stop();
  }
}

/** One of OpenThread's as a member. */
export class TheirMember implements MeshMember {
  readonly kind = 'theirs';
  readonly number: number;
  readonly node: OpenThreadNode;

  constructor(node: OpenThreadNode) {
    this.number = node.number;
    this.node = node;
  }

  async join(dataset: Dataset): Promise<void> {
    await this.node.all(`dataset set active ${hexOf(dataset)}`, 'ifconfig up', 'thread start');
  }

  async state(): Promise<MemberState> {
    const role = await this.node.value('state');
    const rloc16 = Number.parseInt(await this.node.value('rloc16'), 16);
    const leader = await this.node.run('leaderdata').catch(() => []);
    const field = (name: string): number | undefined => {
      const found = leader.find((line) => line.startsWith(name));
      return found === undefined ? undefined : Number(found.slice(found.indexOf(':') + 1));
    };
    return { role, rloc16, partitionId: field('Partition ID'), leaderId: field('Leader Router ID') };
  }

  address(): Promise<string> {
    return this.node.value('ipaddr mleid');
  }

  extended(): Promise<string> {
    return this.node.value('extaddr');
  }

  ping(to: string, size?: number): Promise<boolean> {
    return pingBy(this.node, to, size);
  }

  async hear(nodes: ReadonlySet<number>): Promise<void> {
    await this.node.run('nodeidfilter clear');
    // Whoever may hear nobody may hear itself, which it does not.
    for (const node of nodes.size === 0 ? [this.number] : nodes) await this.node.run(`nodeidfilter allow ${node}`);
  }

  async keySequence(): Promise<number> {
    return Number(await this.node.value('keysequence counter'));
  }

  async channel(): Promise<number> {
    return Number(await this.node.value('channel'));
  }

  async panId(): Promise<number> {
    return Number(await this.node.value('panid'));
  }

  kill(): Promise<void> {
    return this.node.kill();
  }
}
