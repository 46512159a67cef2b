import { MemoryStore } from '@selvage/core/virtual';
import { describe, expect, it } from 'vitest';
import { unreachable } from '../support/mesh-shape.js';
import { addressOf, type MeshNode, MeshWorld } from '../support/mesh-world.js';

const eager = { selectionJitter: 1 };

function roles({ events }: MeshNode): string[] {
  return events.flatMap((event) => (event.kind === 'role' ? [event.role] : []));
}

async function start(world: MeshWorld, name: string, router = {}): Promise<MeshNode> {
  const node = await world.open(name, { child: { full: true }, router });
  node.runner.run((engine, now) => engine.attach(now));
  return node;
}

describe('a full device (Thread 1.3 §5.9.8)', () => {
  it('attaches, becomes a router, and links with its leader', async () => {
    const world = new MeshWorld('upgrade');
    const leader = await world.lead();
    const router = await world.route('router');
    expect(roles(router)).toEqual(['detached', 'child', 'router']);
    await world.pass(3000);
    for (const { runner } of [leader, router]) {
      const views = [...(runner.node.status.routes?.routers ?? [])];
      expect(views).toHaveLength(2);
      expect(views.map(({ cost }) => cost).sort()).toEqual([0, 1]);
    }
    expect(await unreachable(world, [leader, router])).toEqual([]);
  });

  it('goes on looking where nobody answers', async () => {
    const world = new MeshWorld('alone');
    const node = await start(world, 'node', eager);
    await world.pass(60_000);
    expect(node.runner.node.role).toBe('detached');
  });

  it('forms a partition of its own where it is asked to, within 6.5 s', async () => {
    const world = new MeshWorld('forms');
    const node = await start(world, 'node', { ...eager, formsPartition: true });
    await world.until(() => node.runner.node.role === 'leader', 6500);
    const router = await world.route('router');
    expect(await world.ping(node, addressOf(router, 'mesh-local'))).toBeGreaterThan(0);
  });

  it('leads at once when told so', async () => {
    const world = new MeshWorld('at-once');
    const begun = world.clock.now();
    const node = await world.lead();
    expect([node.runner.node.role, world.clock.now() - begun]).toEqual(['leader', 0]);
  });

  it('stays an end device where there are routers enough', async () => {
    const world = new MeshWorld('enough');
    await world.lead();
    await world.route('router');
    const reed = await start(world, 'reed', { ...eager, upgradeThreshold: 2 });
    await world.pass(60_000);
    expect(reed.runner.node.role).toBe('child');
  });

  it('becomes a router all the same for a device that would be its child', async () => {
    const world = new MeshWorld('reed-parent');
    const leader = await world.lead();
    world.ether.setLinks('leader', 'far', { reaches: false });
    const reed = await start(world, 'reed', { ...eager, upgradeThreshold: 1 });
    await world.pass(10_000);
    expect(reed.runner.node.role).toBe('child');
    const far = await world.attach('far');
    expect(reed.runner.node.role).toBe('router');
    expect(await unreachable(world, [leader, reed, far])).toEqual([]);
  });

  it('is refused a router id by a leader that has given enough, and stays what it is', async () => {
    const world = new MeshWorld('refused');
    await world.lead('leader', { router: { upgradeThreshold: 1 } });
    const reed = await start(world, 'reed', eager);
    await world.pass(20_000);
    expect(reed.runner.node.role).toBe('child');
  });
});

