import { fromHex, Secret } from '@selvage/core';
import { type Dataset, timestampOf } from '@selvage/thread';
import { expect, it } from 'vitest';
import type { MeshMember, OurMember, TheirMember } from '../support/mesh-member.js';
import { meshEther } from '../support/mesh-ether.js';
import { MixedMesh } from '../support/mixed-mesh.js';
import { freshDataset, hexOf, type OpenThreadEther } from '../support/openthread-ether.js';
import { full, line } from '../support/shapes.js';
import { etherOfEachTest, openThread } from '../support/openthread-suite.js';

const long = 900_000;
/** How long a move is announced, milliseconds; an OpenThread leader delays a new network key by as much at least. */
const delays = { ours: 30_000, theirs: 300_000 } as const;
/** A leader that is gone is missed after 120 s; then parents are looked for, and partitions find together. */
const election = 400_000;
let ether: OpenThreadEther;

etherOfEachTest(meshEther, (own) => (ether = own));

async function expectReach(mesh: MixedMesh): Promise<void> {
  for (const size of [8, 1200]) expect(await mesh.unreachable(size)).toEqual([]);
}

async function leaderOf(mesh: MixedMesh): Promise<number | undefined> {
  for (const member of mesh.members.values()) if ((await member.state()).role === 'leader') return member.number;
  return undefined;
}

openThread('the leader is killed', () => {
  it.each(['ours', 'theirs'] as const)('%s, and one of the others leads', { timeout: long }, async (first) => {
    const other = first === 'ours' ? 'theirs' : 'ours';
    const mesh = new MixedMesh(ether, freshDataset(), full(4));
    await mesh.grow(4, (number) => (number === 1 ? first : other));
    await mesh.kill(1);
    await mesh.until(async () => (await leaderOf(mesh)) !== undefined, 'another leader', election);
    await mesh.onePartition(election);
    const leader = mesh.members.get((await leaderOf(mesh)) as number);
    expect(leader?.kind).toBe(other);
    await expectReach(mesh);
  });

  it('in a line of both, and one of them leads', { timeout: long }, async () => {
    const mesh = new MixedMesh(ether, freshDataset(), line(5));
    await mesh.grow(5, (number) => (number % 2 === 0 ? 'ours' : 'theirs'));
    await mesh.kill(1);
    await mesh.until(async () => (await leaderOf(mesh)) !== undefined, 'another leader', election);
    await mesh.onePartition(election);
    await expectReach(mesh);
  });
});

openThread('two partitions of several routers', () => {
  it.each(['ours', 'theirs'] as const)('led by both, heal; the first by %s', { timeout: long }, async (first) => {
    const other = first === 'ours' ? 'theirs' : 'ours';
    const mesh = new MixedMesh(ether, freshDataset(), line(6));
    await mesh.cut([3, 4]);
    for (const number of [1, 2, 3])
      await mesh.add(number, number === 2 ? other : first, number === 1 ? 'leader' : 'router');
    // The other half grows from its far end.
    for (const number of [6, 5, 4])
      await mesh.add(number, number === 5 ? first : other, number === 6 ? 'leader' : 'router');
    expect(await mesh.partitions()).toBe(2);
    await mesh.cut();
    await mesh.onePartition(election);
    await mesh.until(async () => (await mesh.roles())['router'] === 5, 'all route');
    await expectReach(mesh);
  });
});

openThread('a mesh of both moves', () => {
  it.each(['ours', 'theirs'] as const)('to the key sequence that %s moves to', { timeout: long }, async (first) => {
    const other = first === 'ours' ? 'theirs' : 'ours';
    const mesh = new MixedMesh(ether, freshDataset(), line(4));
    await mesh.grow(4, (number) => (number % 2 === 1 ? first : other));
    const mover = mesh.members.get(1);
    if (first === 'ours') (mover as OurMember).node.runner.run((node, now) => node.keys.moveTo(1, now));
    else await (mover as TheirMember).node.run('keysequence counter 1');
    await mesh.until(
      async () => (await sequences(mesh)).every((sequence) => sequence === 1),
      'the key sequence',
      120_000,
    );
    await mesh.onePartition();
    await expectReach(mesh);
  });

  it.each(['ours', 'theirs'] as const)(
    'to the PAN id, channel and network key of a pending dataset from %s',
    { timeout: long },
    async (first) => {
      const other = first === 'ours' ? 'theirs' : 'ours';
      const mesh = new MixedMesh(ether, freshDataset(), line(4));
      await mesh.grow(4, (number) => (number % 2 === 1 ? first : other));
      const pending = mesh.dataset.with({
        activeTimestamp: timestampOf(2),
        pendingTimestamp: timestampOf(2),
        delay: delays[first],
        channel: { page: 0, channel: 21 },
        panId: 0xbeef,
        networkKey: Secret.of(fromHex('0123456789abcdef0123456789abcdef')),
      });
      await give(mesh, pending);
      await mesh.until(
        async () => (await places(mesh)).every((place) => place === '21 beef'),
        'the move',
        delays[first] + 120_000,
      );
      await mesh.onePartition(election);
      await expectReach(mesh);
    },
  );
});

function sequences(mesh: MixedMesh): Promise<number[]> {
  return Promise.all([...mesh.members.values()].map((member) => member.keySequence()));
}

function places(mesh: MixedMesh): Promise<string[]> {
  const place = async (member: MeshMember): Promise<string> =>
    `${await member.channel()} ${(await member.panId()).toString(16)}`;
  return Promise.all([...mesh.members.values()].map(place));
}

/** The leader, node 1, is given a dataset for everybody. */
async function give(mesh: MixedMesh, pending: Dataset): Promise<void> {
  const leader = mesh.members.get(1) as OurMember | TheirMember;
  if (leader.kind === 'ours') leader.node.runner.run((node, now) => node.setPending(pending, now));
  else await leader.node.all('delaytimermin 1', `dataset set pending ${hexOf(pending)}`);
}
