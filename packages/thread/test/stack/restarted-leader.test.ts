/** A leader that was started again from a store that is not sealed: the keys of its dataset are in its key home alone. */
import { encode, tryDecode } from '@selvage/core';
import { MemoryStore } from '@selvage/core/virtual';
import { type MeshcopTlv, meshcopTlvs, timestampOf } from '@selvage/thread';
import { describe, expect, it } from 'vitest';
import { type MeshNode, MeshWorld } from '../support/mesh-world.js';

async function told(world: MeshWorld, { runner }: MeshNode, path: string, tlvs: MeshcopTlv[]) {
  let state: unknown;
  runner.run(({ commissioning }, now) =>
    commissioning.askLeader(path, encode(meshcopTlvs, tlvs), now, (outcome) => {
      const answer = outcome.kind === 'answer' ? tryDecode(meshcopTlvs, outcome.payload) : undefined;
      state = meshcopTlvs.first(answer ?? [], 'state') ?? outcome.kind;
    }),
  );
  await world.until(() => state !== undefined, 60_000);
  return state;
}

const named = (seconds: number, name: string): MeshcopTlv[] => [
  { type: 'activeTimestamp', value: timestampOf(seconds) },
  { type: 'networkName', value: new TextEncoder().encode(name) },
];

describe('a leader that was started again', () => {
  it('answers whoever gives it a dataset, though it cannot compare the network keys', async () => {
    const world = new MeshWorld('leader again');
    const store = new MemoryStore();
    const first = await world.lead('leader', { store });
    expect(await told(world, first, 'c/as', named(9, 'renamed'))).toBe('accept');
    await world.pass(1000);
    await first.runner.stop();

    const second = await world.lead('leader', { store, home: first.home });
    expect(second.runner.node.dataset.name).toBe('renamed');
    expect(second.runner.node.dataset.get('networkKey')).toBeUndefined();
    const pending: MeshcopTlv[] = [
      ...named(10, 'again'),
      { type: 'pendingTimestamp', value: timestampOf(10) },
      { type: 'delay', value: 60_000 },
    ];
    expect(await told(world, second, 'c/ps', pending)).toBe('reject');
    const networkKey = world.dataset.get('networkKey')!;
    expect(await told(world, second, 'c/ps', [...pending, { type: 'networkKey', value: networkKey }])).toBe('reject');
    // Only what has both keys is a dataset that others can be given.
    const keys: MeshcopTlv[] = [
      { type: 'networkKey', value: networkKey },
      { type: 'pskc', value: world.dataset.get('pskc')! },
    ];
    expect(await told(world, second, 'c/ps', [...pending, ...keys])).toBe('accept');
  });
});