describe('routers are too many (Thread 1.3 §5.9.9)', () => {
  it('and one that is not needed becomes an end device again, and gives its router id back', async () => {
    const world = new MeshWorld('downgrade');
    const leader = await world.lead();
    const nodes: MeshNode[] = [leader];
    for (let i = 0; i < 9; i++) nodes.push(await world.route(`r${i}`));
    const node = await world.route('spare', { router: { downgradeThreshold: 9, selectionJitter: 5 } });
    const routerId = (node.runner.node.rloc16 ?? 0) >> 10;
    await world.until(() => node.runner.node.role === 'child', 180_000);
    await world.pass(2000);
    expect(leader.runner.node.status.routes?.isAllocated(routerId)).toBe(false);
    expect(roles(node).slice(0, 4)).toEqual(['detached', 'child', 'router', 'child']);
    expect(await unreachable(world, [leader, node, nodes[5] as MeshNode])).toEqual([]);
  });

  it('and its child hears at once that it is to look for another parent', async () => {
    const world = new MeshWorld('downgraded-parent');
    const leader = await world.lead();
    const others = ['leader'];
    for (let i = 0; i < 9; i++) {
      const name = `r${i}`;
      await world.route(name);
      others.push(name);
    }
    const spare = await world.route('spare', { router: { downgradeThreshold: 9, selectionJitter: 120 } });
    for (const other of others) world.ether.setLinks(other, 'child', { reaches: false });
    const child = await world.attach('child');
    expect((child.runner.node.rloc16 ?? 0) >> 10).toBe((spare.runner.node.rloc16 ?? 0) >> 10);
    for (const other of others) world.ether.setLinks(other, 'child', { reaches: true });
    await world.until(() => spare.runner.node.role === 'child', 300_000);
    await world.until(() => child.runner.node.role === 'detached', 500);
    await world.until(() => child.runner.node.role === 'child', 4000);
    expect(await unreachable(world, [leader, spare, child])).toEqual([]);
  });
});

describe('a restart (Thread 1.3 §4.7.7)', () => {
  it('of a router: it is one again as soon as a neighbour answers, with its children', async () => {
    const world = new MeshWorld('router-restart');
    const leader = await world.lead();
    const store = new MemoryStore();
    const before = await world.route('router', { store });
    world.ether.setLinks('leader', 'child', { reaches: false });
    const child = await world.attach('child', { child: { sleepy: true, pollPeriod: 300 } });
    const { rloc16 } = before.runner.node;
    expect((child.runner.node.rloc16 ?? 0) >> 10).toBe((rloc16 ?? 0) >> 10);
    await before.runner.stop();
    await world.pass(200);
    const begun = world.clock.now();
    const after = await world.route('router-again', { store });
    expect(world.clock.now() - begun).toBeLessThan(1600);
    expect(after.runner.node.rloc16).toBe(rloc16);
    await world.pass(3000);
    expect(roles(child)).toEqual(['detached', 'child']);
    expect(await unreachable(world, [leader, after, child])).toEqual([]);
  });

  it('of a leader: its partition goes on', async () => {
    const world = new MeshWorld('leader-restart');
    const store = new MemoryStore();
    const before = await world.lead('leader', { store, child: { full: true } });
    const router = await world.route('router');
    const partition = router.runner.node.status.partition?.partitionId;
    await world.pass(5000);
    await before.runner.stop();
    const after = await world.open('leader-again', { store, child: { full: true } });
    after.runner.run((engine, now) => engine.attach(now));
    await world.until(() => after.runner.node.role === 'leader', 1600);
    await world.pass(30_000);
    expect(after.runner.node.status.partition?.partitionId).toBe(partition);
    expect(roles(router)).toEqual(['detached', 'child', 'router']);
    expect(await unreachable(world, [after, router])).toEqual([]);
  });

  it('of a router that shall be one no longer: it is an end device, and stays one', async () => {
    const world = new MeshWorld('no-router-again');
    const leader = await world.lead();
    const store = new MemoryStore();
    const before = await world.route('router', { store });
    await before.runner.stop();
    const after = await world.attach('end-device', { store, child: { full: true }, router: { eligible: false } });
    await world.pass(200_000);
    expect(roles(after)).toEqual(['detached', 'child']);
    expect(await unreachable(world, [leader, after])).toEqual([]);
  });

  it('of a router that is known no longer: it attaches anew', async () => {
    const world = new MeshWorld('forgotten');
    const leader = await world.lead();
    const store = new MemoryStore();
    const before = await world.route('router', { store });
    await before.runner.stop();
    await world.pass(250_000);
    expect([...(leader.runner.node.status.routes?.routers ?? [])]).toHaveLength(1);
    const after = await world.route('router-again', { store });
    expect(roles(after)).toEqual(['detached', 'child', 'router']);
    expect(await unreachable(world, [leader, after])).toEqual([]);
  });
});
