import type { PeerAddress } from '@selvage/core';
import { describe, expect, it } from 'vitest';
import { permissions, type ReachableDevice } from '../../src/index.js';
import { ownedSite } from '../onboarding/support/owned-site.js';
import { uuidOfDigit } from './support/world.js';

const { retrieve, update } = permissions;

/** A light and a wall switch that share a key; the switch may do with the light what it must. */
async function lit(seed: string) {
  const { site, tool, devices } = await ownedSite(seed, ['light', 'switch']);
  const [light, wall] = devices as [(typeof devices)[0], (typeof devices)[0]];
  const subject = { uuid: wall.owned.device };
  const entries = [{ subject, resources: [{ href: '/switch' }], permission: retrieve | update }];
  await site.settle(tool.tool.provisioning.grant(light.owned.device, entries));
  await site.settle(tool.tool.provisioning.pair(light.owned.device, wall.owned.device));
  const { identity, anchors, sign } = wall.device.clientCredentials;
  const client = site.client('wall client', identity, { anchors, sign });
  const to: ReachableDevice<PeerAddress> = { device: light.owned.device, secured: light.found.secured };
  return { site, tool, light, wall, client, to };
}

/** Counts what the client sends in the clear to open sessions: handshake records of epoch 0. */
function handshakesOf({ site }: Awaited<ReturnType<typeof lit>>): () => number {
  const hellos = new Set<string>();
  site.network.tap(({ kind, from, payload }) => {
    const isHello = payload[0] === 22 && payload[13] === 1;
    // The first ClientHello of a handshake has no cookie, and its random is the same in the second.
    if (kind === 'sent' && from.key === 'wall client.secured' && isHello) {
      hellos.add(Buffer.from(payload.subarray(27, 59)).toString('hex'));
    }
  });
  return () => hellos.size;
}

describe('a session by a shared key', () => {
  it('is opened once, and kept for all that follows, asked for at once or later', async () => {
    const world = await lit('kept');
    const { site, client, to, light } = world;
    const handshakes = handshakesOf(world);
    await site.settle(
      Promise.all([client.get(to, '/switch'), client.get(to, '/switch'), client.set(to, '/switch', { value: true })]),
    );
    expect(await site.settle(client.get(to, '/switch'))).toEqual(new Map([['value', true]]));
    expect(light.device.values('/switch')).toEqual({ value: true });
    expect(handshakes()).toBe(1);
    client.disconnect(to.device);
    await site.settle(client.get(to, '/switch'));
    expect(handshakes()).toBe(2);
  });

  it('is not opened with a device that says that it is another', async () => {
    const { site, client, to, wall } = await lit('other hint');
    await expect(
      site.settle(client.get({ device: to.device, secured: wall.found.secured }, '/switch')),
    ).rejects.toMatchObject({ code: 'unknown-psk-identity' });
  });

  it('is opened where the device answers, if it does not at its first address', async () => {
    const { site, client, to } = await lit('two addresses');
    const secured = [{ key: 'nobody' }, ...to.secured];
    expect(await site.settle(client.get({ ...to, secured }, '/switch'))).toEqual(new Map([['value', false]]));
  });

  it('cannot be without an address, and not without anything to show', async () => {
    const { site, client, to } = await lit('nothing');
    await expect(client.get({ device: to.device, secured: [] }, '/switch')).rejects.toMatchObject({
      code: 'device-not-found',
    });
    const stranger = site.client('stranger', { device: uuidOfDigit('5'), pskFor: () => undefined });
    await expect(stranger.get(to, '/switch')).rejects.toMatchObject({ code: 'not-owned' });
  });
});

describe('requests in a session', () => {
  it('are told apart by how the device refuses them', async () => {
    const { site, client, to } = await lit('refusals');
    await expect(site.settle(client.get(to, '/dimming'))).rejects.toMatchObject({
      code: 'access-refused',
      details: { request: 'GET /dimming', response: '4.01' },
      remedy: expect.stringContaining('grant you access') as string,
    });
    await expect(site.settle(client.set(to, '/switch', { value: 'maybe' }))).rejects.toMatchObject({
      code: 'request-refused',
      details: { request: 'POST /switch', response: '4.00' },
    });
  });

  it('are rejected when the client is closed, and when the device ends the session', async () => {
    const { site, client, to, light } = await lit('closed');
    const session = await site.settle(client.session(to));
    await light.device.reset();
    await site.pass(10);
    expect(session.isOpen).toBe(false);
    await expect(session.request({ method: 'GET', path: '/switch' })).rejects.toMatchObject({ code: 'session-closed' });
    client.close();
    await expect(client.get(to, '/switch')).rejects.toMatchObject({ code: expect.any(String) as string });
  });

  it('list the resources of a device with where they are', async () => {
    const { site, tool, light } = await lit('resources');
    const links = await site.settle(
      tool.tool.client.resources({ device: light.owned.device, secured: light.found.secured }),
    );
    const found = links.find(({ href }) => href === '/switch');
    expect(found).toMatchObject({ device: light.owned.device, types: ['oic.r.switch.binary'], isObservable: true });
    expect(links.map(({ href }) => href)).toContain('/oic/sec/acl2');
  });
});

describe('an observation', () => {
  it('tells of every state until it is stopped', async () => {
    const { site, client, to, light } = await lit('observed');
    const states: unknown[] = [];
    const stop = await site.settle(
      client.observe(to, '/switch', {
        onState: ({ value }) => states.push((value as Map<string, unknown>).get('value')),
      }),
    );
    await site.pass(50);
    await light.device.set('/switch', { value: true });
    await site.pass(50);
    expect(states).toEqual([false, true]);
    stop();
    await site.pass(50);
    await light.device.set('/switch', { value: false });
    await site.pass(50);
    expect(states).toEqual([false, true]);
  });

  it('ends with the refusal where it may not be, and with the session', async () => {
    const { site, client, to, light } = await lit('ended');
    const ends: unknown[] = [];
    const onEnd = (error: unknown): number => ends.push((error as { code?: string } | undefined)?.code);
    await site.settle(client.observe(to, '/dimming', { onState: () => undefined, onEnd }));
    await site.pass(50);
    expect(ends).toEqual(['access-refused']);
    await site.settle(client.observe(to, '/switch', { onState: () => undefined, onEnd }));
    await site.pass(50);
    await light.device.reset();
    await site.pass(50);
    expect(ends.length).toBe(2);
  });
});
