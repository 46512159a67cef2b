import { expect, it } from 'vitest';
import { meshEther } from '../support/mesh-ether.js';
import { MixedMesh } from '../support/mixed-mesh.js';
import { recordMesh } from '../support/record-mesh.js';
import { freshDataset, type OpenThreadEther } from '../support/openthread-ether.js';
import { line, ring } from '../support/shapes.js';
import { etherOfEachTest, openThread } from '../support/openthread-suite.js';

const long = 180_000;
const sleepers = ['mode -', 'pollperiod 200'] as const;
let ether: OpenThreadEther;

etherOfEachTest(meshEther, (own) => (ether = own));

/** Every pair, small and in fragments. */
async function expectReach(mesh: MixedMesh): Promise<void> {
  for (const size of [8, 1200]) expect(await mesh.unreachable(size)).toEqual([]);
}

openThread('an OpenThread router of our leader', () => {
  it('gets its id, links, and parents a child and a sleepy child of theirs', { timeout: long }, async () => {
    const mesh = new MixedMesh(ether, freshDataset(), [...line(3), [2, 4]]);
    await mesh.grow(2, (number) => (number === 1 ? 'ours' : 'theirs'));
    await mesh.theirs(3, 'mtd');
    await mesh.theirs(4, 'mtd', ...sleepers);
    await mesh.onePartition();
    expect(await mesh.roles()).toEqual({ leader: 1, router: 1, child: 2 });
    await expectReach(mesh);
  });

  it('parents a child and a sleepy child of ours', { timeout: long }, async () => {
    const mesh = new MixedMesh(ether, freshDataset(), [...line(3), [2, 4]]);
    await mesh.grow(2, (number) => (number === 1 ? 'ours' : 'theirs'));
    await mesh.ours(3, 'attach', {});
    await mesh.ours(4, 'attach', { sleepy: true, pollPeriod: 200 });
    await mesh.onePartition();
    expect(await mesh.roles()).toEqual({ leader: 1, router: 1, child: 2 });
    await expectReach(mesh);
  });
});

openThread('our router of an OpenThread leader', () => {
  it('gets its id, links, and parents a child, a sleepy child and a full one of theirs', {
    timeout: long,
  }, async () => {
    const mesh = new MixedMesh(ether, freshDataset(), [...line(3), [2, 4], [2, 5]]);
    await mesh.grow(2, (number) => (number === 1 ? 'theirs' : 'ours'));
    await mesh.theirs(3, 'mtd');
    await mesh.theirs(4, 'mtd', ...sleepers);
    await mesh.theirs(5, 'ftd', 'routereligible disable');
    await mesh.onePartition();
    expect(await mesh.roles()).toEqual({ leader: 1, router: 1, child: 3 });
    await expectReach(mesh);
  });

  it('carries a router of theirs that is parent of ours', { timeout: long }, async () => {
    const mesh = new MixedMesh(ether, freshDataset(), line(4));
    const recorded = await recordMesh(mesh, '02-mixed-line');
    await mesh.grow(3, (number) => (number === 2 ? 'ours' : 'theirs'));
    await mesh.ours(4, 'attach', { sleepy: true, pollPeriod: 200 });
    await mesh.onePartition();
    expect(await mesh.roles()).toEqual({ leader: 1, router: 2, child: 1 });
    expect(await mesh.unreachable(200)).toEqual([]);
    await recorded();
    await expectReach(mesh);
  });

  it('is told by none of them apart: each leads in turn where all hear each other', { timeout: long }, async () => {
    for (const first of ['ours', 'theirs'] as const) {
      const mesh = new MixedMesh(ether, freshDataset(), ring(3));
      await mesh.grow(3, (number) => (number % 2 === 1 ? first : first === 'ours' ? 'theirs' : 'ours'));
      await expectReach(mesh);
      for (const number of [...mesh.members.keys()]) await mesh.kill(number);
    }
  });
});
