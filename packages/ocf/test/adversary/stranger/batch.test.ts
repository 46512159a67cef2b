/** Batches reach many resources by one request: no right to the one is a right to the others. */
import { describe, expect, it } from 'vitest';
import {
  binarySwitch,
  boolean,
  defineCollection,
  defineResource,
  deviceModel,
  integer,
  readWrite,
  securityPaths as at,
} from '../../../src/index.js';
import { ownedWithKey } from '../../device/support/transfer.js';
import { World } from '../../device/support/world.js';
import { paired, pairKey } from '../support/arena.js';
import { codeOf } from '../support/outcome.js';

const room = deviceModel({
  name: 'Room',
  type: 'oic.d.light',
  manufacturer: 'Selvage',
  resources: [
    defineResource({ path: '/switch', ...binarySwitch, initial: { value: false } }),
    flag('/secret', { discoverable: false }),
    flag('/other', {}),
    defineResource({
      path: '/level',
      types: ['x.selvage.level'],
      interfaces: ['oic.if.rw'],
      properties: { level: readWrite(integer({ minimum: 0, maximum: 100 })) },
      initial: { level: 40 },
      durable: true,
    }),
    defineCollection({ path: '/all', types: ['x.selvage.room'], members: ['/switch', '/secret', '/other', '/level'] }),
  ],
});

function flag(path: string, more: { readonly discoverable?: boolean }) {
  return defineResource({
    path,
    types: ['x.selvage.flag'],
    interfaces: ['oic.if.rw'],
    properties: { flag: readWrite(boolean) },
    initial: { flag: false },
    ...more,
  });
}

/** A guest that may read and update the collection and the switch, and nothing else. */
async function guestOf(seed: string) {
  const world = await new World(seed).start({ model: room });
  const { session: owner } = await ownedWithKey(world, world.peer('owner'));
  await world.run(owner.must(at.pstat, { dos: { s: 2 } }));
  const pair = {
    credtype: 1,
    subjectuuid: paired,
    privatedata: { data: pairKey.reveal(), encoding: 'oic.sec.encoding.raw' },
  };
  await world.run(owner.must(at.cred, { creds: [pair] }));
  const resources = [{ href: '/all' }, { href: '/switch' }];
  await world.run(owner.must(at.acl2, { aclist2: [{ subject: { uuid: paired }, resources, permission: 6 }] }));
  await world.run(owner.must(at.pstat, { dos: { s: 3 } }));
  return { world, guest: await world.openShared(world.peer('guest'), paired, pairKey) };
}

const batch = { query: ['if=oic.if.b'] };

function pathsIn(value: unknown): unknown[] {
  return (value as Map<string, unknown>[]).map((item) => item.get('href'));
}

describe('a batch of one who may something', () => {
  it('reads what it may, and no member beside', async () => {
    const { world, guest } = await guestOf('read');
    const all = await world.run(guest.ask('GET', '/all', batch));
    expect(pathsIn(all.value)).toEqual(['/switch']);
    const directory = await world.run(guest.ask('GET', '/oic/res', batch));
    expect(directory.code).toBe('2.05');
    const allowed = ['/oic/d', '/oic/p', '/oic/sec/roles', '/oic/sec/sdi', '/switch', '/all'];
    for (const path of pathsIn(directory.value)) expect(allowed).toContain(path);
    // What the collection in that batch shows of its members are links.
    const shown = (directory.value as Map<string, unknown>[]).find((item) => item.get('href') === '/all');
    expect(JSON.stringify([...(shown?.get('rep') as Map<string, unknown>).keys()])).not.toContain('level');
  });

  it.each([
    ['each by its name', ['/switch', '/secret', '/other', '/level']],
    ['all at once', ['']],
  ])('changes what it may, and no member beside: %s', async (how, hrefs) => {
    const { world, guest } = await guestOf(`change ${how}`);
    const reps: Record<string, unknown> = { '/switch': { value: true }, '/level': { level: 99 } };
    const items = hrefs.map((href) => ({
      href,
      rep: reps[href] ?? { flag: true, value: true, level: 99 },
    }));
    const code = await codeOf(world, guest.ask('POST', '/all', { ...batch, value: items as never }));
    expect(code).toBe('4.03');
    expect([world.device.values('/secret'), world.device.values('/other'), world.device.values('/level')]).toEqual([
      { flag: false },
      { flag: false },
      { level: 40 },
    ]);
  });

  it('names nothing but members', async () => {
    const { world, guest } = await guestOf('names');
    for (const href of [at.cred, '/oic/wk/con', '/all', '/nowhere']) {
      const value = [{ href, rep: { value: true, n: 'mine', rowneruuid: paired } }];
      const code = await codeOf(world, guest.ask('POST', '/all', { ...batch, value }));
      expect([href, code]).toEqual([href, '4.03']);
    }
  });

  it('is read by nobody in the clear, and by no stranger over a group', async () => {
    const { world } = await guestOf('clear');
    const stranger = world.peer('stranger');
    expect(await codeOf(world, stranger.ask(world.plain.address, 'GET', '/oic/res', batch))).toBe('4.00');
    expect(await codeOf(world, stranger.ask(world.plain.address, 'GET', '/all', batch))).toBe('4.01');
  });
});
