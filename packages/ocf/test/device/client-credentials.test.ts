import type { PeerAddress } from '@selvage/core';
import { describe, expect, it } from 'vitest';
import { type OcfDevice, OcfClient, permissions } from '../../src/index.js';
import { resolveName } from '../client/support/world.js';
import { ownedSite } from '../onboarding/support/owned-site.js';
import { Site } from '../onboarding/support/site.js';

/** A device as the client of others. */
function clientOf(site: Site, name: string, device: OcfDevice<PeerAddress>): OcfClient<PeerAddress> {
  return new OcfClient({ ...site.clientParts(name), resolve: resolveName, ...device.clientCredentials });
}

/** Two devices of one owner, each with an identity certificate, and how one reaches the other. */
async function twoDevices(seed: string) {
  const { site, tool, devices } = await ownedSite(seed, ['switch', 'lamp']);
  const [one, other] = devices;
  if (one === undefined || other === undefined) throw new RangeError('two devices were wanted');
  const { provisioning } = tool.tool;
  for (const { owned } of devices) await site.settle(provisioning.identity(owned.device));
  const to = { device: other.owned.device, secured: other.found.secured };
  const client = clientOf(site, 'switch.client', one.device);
  return { site, tool, one, other, to, client, provisioning };
}

const entry = { resources: [{ href: '/switch' }], permission: permissions.retrieve | permissions.update };

describe('what a device is a client with', () => {
  it('is its identity certificate: the other knows it by the name that its owner gave it', async () => {
    const { site, one, to, client, provisioning } = await twoDevices('certificate');
    const subject = { uuid: one.owned.device };
    await site.settle(provisioning.grant(to.device, [{ subject, ...entry }]));
    await site.settle(client.set(to, '/switch', { value: true }));
    const session = await site.settle(client.session(to));
    expect(session.peer.kind).toBe('certificate');
    expect(await site.settle(client.get(to, '/switch'))).toEqual(new Map([['value', true]]));
  });

  it('opens sessions, and no more than that: what was not granted is refused', async () => {
    const { site, to, client } = await twoDevices('nothing granted');
    await expect(site.settle(client.get(to, '/switch'))).rejects.toMatchObject({ code: 'access-refused' });
  });

  it('is the key of the pair where there is one', async () => {
    const { site, one, to, client, provisioning } = await twoDevices('pair');
    await site.settle(provisioning.pair(one.owned.device, to.device));
    const session = await site.settle(client.session(to));
    expect(session.peer.kind).toBe('psk');
  });

  it('has the roles that its owner certified, shown before the first request', async () => {
    const { site, one, to, client, provisioning } = await twoDevices('role');
    await site.settle(provisioning.roles(one.owned.device, [{ role: 'house' }]));
    await site.settle(provisioning.grant(to.device, [{ subject: { role: 'house' }, ...entry }]));
    expect(await site.settle(client.get(to, '/switch'))).toEqual(new Map([['value', false]]));
  });

  it('is nothing before there is an owner, nor after a reset', async () => {
    const site = new Site('unowned');
    const { device } = await site.device('alone');
    const before = clientOf(site, 'alone.client', device);
    const to = { device: device.deviceId, secured: [] };
    await expect(site.settle(before.session(to))).rejects.toMatchObject({ code: 'not-owned' });

    const { site: owned, one, to: lamp, client } = await twoDevices('reset');
    const wasCalled = one.device.clientCredentials.identity.device;
    await owned.settle(one.device.reset());
    await expect(owned.settle(client.session(lamp))).rejects.toMatchObject({ code: 'not-owned' });
    expect(one.device.clientCredentials.identity.device).not.toBe(wasCalled);
    expect(one.device.clientCredentials.anchors()).toEqual([]);
  });
});
