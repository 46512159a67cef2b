import { expect, it } from 'vitest';
import { meshEther } from '../support/mesh-ether.js';
import { MixedMesh } from '../support/mixed-mesh.js';
import { freshDataset, type OpenThreadEther } from '../support/openthread-ether.js';
import { grid, line, ring } from '../support/shapes.js';
import { etherOfEachTest, openThread } from '../support/openthread-suite.js';

const long = 600_000;
const nodes = 10;
let ether: OpenThreadEther;

etherOfEachTest(meshEther, (own) => (ether = own));

const shapes = [
  ['a line', line(nodes)],
  ['a ring', ring(nodes)],
  ['a grid', grid(nodes, 4)],
] as const;

openThread('ten nodes, every other one ours', () => {
  for (const [name, edges] of shapes) {
    for (const leader of ['ours', 'theirs'] as const) {
      it(`in ${name}, led by ${leader}: every pair pings, 1,200 bytes too`, { timeout: long }, async () => {
        const other = leader === 'ours' ? 'theirs' : 'ours';
        const mesh = new MixedMesh(ether, freshDataset(), edges);
        await mesh.grow(nodes, (number) => (number % 2 === 1 ? leader : other));
        await mesh.onePartition();
        expect(await mesh.roles()).toEqual({ leader: 1, router: nodes - 1 });
        for (const size of [8, 1200]) expect(await mesh.unreachable(size)).toEqual([]);
        expect(mesh.lostPings).toBeLessThan(20);
      });
    }
  }
});
