import { describe, expect, it } from 'vitest';
import { Insider } from '../support/insider.js';
import { addressOf, type MeshNode, MeshWorld } from '../support/mesh-world.js';

const idOf = ({ runner }: MeshNode): number => (runner.node.rloc16 ?? 0) >> 10;
const childrenOf = ({ runner }: MeshNode): number | undefined => runner.node.status.children;

/** A leader and two routers in a triangle, and a child under the first of these that hears nobody else. */
async function moving(sleepy: boolean, seed = 'moving') {
  const world = new MeshWorld(seed);
  const leader = await world.lead();
  const [former, next] = [await world.route('former'), await world.route('next')];
  for (const other of ['leader', 'next']) world.ether.setLinks(other, 'child', { reaches: false });
  const child = await world.attach('child', { child: { sleepy, pollPeriod: 1000 } });
  expect(idOf(child)).toBe(idOf(former));
  const move = async (from: MeshNode, to: MeshNode): Promise<void> => {
    world.ether.setLinks(from.name, 'child', { reaches: false });
    world.ether.setLinks(to.name, 'child', undefined);
    await world.until(() => child.runner.node.role === 'child' && idOf(child) === idOf(to));
  };
  return { world, leader, former, next, child, move };
}

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
    // Nor does the child's word to its former parent arrive.
    world.ether.setLinks('leader', 'other', { reaches: false });
    await world.pass(20_000);
    expect(other.runner.node.status.children).toBe(1);
    await world.pass(11_000);
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

describe.each([
  ['awake', false],
  ['sleepy', true],
] as const)('a minimal child, %s, that is out of reach of its parent, under another one', (_name, sleepy) => {
  it('takes leave: nothing more is sent to it where it was, and it reaches its former parent at once', async () => {
    const { world, leader, former, next, child, move } = await moving(sleepy);
    expect(await world.ping(leader, addressOf(child, 'mesh-local'))).toBeDefined();
    await world.pass(5000);
    await move(former, next);
    expect(childrenOf(former)).toBe(1);
    await world.until(() => childrenOf(former) === 0, 500);
    expect(await world.ping(child, addressOf(former, 'mesh-local'))).toBeDefined();
    expect(await world.ping(former, addressOf(child, 'mesh-local'))).toBeDefined();
    // The leader is told where the child is not, and asks where it is.
    const began = world.clock.now();
    while ((await world.ping(leader, addressOf(child, 'mesh-local'))) === undefined)
      expect(world.clock.now()).toBeLessThan(began + 30_000);
  });

  it('is not lost by its own leave-taking that comes late, after it came back', async () => {
    const { world, former, next, child, move } = await moving(sleepy);
    await move(former, next);
    await world.pass(10_000);
    await move(next, former);
    const back = world.clock.now();
    const late = new Insider(next);
    while (world.clock.now() < back + 4000) {
      late.node.runner.run(({ ip }) => ip.sendEmpty(addressOf(former, 'rloc'), addressOf(child, 'mesh-local')));
      await world.pass(500);
    }
    await world.pass(40_000);
    expect([childrenOf(former), childrenOf(next)]).toEqual([1, 0]);
    expect(await world.ping(former, addressOf(child, 'mesh-local'))).toBeDefined();
  });

  it('and one in whose name a member takes leave finds back', async () => {
    const { world, leader, former, next, child } = await moving(sleepy);
    const insider = new Insider(next);
    await world.pass(10_000);
    insider.node.runner.run(({ ip }) => ip.sendEmpty(addressOf(former, 'rloc'), addressOf(child, 'mesh-local')));
    await world.until(() => childrenOf(former) === 0, 1000);
    await world.until(() => childrenOf(former) === 1, 300_000);
    await world.pass(2000);
    expect(await world.ping(leader, addressOf(child, 'mesh-local'))).toBeDefined();
  });
});
