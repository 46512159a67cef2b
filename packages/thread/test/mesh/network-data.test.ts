import { describe, expect, it } from 'vitest';
import { type MeshNode, MeshWorld } from '../support/mesh-world.js';
import { prefixEntry, registrationOf } from '../support/own-entries.js';

const prefixesOf = ({ runner }: MeshNode): number[] =>
  runner.node.networkData.flatMap((tlv) => (tlv.type === 'prefix' ? [tlv.value.prefix.address[1]!] : []));

describe('network data over the lives of nodes (Thread 1.3 §5.15)', () => {
  it('are the same when a leader was restarted: its neighbour has them, and their version goes on', async () => {
    const world = new MeshWorld('restarted leader');
    const leader = await world.lead();
    const router = await world.route('router');
    router.runner.run((node, now) => node.setOwnNetworkData(registrationOf([prefixEntry('fd11::/64')], 0), now));
    await world.pass(20_000);
    const before = leader.runner.node.status.partition!;
    await leader.runner.stop();
    const again = await world.open('leader', { store: leader.store, home: leader.home, child: { full: true } });
    again.runner.run((node, now) => node.attach(now));
    await world.until(() => again.runner.node.role === 'leader');
    await world.pass(5000);
    const after = again.runner.node.status.partition!;
    expect(after.partitionId).toBe(before.partitionId);
    expect(prefixesOf(again)).toEqual([0x11]);
    again.runner.run((node, now) => node.setOwnNetworkData(registrationOf([prefixEntry('fd22::/64')], 0), now));
    await world.pass(5000);
    expect(prefixesOf(router).sort()).toEqual([0x11, 0x22]);
    expect(router.runner.node.status.partition!.dataVersion).not.toBe(before.dataVersion);
  });

  it('are registered again with the leader of another partition', async () => {
    const world = new MeshWorld('other leader');
    const leader = await world.lead();
    const router = await world.route('router', { router: { networkIdTimeout: 30 } });
    router.runner.run((node, now) => node.setOwnNetworkData(registrationOf([prefixEntry('fd11::/64')], 0), now));
    await world.pass(20_000);
    expect(prefixesOf(leader)).toEqual([0x11]);
    await leader.runner.stop();
    await world.until(() => router.runner.node.role === 'leader');
    await world.pass(5000);
    expect(prefixesOf(router)).toEqual([0x11]);
  });

  it('lose what a router offered that is gone', async () => {
    const world = new MeshWorld('lost router');
    const leader = await world.lead();
    const router = await world.route('router');
    router.runner.run((node, now) => node.setOwnNetworkData(registrationOf([prefixEntry('fd11::/64')], 0), now));
    await world.pass(20_000);
    await router.runner.stop();
    await world.pass(300_000);
    const [prefix] = leader.runner.node.networkData.filter((tlv) => tlv.type === 'prefix');
    expect(prefix?.value.subTlvs.map(({ type }) => type)).toEqual(['context']);
    await world.pass(300_000);
    expect(prefixesOf(leader)).toEqual([]);
  });

  it('lose what a child offered that is gone, at its parent’s word', async () => {
    const world = new MeshWorld('lost child');
    const leader = await world.lead();
    const router = await world.route('router');
    world.ether.setLinks('leader', 'child', { reaches: false });
    const child = await world.attach('child', { child: { timeout: 20 } });
    child.runner.run((node, now) => node.setOwnNetworkData(registrationOf([prefixEntry('fd11::/64')], 0), now));
    await world.pass(10_000);
    expect(prefixesOf(leader)).toEqual([0x11]);
    expect(router.runner.node.status.children).toBe(1);
    await child.runner.stop();
    await world.pass(40_000);
    const [prefix] = leader.runner.node.networkData.filter((tlv) => tlv.type === 'prefix');
    expect(prefix?.value.subTlvs.map(({ type }) => type)).toEqual(['context']);
  });
});
