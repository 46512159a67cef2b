/** How long OpenThread's nodes take to find together again after their leader went, in real time. */
import type { PeerMeasured } from '../figure.js';
import { OpenThreadNode } from '../peers/open-thread-node.js';
import { healGrid, neighboursIn } from './heal-grid.js';

const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 500));

/** From the leader's end until there is one leader again, all have routes to all, and every pair then answered. */
export async function healTheirs(): Promise<PeerMeasured> {
  const nodes = new Map<number, OpenThreadNode>();
  try {
    await start(nodes);
    await whole(nodes);
    await nodes.get(healGrid.leader)?.stop();
    nodes.delete(healGrid.leader);
    const killed = performance.now();
    return { value: ((await whole(nodes)) - killed) / 1000, n: 1, name: 'OpenThread ot-cli-ftd, real time' };
  } finally {
    await Promise.all([...nodes.values()].map((node) => node.stop()));
  }
}

/** Waits until all is well; gives since when it was. */
async function whole(nodes: ReadonlyMap<number, OpenThreadNode>): Promise<number> {
  for (;;) {
    const since = performance.now();
    if ((await isWhole(nodes)) && (await allAnswer(nodes))) return since;
    await pause();
  }
}

/** The leader first, so that all join its partition. */
async function start(nodes: Map<number, OpenThreadNode>): Promise<void> {
  let dataset: string | undefined;
  for (const number of [healGrid.leader, ...healGrid.others]) {
    const node = new OpenThreadNode('ot-cli-ftd', number);
    nodes.set(number, node);
    for (const other of neighboursIn(number)) await node.run(`nodeidfilter allow ${other}`);
    if (dataset === undefined) {
      await node.all('dataset init new', 'dataset commit active');
      dataset = await node.value('dataset active -x');
    }
    const commands = [`dataset set active ${dataset}`, 'routerselectionjitter 1', 'ifconfig up', 'thread start'];
    await node.all(...commands);
    if (number === healGrid.leader) await node.becomes('leader');
  }
}

/** One leader, everybody else a router of its partition, and nobody without a route to any of them. */
async function isWhole(nodes: ReadonlyMap<number, OpenThreadNode>): Promise<boolean> {
  const states = await Promise.all([...nodes.values()].map(stateOf));
  const [first] = states;
  const leaders = states.filter(({ role }) => role === 'leader').length;
  const isRouting = states.every(({ role }) => role === 'leader' || role === 'router');
  const known = new Set(states.map(({ rloc16 }) => rloc16));
  const isReached = states.every(({ routes }) => [...known].every((rloc16) => routes.has(rloc16)));
  return leaders === 1 && isRouting && isReached && states.every(({ partition }) => partition === first?.partition);
}

async function stateOf(node: OpenThreadNode) {
  const role = await node.value('state');
  const rloc16 = Number.parseInt(await node.value('rloc16'), 16);
  // A detached node has no leader data, and says so with an error.
  const partition = (await node.run('leaderdata').catch(() => [])).find((line) => line.startsWith('Partition ID'));
  const routes = new Set([rloc16]);
  for (const row of await node.run('router table')) {
    const [, , address, nextHop, , , , , , link] = row.split('|').map((cell) => cell.trim());
    if (Number(nextHop) !== noHop || link === '1') routes.add(Number(address));
  }
  return { role, rloc16, partition, routes };
}

/** OpenThread's word for a router that is not reached through another. */
const noHop = 63;

async function allAnswer(nodes: ReadonlyMap<number, OpenThreadNode>): Promise<boolean> {
  const all = [...nodes.values()];
  const addresses = await Promise.all(all.map((node) => node.value('ipaddr mleid')));
  const answered = await Promise.all(
    all.map(async (node, i) => {
      for (const address of addresses.filter((_, j) => j !== i)) {
        const printed = await node.run(`ping ${address} 8 1 1 3`);
        if (!printed.some((line) => line.includes('1 packets received'))) return false;
      }
      return true;
    }),
  );
  return answered.every(Boolean);
}
