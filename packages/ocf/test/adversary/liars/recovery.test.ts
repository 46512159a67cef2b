/** One who says that a device has no owner, while a tool that was killed on its path is followed by another. */
import type { PeerAddress } from '@selvage/core';
import { describe, expect, it } from 'vitest';
import { type FoundDevice, ocfResponse, type Uuid } from '../../../src/index.js';
import { Site, type SiteDevice, type SiteTool } from '../../onboarding/support/site.js';
import { doxmOf, linkOf } from './fake-device.js';

/** Somebody who says all that an un-owned device of a name and a platform would. */
function impostor(site: Site, device: Uuid, platform: Uuid): void {
  site.server('impostor', ({ path }) => {
    switch (path) {
      case '/oic/sec/doxm':
        return ocfResponse('2.05', doxmOf(device));
      case '/oic/res':
        return ocfResponse('2.05', [linkOf(device, ['coap://impostor', 'coaps://impostor.secured'])]);
      case '/oic/d':
        return ocfResponse('2.05', { n: 'lamp', di: device, piid: platform });
      default:
        return undefined;
    }
  });
}

/** A lamp whose owner was killed when it had sent so many datagrams; then the lamp is out of reach. */
async function broken(seed: string, isOwned: (lamp: SiteDevice, tool: SiteTool) => boolean) {
  const site = new Site(seed);
  const lamp = await site.device('lamp');
  const tool = await site.tool('tool');
  const [found] = await site.unowned(tool);
  const { device, platform } = found as FoundDevice<PeerAddress>;
  tool.gate = () => !isOwned(lamp, tool);
  void tool.tool.own(found as FoundDevice<PeerAddress>, { tasks: [{ kind: 'identity' }] }).catch(() => undefined);
  await site.pass(500);
  tool.kill();
  tool.memory.store.powerOn();
  let isReached = false;
  site.tamper = (payload, from, to) => {
    const isLamps = [from.key, to.key].some((key) => key.startsWith('lamp'));
    return isLamps && !isReached ? [] : [payload];
  };
  const reach = () => {
    isReached = true;
  };
  return { site, lamp, tool, former: device, platform: platform as Uuid, reach };
}

describe('one who says that a device has no owner', () => {
  const moments: Readonly<Record<string, (lamp: SiteDevice, tool: SiteTool) => boolean>> = {
    'that has just got its owner': ({ device }) => device.state === 'RFPRO',
    'that is in normal operation, which its owner had not heard yet': ({ device }) => device.state === 'RFNOP',
  };

  it.each(Object.entries(moments))('%s does not have the owner lose its key', async (name, isOwned) => {
    const { site, lamp, tool, former, platform, reach } = await broken(name, isOwned);
    expect(lamp.device.owner).toBe(tool.memory.uuid);
    impostor(site, former, platform);
    const next = await site.tool('next', tool.memory);
    await site.settle(next.tool.resume());
    reach();
    // Whoever looks for devices finds the one that is his, and takes its path up again.
    await site.settle(next.tool.discover());
    await site.settle(next.tool.resume());
    expect(next.tool.unfinished()).toEqual([]);
    expect(next.tool.devices().map(({ device, stage }) => [device, stage])).toEqual([[lamp.device.deviceId, 'owned']]);
    expect(lamp.device.state).toBe('RFNOP');
    const creds = await site.settle(next.tool.provisioning.credentials(lamp.device.deviceId));
    expect(creds.length).toBeGreaterThan(1);
  });

  it('is believed as far as that the device is not shown any more, over restarts too', async () => {
    const { site, tool, former, platform, lamp } = await broken('believed', ({ device }) => device.state === 'RFPRO');
    impostor(site, former, platform);
    const next = await site.tool('next', tool.memory);
    expect(await site.settle(next.tool.resume())).toMatchObject([{ outcome: 'undone' }]);
    const third = await site.tool('third', tool.memory);
    expect([next.tool.devices(), third.tool.devices(), third.tool.unfinished()]).toEqual([[], [], []]);
    expect(() => third.tool.device(lamp.device.deviceId)).toThrow();
  });
});
