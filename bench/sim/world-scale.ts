/** A process of its own that holds a mesh of many nodes; prints what one weighs, and how much faster than real time it lives. */
import { type NodeKind, World } from '@selvage/sim';
import { isRouterRloc16 } from '@selvage/thread';
import { resident } from '../resident.js';

const count = Number(process.argv[2]);
const warmUp = 10;
/** Metres: up to 32 routers reach everybody, over some hops. */
const [range, spacing] = [100, 17] as const;
/** Half of them may be routers; a quarter sleeps. */
const kinds: readonly NodeKind[] = ['router', 'sleepy', 'router', 'end-device'];
/** Milliseconds of virtual time. */
const [betweenStarts, patience, settling, measured] = [250, 1_800_000, 900_000, 600_000] as const;

const warm = await meshOf('warm', warmUp);
await warm.run(settling);
const before = await resident();
const world = await meshOf('bench', count);
const formed = await world.until(() => [...world.nodes].every(isAttached), patience);
await world.run(settling);
const after = await resident();
const { transmitted } = world.ether.counters;
const begun = process.cpuUsage();
await world.run(measured);
const { user, system } = process.cpuUsage(begun);
const statuses = [...world.nodes].flatMap(({ thread }) => (thread === undefined ? [] : [thread.status]));
process.stdout.write(
  JSON.stringify({
    bytes: (after - before) / (count - warmUp),
    times: (measured * 1000) / (user + system),
    frames: world.ether.counters.transmitted - transmitted,
    routers: statuses.filter(({ rloc16 }) => rloc16 !== undefined && isRouterRloc16(rloc16)).length,
    partitions: new Set(statuses.map(({ partition }) => partition?.partitionId)).size,
    attached: [...world.nodes].filter(isAttached).length,
    formed: formed ?? null,
  }),
);

async function meshOf(seed: string, nodes: number): Promise<World> {
  const mesh = new World({ seed, range });
  const columns = Math.ceil(Math.sqrt(count));
  for (let i = 0; i < nodes; i++) {
    const kind = kinds[i % kinds.length] as NodeKind;
    const position = { x: (i % columns) * spacing, y: Math.floor(i / columns) * spacing };
    const node = mesh.add({ name: `n${i}`, kind, position });
    mesh.at(i * betweenStarts, () => node.start(i === 0 ? 'lead' : 'attach'));
  }
  await mesh.run(nodes * betweenStarts);
  return mesh;
}

function isAttached({ thread }: { readonly thread?: { readonly rloc16: number | undefined } | undefined }): boolean {
  return thread?.rloc16 !== undefined;
}
