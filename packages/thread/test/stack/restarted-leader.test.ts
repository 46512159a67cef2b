/** A leader that was started again from a store that is not sealed: what lies there of its dataset has no keys. */
import { encode, Secret, toHex, tryDecode } from '@selvage/core';
import { MemoryStore } from '@selvage/core/virtual';
import { nativeCore } from '@selvage/crypto';
import { type Dataset, type MeshcopTlv, meshcopTlvs, timestampOf } from '@selvage/thread';
import { describe, expect, it } from 'vitest';
import { datasetBytes } from '../../src/stack/network-record.js';
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

const pending: MeshcopTlv[] = [
  ...named(10, 'again'),
  { type: 'pendingTimestamp', value: timestampOf(10) },
  { type: 'delay', value: 60_000 },
];

/** A leader whose network was renamed, started again with this of its dataset. */
async function startedAgain(seed: string, given: (dataset: Dataset) => Dataset) {
  const world = new MeshWorld(seed);
  const store = new MemoryStore();
  const first = await world.lead('leader', { store });
  expect(await told(world, first, 'c/as', named(9, 'renamed'))).toBe('accept');
  await world.pass(1000);
  await first.runner.stop();
  const leader = await world.lead('leader', { store, home: first.home, dataset: given(world.dataset) });
  expect(leader.runner.node.dataset.name).toBe('renamed');
  return { world, leader, store };
}

const keysOf = (dataset: Dataset | undefined): (string | undefined)[] =>
  (['networkKey', 'pskc'] as const).map((field) => {
    const key = dataset?.get(field);
    return key && toHex(key.reveal());
  });

describe('a leader that was started again', () => {
  it('knows the keys in what it is given for its own, keeps them in a change without, and gives both to others', async () => {
    const { world, leader, store } = await startedAgain('leader again', (dataset) => dataset);
    const keys = keysOf(world.dataset);
    for (const name of await store.names()) {
      const value = toHex((await store.get(name))!);
      for (const key of keys) expect(value).not.toContain(key);
    }
    expect(keysOf(leader.runner.node.dataset)).toEqual(keys);
    expect(await told(world, leader, 'c/as', named(10, 'once more'))).toBe('accept');
    const next = pending.map((tlv): MeshcopTlv => (tlv.type === 'activeTimestamp' ? named(11, '')[0]! : tlv));
    expect(await told(world, leader, 'c/ps', next)).toBe('accept');
    expect(keysOf(leader.runner.node.pendingDataset)).toEqual(keys);
    // No other key: the delay is the one that was asked for, and none is taken into the home.
    expect(leader.runner.node.pendingDataset!.get('delay')).toBe(60_000);
    const child = await world.attach('child', { child: { full: true }, router: { eligible: false } });
    await world.until(() => child.runner.node.dataset.name === 'again', 120_000);
    expect([keysOf(child.runner.node.dataset), (await leader.home.list()).length]).toEqual([keys, 1]);
  });

  it('keeps them in a pending dataset as well, when it is started again before the delay is over', async () => {
    const { world, leader, store } = await startedAgain('leader, again and again', (dataset) => dataset);
    expect(await told(world, leader, 'c/ps', pending)).toBe('accept');
    await world.pass(1000);
    await leader.runner.stop();
    const { runner } = await world.lead('leader', { store, home: leader.home });
    expect(keysOf(runner.node.pendingDataset)).toEqual(keysOf(world.dataset));
    await world.until(() => runner.node.dataset.name === 'again', 120_000);
    expect(keysOf(runner.node.dataset)).toEqual(keysOf(world.dataset));
  });

  const unknown = [
    ['no keys', { networkKey: undefined, pskc: undefined }],
    ['another PSKc', { pskc: Secret.of(new Uint8Array(16).fill(1)) }],
    ['another network key', { networkKey: Secret.of(new Uint8Array(16).fill(1)) }],
  ] as const;
  it.each(unknown)(
    'with %s takes no change but one with both keys, which it compares in its key home',
    async (_, given) => {
      const { world, leader } = await startedAgain('leader without', (dataset) => dataset.with(given));
      expect(keysOf(leader.runner.node.dataset)).toEqual([undefined, undefined]);
      const networkKey = world.dataset.get('networkKey')!;
      const pskc: MeshcopTlv = { type: 'pskc', value: world.dataset.get('pskc')! };
      expect(await told(world, leader, 'c/ps', pending)).toBe('reject');
      // Only what has both keys is a dataset that others can be given.
      expect(await told(world, leader, 'c/ps', [...pending, { type: 'networkKey', value: networkKey }])).toBe('reject');
      const keys: MeshcopTlv[] = [{ type: 'networkKey', value: networkKey }, pskc];
      const other: MeshcopTlv[] = [{ type: 'networkKey', value: Secret.of(new Uint8Array(16).fill(2)) }, pskc];
      expect(await told(world, leader, 'c/as', [...named(10, 'known'), ...other])).toBe('reject');
      expect(await told(world, leader, 'c/ps', [...pending, ...keys])).toBe('accept');
      expect(leader.runner.node.pendingDataset!.get('delay')).toBe(60_000);
      expect(await told(world, leader, 'c/as', [...named(9, 'older'), ...keys])).toBe('reject');
      expect(await told(world, leader, 'c/as', [...named(10, 'known'), ...keys])).toBe('accept');
      expect(keysOf(leader.runner.node.dataset)).toEqual(keysOf(world.dataset));
      expect((await leader.home.list()).length).toBe(1);
    },
  );

  it('reads what earlier versions stored, by which no key is known again', async () => {
    const world = new MeshWorld('untagged');
    const store = new MemoryStore();
    const first = await world.lead('leader', { store });
    await first.runner.stop();
    const [handle] = await first.home.list();
    const moved = world.dataset.with({ activeTimestamp: timestampOf(9) });
    const record = [...datasetBytes(nativeCore, moved, handle!, false)];
    // Version 1 has no tag, which follows the id of the key with a length of its own.
    record.splice(2 + handle!.id.length, 17);
    await store.put('thread.dataset.active', Uint8Array.of(1, ...record.slice(1)));
    const { runner } = await world.lead('leader', { store, home: first.home });
    expect(runner.node.dataset.get('activeTimestamp')).toEqual(timestampOf(9));
    expect(keysOf(runner.node.dataset)).toEqual([undefined, undefined]);
  });
});
