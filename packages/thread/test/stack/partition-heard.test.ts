import { describe, expect, it } from 'vitest';
import { MeshWorld } from '../support/mesh-world.js';

describe('a node tells of another partition of its network', () => {
  it('by the Advertisements that it hears of it, and of its own never', async () => {
    const world = new MeshWorld('partitions heard');
    const leader = await world.lead('leader');
    const child = await world.attach('child');
    const told = () => child.events.flatMap((event) => (event.kind === 'partition-heard' ? [event] : []));
    await world.pass(60_000);
    expect(told()).toEqual([]);
    const other = await world.lead('other');
    const { partition } = other.runner.node.status;
    await world.until(() => told().length > 0, 60_000);
    expect(told()[0]).toMatchObject({ partition: { partitionId: partition?.partitionId } });
    expect(leader.runner.node.role).toBeDefined();
  });
});
