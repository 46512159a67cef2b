import { describe, expect, it } from 'vitest';
import { growMesh, nodeName, unreachable } from '../support/mesh-growth.js';
import { MeshWorld } from '../support/mesh-world.js';
import { line } from '../support/shapes.js';

const minute = 60_000;
const rotationHours = 2;
const hours = 6;
const routers = 4;

describe('a mesh whose key rotates by itself', () => {
  it('moves on together each time: every pair is reached, nobody is detached, asleep or awake', async () => {
    const world = new MeshWorld('rotation', {}, { rotationHours, flags: Uint8Array.of(0xf7, 0xf8) });
    const nodes = await growMesh(world, routers, line(routers));
    const sleeper = nodeName(routers + 1);
    for (let number = 1; number < routers; number++)
      world.ether.setLinks(nodeName(number), sleeper, { reaches: false });
    nodes.push(await world.attach(sleeper, { child: { sleepy: true, pollPeriod: 1000 } }));
    for (let at = 0; at < hours * 60; at += 10) {
      await world.pass(10 * minute);
      expect(await unreachable(world, nodes), `minute ${at}`).toEqual([]);
    }
    const sequences = nodes.map(({ runner }) => runner.node.keys.current.sequence);
    expect(new Set(sequences).size).toBe(1);
    expect(sequences[0]).toBeGreaterThanOrEqual(hours / rotationHours - 1);
    expect(nodes.flatMap(({ events }) => events.filter(({ kind }) => kind === 'detached'))).toEqual([]);
  });
});
