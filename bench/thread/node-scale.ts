/** A process of its own that holds many children of one leader on the virtual ether; prints bytes a child. */
import { fromHex } from '@selvage/core';
import { MemoryStore, SeededEntropy, VirtualClock } from '@selvage/core/virtual';
import { LocalKeyHome, nativeCore } from '@selvage/crypto';
import { generateDataset, type NodeRunner, openThreadNode, VirtualEther } from '@selvage/thread';
import { resident } from '../resident.js';

const children = Number(process.argv[2]);
const warmUp = 10;
const clock = new VirtualClock();
const ether = new VirtualEther({ clock, seed: 'scale' });
const dataset = generateDataset({
  core: nativeCore,
  entropy: new SeededEntropy('dataset'),
  values: { channel: { page: 0, channel: 15 }, meshLocalPrefix: fromHex('fd00110022003300') },
});
const nodes: NodeRunner[] = [];
const router = { mostChildren: 500 };

const leader = await open('leader', false);
leader.run((node, now) => node.lead(now));
for (let i = 0; i < warmUp; i++) await attach(`warm-${i}`, i);
const before = await resident();
for (let i = 0; i < children; i++) await attach(`child-${i}`, i);
const after = await resident();
process.stdout.write(String((after - before) / children));

/** Every other one is sleepy. */
async function attach(name: string, number: number): Promise<void> {
  const child = await open(name, number % 2 === 1);
  nodes.push(child);
  child.run((node, now) => node.attach(now));
  await clock.runUntil(() => child.node.role === 'child', clock.now() + 60_000);
}

async function open(name: string, sleepy: boolean): Promise<NodeRunner> {
  const entropy = new SeededEntropy(name);
  const home = new LocalKeyHome({ core: nativeCore, entropy });
  const parts = { core: nativeCore, entropy, clock, home, store: new MemoryStore(), dataset };
  return openThreadNode({ ...parts, radio: ether.open(name), child: { sleepy, pollPeriod: 10_000 }, router });
}
