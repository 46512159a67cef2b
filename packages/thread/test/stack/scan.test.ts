import { fromHex, SelvageError, toHex } from '@selvage/core';
import { SeededEntropy } from '@selvage/core/virtual';
import { nativeCore } from '@selvage/crypto';
import { type DiscoveredNetwork, generateDataset, scanNetworks } from '@selvage/thread';
import { describe, expect, it } from 'vitest';
import { MeshWorld } from '../support/mesh-world.js';

async function scanned(
  world: MeshWorld,
  channels: readonly number[],
  signal?: AbortSignal,
): Promise<{ found: readonly DiscoveredNetwork[]; asked: number[] }> {
  const asked: number[] = [];
  let found: readonly DiscoveredNetwork[] | undefined;
  let failure: unknown;
  scanNetworks({
    core: nativeCore,
    entropy: new SeededEntropy(`${world.seed}/scan`),
    clock: world.clock,
    radio: world.ether.open('scanner'),
    channels,
    onChannel: (channel) => asked.push(channel),
    ...(signal && { signal }),
  }).then(
    (networks) => (found = networks),
    (error: unknown) => (failure = error),
  );
  await world.until(() => found !== undefined || failure !== undefined, 60_000);
  if (failure !== undefined) throw failure as Error;
  return { found: found ?? [], asked };
}

describe('a scan (Thread 1.3 §4.4.4)', () => {
  it('asks once on each channel, and tells each router once, with what it says', async () => {
    const world = new MeshWorld('scan');
    const leader = await world.lead();
    await world.route('router');
    const begun = world.clock.now();
    const { found, asked } = await scanned(world, [11, 15, 20]);
    expect(asked).toEqual([11, 15, 20]);
    expect(world.clock.now() - begun).toBeCloseTo(900, -1);
    expect(found.length).toBe(2);
    const [network] = found.filter(({ extended }) => toHex(extended) === toHex(leader.runner.node.link.extended));
    expect(network).toMatchObject({
      name: world.dataset.name,
      panId: 0xface,
      channel: 15,
      version: 5,
      joinerUdpPort: 1000,
      steeringData: undefined,
    });
  });

  it('finds nobody where nobody is, at a second look either, and ends where it is told to', async () => {
    const world = new MeshWorld('nobody');
    expect(await scanned(world, [11, 12])).toEqual({ found: [], asked: [11, 12, 11, 12] });
    expect((await scanned(world, [11, 12], AbortSignal.abort())).asked).toEqual([]);
  });

  it('tells a name that would move a terminal so that it does not', async () => {
    const world = new MeshWorld('name');
    const networkName = fromHex('1b5b324a00416c666dc3a9');
    const dataset = generateDataset({
      core: nativeCore,
      entropy: new SeededEntropy('name'),
      values: { channel: { page: 0, channel: 15 }, networkName },
    });
    await world.lead('leader', { dataset });
    const [network] = (await scanned(world, [15])).found;
    expect(network?.name).not.toMatch(/[\u0000-\u001f]/);
    expect(network?.name).toContain('Alfmé');
  });

  it('says so when the radio is gone', async () => {
    const world = new MeshWorld('gone');
    const radio = world.ether.open('scanner');
    const scanning = scanNetworks({
      core: nativeCore,
      entropy: new SeededEntropy('gone'),
      clock: world.clock,
      radio,
      channels: [11],
      onChannel: () => radio.close(),
    });
    await expect(Promise.all([scanning, world.pass(1000)])).rejects.toThrow(SelvageError);
  });
});
