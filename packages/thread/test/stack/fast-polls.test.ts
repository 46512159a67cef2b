import { describe, expect, it } from 'vitest';
import { addressOf, MeshWorld } from '../support/mesh-world.js';

describe('a sleepy child at polls every 250 ms', () => {
  it.each([
    ['is asked and answers, one time after the other, in 50 ms each', 8, 50],
    ['is asked 1,200 bytes and answers them, in 350 ms each', 1200, 350],
  ] as const)('%s', async (_name, size, most) => {
    const world = new MeshWorld('fast-polls');
    const leader = await world.lead();
    const child = await world.attach('child', { child: { sleepy: true, pollPeriod: 250 } });
    await world.ping(leader, addressOf(child, 'mesh-local'), size);
    const start = world.clock.now();
    for (let i = 0; i < 20; i++) expect(await world.ping(leader, addressOf(child, 'mesh-local'), size)).toBeDefined();
    expect((world.clock.now() - start) / 20).toBeLessThan(most);
    const own = world.clock.now();
    for (let i = 0; i < 20; i++) expect(await world.ping(child, addressOf(leader, 'mesh-local'), size)).toBeDefined();
    expect((world.clock.now() - own) / 20).toBeLessThan(most);
  });

  it('polls no more often than before once nothing is going on', async () => {
    const world = new MeshWorld('slow-polls');
    await world.lead();
    const child = await world.attach('child', { child: { sleepy: true, pollPeriod: 250, timeout: 600 } });
    await world.pass(5000);
    const before = child.runner.node.link.counters.transmitted;
    await world.pass(10_000);
    expect(child.runner.node.link.counters.transmitted - before).toBe(40);
  });
});
