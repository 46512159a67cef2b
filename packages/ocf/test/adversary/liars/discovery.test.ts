/** What answers a discovery may be anything, of anybody on the network, and as often as they like. */
import type { ServerRequest, ServerResponse } from '@selvage/coap';
import { encodeCbor, type PeerAddress } from '@selvage/core';
import { describe, expect, it } from 'vitest';
import { type DiscoveryQuery, newUuid, ocfResponse, type Uuid } from '../../../src/index.js';
import { Site } from '../../onboarding/support/site.js';
import { doxmOf, linkOf } from './fake-device.js';

const ocf = { contentFormat: 10_000 } as const;
type Handler = (request: ServerRequest<PeerAddress>) => ServerResponse | undefined | Promise<ServerResponse>;

function bytes(payload: Uint8Array): ServerResponse {
  return { code: '2.05', ...ocf, payload };
}

function uuidNumber(number: number): Uuid {
  return `00000000-0000-4000-8000-${String(number).padStart(12, '0')}` as Uuid;
}

/** Links of ever new devices. */
function links(count: number, from = 0) {
  return Array.from({ length: count }, (_, i) => linkOf(uuidNumber(from + i), ['coaps://nowhere']));
}

const silence = (): Promise<ServerResponse> => new Promise(() => undefined);

/** What strangers answer, whatever they are asked. */
const liars: Readonly<Record<string, Handler>> = {
  'what is no CBOR': () => bytes(new Uint8Array(500).fill(0xff)),
  'lists in one another': () => bytes(new Uint8Array(1000).fill(0x81)),
  'maps in one another': () => bytes(Uint8Array.from({ length: 1000 }, (_, i) => (i % 2 ? 1 : 0xa1))),
  'a list of 2^32': () => bytes(Uint8Array.of(0x9b, 0, 0, 0, 1, 0, 0, 0, 0)),
  'a megabyte': () => bytes(new Uint8Array(1_000_000)),
  'four hundred devices at once': () => ocfResponse('2.05', links(400)),
  'a thousand empty links': () =>
    ocfResponse(
      '2.05',
      Array.from({ length: 1000 }, () => ({})),
    ),
  'a link with a thousand endpoints': () =>
    ocfResponse('2.05', [
      linkOf(
        uuidNumber(7),
        Array.from({ length: 1000 }, (_, i) => `coaps://nowhere:${i}`),
      ),
    ]),
  'a link without an end': () =>
    ocfResponse('2.05', [{ ...linkOf(uuidNumber(8), []), href: `/${'x'.repeat(60_000)}` }]),
  'doxm, and then nothing any more': ({ path }) =>
    path === '/oic/sec/doxm' ? ocfResponse('2.05', doxmOf(uuidNumber(9))) : silence(),
  'doxm, and then what is no link': ({ path }) =>
    ocfResponse('2.05', path === '/oic/sec/doxm' ? doxmOf(uuidNumber(10)) : encodeCbor(7)),
  'doxm of another type': () => ocfResponse('2.05', { ...doxmOf(uuidNumber(11)), oxms: 'all' }),
  'an error': () => ({ code: '5.00' }),
  nothing: silence,
};

const queries: Readonly<Record<string, DiscoveryQuery<PeerAddress>>> = {
  'un-owned devices': { owned: false },
  'owned devices': { owned: true },
  'all devices': {},
};

async function siteWith(seed: string, answers: Readonly<Record<string, Handler>>) {
  const site = new Site(seed);
  const lamp = await site.device('lamp');
  const owned = await site.device('owned');
  const tool = await site.tool('tool');
  const found = await site.unowned(tool);
  const one = found.find(({ device }) => device === owned.device.deviceId);
  if (one !== undefined) await site.settle(tool.tool.own(one));
  for (const [name, handler] of Object.entries(answers)) {
    site.server(name.replaceAll(' ', '-'), (request) => handler(request));
  }
  return { site, lamp, owned, tool };
}

