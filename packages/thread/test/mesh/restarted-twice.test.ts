import { describe, expect, it } from 'vitest';
import { type MeshNode, MeshWorld } from '../support/mesh-world.js';

describe('a router whose power goes twice, the second time before its children have answered it', () => {
  it.each(['mains', 'battery'])('has its children still (on the %s)', async (seed) => {
    const world = new MeshWorld(seed);
    const leader = await world.lead();
    let router = await world.route('router');
    world.ether.setLinks('leader', 'child', { reaches: false });
    const child = await world.attach('child', { child: { sleepy: seed === 'battery', pollPeriod: 100, timeout: 60 } });
    await world.pass(5000);
    const { rloc16 } = child.runner.node;
    for (let times = 0; times < 2; times++) router = await restarted(world, router);
    await world.pass(5000);
    expect(child.runner.node.rloc16).toBe(rloc16);
    // Who sleeps may have had no answer meanwhile; the other has noticed nothing.
    const detached = child.events.filter(({ kind }) => kind === 'detached');
    if (seed === 'mains') expect(detached).toEqual([]);
    const address = child.runner.node.ip.addresses.unicast.find(({ kind }) => kind === 'rloc')!.address;
    expect(await world.ping(leader, address)).toBeDefined();
  });
});

/** Takes a node's power, and lets time pass until it is a router again and not a moment longer. */
async function restarted(world: MeshWorld, { name, runner, store, home }: MeshNode): Promise<MeshNode> {
  await runner.stop();
  const node = await world.open(name, { store, home, child: { full: true }, router: { selectionJitter: 1 } });
  node.runner.run((engine, now) => engine.attach(now));
  await world.until(() => node.runner.node.role === 'router');
  return node;
}
