import { describe, expect, it } from 'vitest';
import { MeshWorld } from '../support/mesh-world.js';

describe('a full device (Thread 1.3 §5.9.8)', () => {
  it('attaches, becomes a router, and links with its leader', async () => {
    const world = new MeshWorld('upgrade');
    const leader = await world.lead();
    const router = await world.route('router');
    expect(router.events.filter((event) => event.kind === 'role').map((event) => event.role)).toEqual([
      'detached',
      'child',
      'router',
    ]);
    await world.pass(3000);
    for (const { runner } of [leader, router]) {
      const views = [...(runner.node.status.routes?.routers ?? [])];
      expect(views).toHaveLength(2);
      expect(views.map(({ cost }) => cost).sort()).toEqual([0, 1]);
    }
  });
});
