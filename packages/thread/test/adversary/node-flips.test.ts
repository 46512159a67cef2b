import { describe, expect, it } from 'vitest';
import { Flipper } from '../support/flipper.js';
import { addressOf, MeshWorld } from '../support/mesh-world.js';

describe('every bit of every frame between two good nodes, flipped on the air', () => {
  it.each([
    ['awake', false, 22_448],
    ['asleep', true, 34_560],
  ] as const)('changes no state of either, and is counted: a child attaches %s', async (_name, sleepy, count) => {
    let flips = 0;
    for (let pass = 0; pass < 8; pass++) {
      const world = new MeshWorld(`flips-${String(sleepy)}`);
      const leader = await world.lead();
      const child = await world.open('child', { child: { sleepy, pollPeriod: 200, timeout: 10 } });
      const flipper = new Flipper(world, [leader, child], pass);
      child.runner.run((engine, now) => engine.attach(now));
      await world.until(() => child.runner.node.role === 'child');
      expect(await world.ping(child, addressOf(leader, 'mesh-local'), 300), `pass ${pass}`).toBeGreaterThan(0);
      expect(await world.ping(leader, addressOf(child, 'mesh-local'), 300), `pass ${pass}`).toBeGreaterThan(0);
      await world.pass(20_000);
      expect(child.runner.node.role).toBe('child');
      expect(flipper.violations.slice(0, 3)).toEqual([]);
      expect(flipper.uncounted.slice(0, 3)).toEqual([]);
      flips += flipper.flips;
    }
    expect(flips).toBe(count);
  });
});
