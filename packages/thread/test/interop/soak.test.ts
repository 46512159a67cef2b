import { appendFileSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import { OurMember } from '../support/mesh-member.js';
import { MixedMesh } from '../support/mixed-mesh.js';
import { hasOpenThread } from '../support/openthread.js';
import { freshDataset, OpenThreadEther } from '../support/openthread-ether.js';
import { type Edge, line } from '../support/shapes.js';

/** Hours of the mesh's time to run for, at OpenThread's speed-up of 20; nothing runs without them. */
const hours = Number(process.env['SELVAGE_SOAK_HOURS'] ?? '0');
/** Where each hour is written down; nowhere by default. */
const log = process.env['SELVAGE_SOAK_LOG'];
const soak = hasOpenThread && hours > 0 ? describe : describe.skip;

const speed = 20;
const minute = 60_000;
const roundEvery = 10 * minute;
const rotationHours = 2;
/** Four routers in a line, two of each, and a sleeper at each of the two in the middle. */
const edges: readonly Edge[] = [...line(4), [2, 5], [3, 6]];
const ether = new OpenThreadEther(Number(process.env['SELVAGE_SOAK_OFFSET'] ?? '55'), speed);

afterAll(() => ether.close());

soak('a mesh of both implementations, for a long time', () => {
  it('keeps its pairs reachable while the key rotates', { timeout: ((hours + 1) * 60 * minute) / speed }, async () => {
    const dataset = freshDataset().with({ securityPolicy: { rotationHours, flags: Uint8Array.of(0xf7, 0xf8) } });
    const mesh = new MixedMesh(ether, dataset, edges);
    await mesh.grow(4, (number) => (number % 2 === 1 ? 'theirs' : 'ours'));
    await mesh.theirs(5, 'mtd', 'mode -', 'pollperiod 1000');
    await mesh.ours(6, 'attach', { sleepy: true, pollPeriod: 1000 });
    const ours = [...mesh.members.values()].filter((member) => member instanceof OurMember);
    await mesh.onePartition();
    const begun = ether.now();
    const detached = (): number =>
      ours.reduce((sum, { node }) => sum + node.events.filter(({ kind }) => kind === 'detached').length, 0);
    let [rounds, pings] = [0, 0];
    const failures: string[] = [];
    for (let hour = 1; hour <= hours; hour++) {
      while (ether.now() < begun + hour * 60 * minute) {
        const size = rounds % 6 === 0 ? 1200 : 8;
        const failed = await mesh.unreachable(size);
        failures.push(...failed.map((pair) => `hour ${hour}: ${pair}`));
        rounds++;
        pings += mesh.members.size * (mesh.members.size - 1);
        await ether.at(begun + rounds * roundEvery);
      }
      for (const { node } of ours) {
        // What was told about pings is not kept for a day.
        const kept = node.events.filter(({ kind }) => kind !== 'echo');
        node.events.splice(0, node.events.length, ...kept);
      }
      const facts = {
        hour,
        pings,
        lost: mesh.lostPings,
        failed: failures,
        roles: await mesh.roles(),
        partitions: await mesh.partitions(),
        sequences: await Promise.all([...mesh.members.values()].map((member) => member.keySequence())),
        detached: detached(),
        megabytes: Math.round(process.memoryUsage.rss() / 2 ** 20),
      };
      if (log !== undefined) appendFileSync(log, `${JSON.stringify(facts)}\n`);
    }
    const sequences = await Promise.all([...mesh.members.values()].map((member) => member.keySequence()));
    expect(new Set(sequences).size).toBe(1);
    expect(sequences[0]).toBeGreaterThanOrEqual(Math.floor(hours / rotationHours) - 1);
    // A machine with other work acknowledges late now and then: there are 0.8 ms for that at this speed.
    expect(failures.length, failures.join(', ')).toBeLessThan(pings / 500);
    await mesh.onePartition();
    expect(await mesh.unreachable()).toEqual([]);
  });
});
