import { describe, expect, it } from 'vitest';
import { addressOf, MeshWorld } from '../support/mesh-world.js';

describe('a child attaches to the simplest leader (Thread 1.3 §4.5)', () => {
  it('with its receiver on, and both ping each other, 1,200 bytes too', async () => {
    const world = new MeshWorld('attach');
    const leader = await world.lead();
    const begun = world.clock.now();
    const child = await world.attach('child');
    expect(world.clock.now() - begun).toBeLessThan(800);
    expect(child.runner.node.rloc16).toBe((leader.runner.node.rloc16 ?? 0) + 1);
    for (const size of [8, 1200]) {
      expect(await world.ping(leader, addressOf(child, 'mesh-local'), size)).toBeGreaterThan(0);
      expect(await world.ping(child, addressOf(leader, 'mesh-local'), size)).toBeGreaterThan(0);
      expect(await world.ping(child, addressOf(leader, 'rloc'), size)).toBeGreaterThan(0);
      expect(await world.ping(child, addressOf(leader, 'link-local'), size)).toBeGreaterThan(0);
      expect(await world.ping(leader, addressOf(child, 'link-local'), size)).toBeGreaterThan(0);
    }
  });

  it('asleep, hearing what it polls for', async () => {
    const world = new MeshWorld('sleepy');
    const leader = await world.lead();
    const child = await world.attach('sleepy', { child: { sleepy: true, pollPeriod: 500 } });
    for (const size of [8, 1200]) {
      expect(await world.ping(leader, addressOf(child, 'mesh-local'), size)).toBeGreaterThan(0);
      expect(await world.ping(child, addressOf(leader, 'mesh-local'), size)).toBeGreaterThan(0);
    }
    await world.pass(600_000);
    expect(child.runner.node.role).toBe('child');
    expect(await world.ping(leader, addressOf(child, 'mesh-local'))).toBeGreaterThan(0);
  });

  it('and reaches other children through it', async () => {
    const world = new MeshWorld('siblings');
    await world.lead();
    const a = await world.attach('a');
    const b = await world.attach('b', { child: { sleepy: true, pollPeriod: 300 } });
    for (const [from, to] of [
      [a, b],
      [b, a],
    ] as const) {
      expect(await world.ping(from, addressOf(to, 'mesh-local'), 1000)).toBeGreaterThan(0);
      expect(await world.ping(from, addressOf(to, 'rloc'))).toBeGreaterThan(0);
    }
  });
});
