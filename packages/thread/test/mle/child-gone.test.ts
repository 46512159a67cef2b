import { describe, expect, it } from 'vitest';
import { MeshWorld } from '../support/mesh-world.js';

describe('a sleepy child that looks for another parent', () => {
  it('is none of the former parent after 30 s: what is sent to it by others there is not left to wait for its polls', async () => {
    const world = new MeshWorld('gone');
    const leader = await world.lead();
    const other = await world.route('other');
    world.ether.setLinks('leader', 'child', { reaches: false });
    const child = await world.attach('child', { child: { sleepy: true, pollPeriod: 1000 } });
    const parentOf = (): number => (child.runner.node.rloc16 ?? 0) >> 10;
    const [first, second] = [other, leader].map(({ runner }) => (runner.node.rloc16 ?? 0) >> 10);
    expect(parentOf()).toBe(first);
    // It hears nothing of its parent any more, which hears it.
    world.ether.setLink('other', 'child', { reaches: false });
    world.ether.setLinks('leader', 'child', undefined);
    await world.until(() => parentOf() === second);
    expect(other.runner.node.status.children).toBe(1);
    await world.pass(31_000);
    expect(other.runner.node.status.children).toBe(0);
    expect(leader.runner.node.status.children).toBe(1);
  });

  it('stays where it is heard again', async () => {
    const world = new MeshWorld('stays');
    const leader = await world.lead();
    const child = await world.attach('child', { child: { sleepy: true, pollPeriod: 1000 } });
    const { rloc16 } = child.runner.node;
    world.ether.setLink('leader', 'child', { reaches: false });
    await world.until(() => child.runner.node.role === 'detached');
    world.ether.setLink('leader', 'child', undefined);
    await world.until(() => child.runner.node.role === 'child');
    await world.pass(60_000);
    expect(child.runner.node.rloc16).toBe(rloc16);
    expect(leader.runner.node.status.children).toBe(1);
  });
});
