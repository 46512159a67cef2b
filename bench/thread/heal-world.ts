/** How long our nodes take to find together again after their leader went, in virtual time. */
import { SelvageError } from '@selvage/core';
import { World, type WorldNode } from '@selvage/sim';
import { healGrid, neighboursIn } from './heal-grid.js';

const minute = 60_000;
const patience = { form: 10 * minute, heal: 20 * minute, ping: 3000 } as const;
/** Until the next try, milliseconds. */
const pause = 500;

/** Milliseconds of virtual time from the leader's end until one leader leads all and every pair answers. */
export async function healOurs(seed: string): Promise<number> {
  const world = new World({ seed });
  const nodes = [healGrid.leader, ...healGrid.others].map((number) => ({
    number,
    node: world.add({ name: String(number), kind: 'router', router: { selectionJitter: 1 } }),
  }));
  for (const a of nodes) {
    for (const b of nodes) {
      if (a.number >= b.number || neighboursIn(a.number).includes(b.number)) continue;
      world.setLink(a.node.name, b.node.name, { reaches: false });
    }
  }
  for (const { number, node } of nodes) {
    node.start(number === healGrid.leader ? 'lead' : 'attach');
    await world.run(1000);
  }
  const all = nodes.map(({ node }) => node);
  await whole(world, all, patience.form);
  const [leader, ...others] = all as [WorldNode, ...WorldNode[]];
  leader.cutPower();
  return whole(world, others, patience.heal);
}

/** Waits until all is well; gives how long that took: every pair answers from then on. */
async function whole(world: World, nodes: readonly WorldNode[], within: number): Promise<number> {
  const begun = world.now();
  for (;;) {
    const left = begun + within - world.now();
    const waited = await world.until(() => isWhole(nodes), left);
    if (waited === undefined) throw new SelvageError('timed-out', `the mesh of seed ${world.seed} did not heal`);
    const since = world.now();
    if (await allAnswer(world, nodes)) return since - begun;
    await world.run(pause);
  }
}

/** One leader, and everybody else a router of its partition. */
function isWhole(nodes: readonly WorldNode[]): boolean {
  const states = nodes.map(({ thread }) => thread?.status);
  const [first] = states;
  const leaders = states.filter((state) => state?.role === 'leader').length;
  const isRouting = states.every((state) => state?.role === 'leader' || state?.role === 'router');
  const partition = first?.partition?.partitionId;
  return leaders === 1 && isRouting && states.every((state) => state?.partition?.partitionId === partition);
}

/** One after the other: what many ask at once collides on the air. */
async function allAnswer(world: World, nodes: readonly WorldNode[]): Promise<boolean> {
  for (const to of nodes) {
    const address = to.thread?.ip.addresses.unicast.find(({ kind }) => kind === 'mesh-local')?.address;
    if (address === undefined) return false;
    for (const from of nodes) {
      if (from !== to && !(await answers(world, from, address))) return false;
    }
  }
  return true;
}

async function answers(world: World, from: WorldNode, to: Uint8Array): Promise<boolean> {
  let roundTrip: number | undefined;
  let isOver = false;
  from.ping(to, 8, patience.ping, (answer) => {
    roundTrip = answer;
    isOver = true;
  });
  await world.until(() => isOver, 2 * patience.ping);
  return roundTrip !== undefined;
}
