import type { Dataset, OpenNodeOptions } from '@selvage/thread';
import { type MeshMember, OurMember, TheirMember } from './mesh-member.js';
import type { OpenThreadEther } from './openthread-ether.js';
import type { Edge } from './shapes.js';

/** How often a pair that does not answer is asked, and when: OpenThread asks for no address again within 15 s. */
const [tries, pause] = [3, 8000] as const;

/** Which implementation each node is of, by number. */
export type Makers = (number: number) => 'ours' | 'theirs';

/** A mesh of nodes of both implementations, in a shape. */
export class MixedMesh {
  readonly ether: OpenThreadEther;
  readonly dataset: Dataset;
  readonly members = new Map<number, MeshMember>();
  /** Pings that were lost and sent again. */
  lostPings = 0;
  readonly #cut = new Set<string>();
  readonly #edges: readonly Edge[];

  constructor(ether: OpenThreadEther, dataset: Dataset, edges: readonly Edge[]) {
    this.ether = ether;
    this.dataset = dataset;
    this.#edges = edges;
  }

  /** Starts one of ours: by default a full device, which becomes a router where the mesh wants one. */
  async ours(
    number: number,
    start: 'lead' | 'attach',
    child: OpenNodeOptions['child'] = { full: true },
  ): Promise<OurMember> {
    const audible = new Set(this.#audible(number));
    const hears = (other: number): boolean => audible.has(other);
    const node = await this.ether.ours(number, this.dataset, child, undefined, hears, { selectionJitter: 1 });
    const member = new OurMember(number, node, audible);
    this.members.set(number, member);
    node.runner.run((engine, now) => engine[start](now));
    return member;
  }

  /** Starts one of OpenThread's with these commands before it joins. */
  async theirs(number: number, kind: 'ftd' | 'mtd' = 'ftd', ...commands: readonly string[]): Promise<TheirMember> {
    const member = new TheirMember(this.ether.theirs(number, kind));
    this.members.set(number, member);
    await member.hear(this.#audible(number));
    if (kind === 'ftd') await member.node.run('routerselectionjitter 1');
    await member.node.all(...commands);
    await member.join(this.dataset);
    return member;
  }

  /** Starts a node and waits until it has its place: the leader of a partition, or a router. */
  async add(number: number, kind: MeshMember['kind'], role: 'leader' | 'router'): Promise<void> {
    const member =
      kind === 'ours' ? await this.ours(number, role === 'leader' ? 'lead' : 'attach') : await this.theirs(number);
    if (role === 'leader' && member instanceof TheirMember)
      await member.node.run('state leader').catch(() => undefined);
    await this.until(async () => (await member.state()).role === role, `node ${number} is a ${role}`);
  }

  /** Starts nodes 1 to n, the first as the leader, each when the one before has a place. */
  async grow(nodes: number, makers: Makers): Promise<void> {
    for (let number = 1; number <= nodes; number++) {
      await this.add(number, makers(number), number === 1 ? 'leader' : 'router');
    }
  }

  /** Nodes on both sides of these edges hear each other no longer; none: all is as the shape says. */
  async cut(...edges: readonly Edge[]): Promise<void> {
    this.#cut.clear();
    for (const [a, b] of edges) this.#cut.add(`${a}-${b}`).add(`${b}-${a}`);
    for (const member of this.members.values()) await member.hear(this.#audible(member.number));
  }

  /** Ends a node without a word. */
  async kill(number: number): Promise<void> {
    await this.members.get(number)?.kill();
    this.members.delete(number);
  }

  /** How many nodes of each role there are. */
  async roles(): Promise<Readonly<Record<string, number>>> {
    const counts: Record<string, number> = {};
    for (const { role } of await this.states()) counts[role] = (counts[role] ?? 0) + 1;
    return counts;
  }

  states(): Promise<Awaited<ReturnType<MeshMember['state']>>[]> {
    return Promise.all([...this.members.values()].map((member) => member.state()));
  }

  /** The partitions that there are, and one more while somebody is detached. */
  async partitions(): Promise<number> {
    const states = await this.states();
    return new Set(states.map(({ role, partitionId }) => (role === 'detached' ? -1 : partitionId))).size;
  }

  /** Waits until everybody is in one partition with one leader, and has a place. */
  onePartition(milliseconds?: number): Promise<void> {
    return this.until(
      async () => {
        const roles = await this.roles();
        return (await this.partitions()) === 1 && roles['leader'] === 1 && roles['detached'] === undefined;
      },
      'one partition',
      milliseconds,
    );
  }

  /** The pairs that do not answer each other, each tried three times, at their ML-EIDs. */
  async unreachable(size?: number): Promise<string[]> {
    const members = [...this.members.values()];
    const failed: string[] = [];
    for (const to of members) {
      const address = await to.address();
      for (const from of members) {
        if (from !== to && !(await this.#reaches(from, address, size))) failed.push(`${from.number} > ${to.number}`);
      }
    }
    return failed;
  }

  /** Waits for something that is asked for. */
  async until(isSo: () => Promise<boolean>, what: string, milliseconds = 60_000): Promise<void> {
    const end = performance.now() + milliseconds;
    while (!(await isSo())) {
      if (performance.now() > end) throw new Error(`never: ${what}; ${JSON.stringify(await this.states())}`);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }

  async #reaches(from: MeshMember, address: string, size?: number): Promise<boolean> {
    for (let i = 0; i < tries; i++) {
      if (await from.ping(address, size)) return true;
      this.lostPings++;
      await this.ether.at(this.ether.now() + pause);
    }
    return false;
  }

  #audible(number: number): Set<number> {
    const audible = new Set<number>();
    for (const [a, b] of this.#edges) {
      if (this.#cut.has(`${a}-${b}`)) continue;
      if (a === number) audible.add(b);
      if (b === number) audible.add(a);
    }
    return audible;
  }
}