/** Devices that are there, as far as the query is for them. */
function wanted({ owned }: DiscoveryQuery<PeerAddress>, names: { readonly lamp: Uuid; readonly owned: Uuid }): Uuid[] {
  if (owned === undefined) return [names.lamp, names.owned];
  return [owned ? names.owned : names.lamp];
}

describe('a discovery among liars', () => {
  for (const [name, query] of Object.entries(queries)) {
    it.each(Object.keys(liars))(`of ${name} finds the real ones in time, with one that answers %s`, async (liar) => {
      const { site, lamp, owned, tool } = await siteWith(`${name} ${liar}`, { [liar]: liars[liar] as Handler });
      const begun = site.clock.now();
      const found = (await site.settle(tool.tool.discover(query))).map(({ device }) => device);
      expect(site.clock.now() - begun).toBeLessThan(15_000);
      expect(found).toEqual(
        expect.arrayContaining(wanted(query, { lamp: lamp.device.deviceId, owned: owned.device.deviceId })),
      );
    });
  }

  it('is over in time with all of them at once, and as many of each as there are ports', async () => {
    const crowd: Record<string, Handler> = {};
    for (const [name, handler] of Object.entries(liars)) {
      for (let i = 0; i < 10; i++) crowd[`${name} ${i}`] = handler;
    }
    const { site, lamp, tool } = await siteWith('crowd', crowd);
    const begun = site.clock.now();
    const found = await site.settle(tool.tool.discover({ owned: false }));
    expect(site.clock.now() - begun).toBeLessThan(15_000);
    expect(found.map(({ device }) => device)).toContain(lamp.device.deviceId);
  });

  it('is over in time where one stranger has a hundred addresses, and each falls silent when it is asked further', async () => {
    const mute = liars['doxm, and then nothing any more'] as Handler;
    const crowd = Object.fromEntries(Array.from({ length: 100 }, (_, i) => [`mute ${i}`, mute]));
    const { site, lamp, tool } = await siteWith('mutes', crowd);
    const begun = site.clock.now();
    const found = await site.settle(tool.tool.discover({ owned: false }));
    expect(site.clock.now() - begun).toBeLessThan(15_000);
    expect(found.map(({ device }) => device)).toContain(lamp.device.deviceId);
  });
});

describe('a liar that answers in the name of a device', () => {
  /** It is quicker than the device, and where it says the device is, somebody refuses. */
  async function impostor(seed: string, device: (uuids: { readonly lamp: Uuid; readonly owned: Uuid }) => Uuid) {
    const parts = await siteWith(seed, {});
    const uuid = device({ lamp: parts.lamp.device.deviceId, owned: parts.owned.device.deviceId });
    const { site } = parts;
    await site.device('aaa', { methods: [] });
    site.server('impostor', ({ path }) => {
      if (path === '/oic/res') return ocfResponse('2.05', [linkOf(uuid, ['coaps://aaa.secured'])]);
      return path === '/oic/d'
        ? ocfResponse('2.05', { n: 'impostor', di: uuid, piid: newUuid(site.entropy('x')) })
        : undefined;
    });
    return { ...parts, uuid };
  }

  it('with an owner does not keep the owner from it', async () => {
    const { site, tool, owned, uuid } = await impostor('impostor', (uuids) => uuids.owned);
    const found = await site.settle(tool.tool.discover({ owned: true }));
    expect(found.map(({ device }) => device)).toContain(uuid);
    const creds = await site.settle(tool.tool.provisioning.credentials(owned.device.deviceId));
    expect(creds.length).toBeGreaterThan(0);
  });

  it('does not keep a tool from it that has not seen it for a while', async () => {
    const { site, tool, owned } = await impostor('impostor later', (uuids) => uuids.owned);
    tool.tool.close();
    const next = await site.tool('next', tool.memory);
    await site.settle(next.tool.discover({ owned: true }));
    const creds = await site.settle(next.tool.provisioning.credentials(owned.device.deviceId));
    expect(creds.length).toBeGreaterThan(0);
  });
});
