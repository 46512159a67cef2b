import type { ServerRequest, ServerResponse } from '@selvage/coap';
import { fromHex, type PeerAddress, type Secret } from '@selvage/core';
import { describe, expect, it } from 'vitest';
import { type FoundDevice, ocfResponse, parseUuid } from '../../src/index.js';
import { exchangesOf, flowOf } from '../captures/support/flows.js';
import { uuidOfDigit, World } from './support/world.js';

const nobody = { device: uuidOfDigit('c'), pskFor: (): Secret | undefined => undefined };

/** Answers as a captured device did, with what the test puts in place of its addresses. */
function capturedHandler(flow: string, rename: (hex: string) => string = (hex) => hex) {
  const exchanges = exchangesOf(flowOf(flow));
  return ({ method, path, query }: ServerRequest<PeerAddress>): ServerResponse | undefined => {
    const same = exchanges.find(
      (one) => one.method === method && one.path === path && one.query.join('&') === query.join('&'),
    );
    const answer = same?.responses[0];
    return answer && { code: answer.code as '2.05', contentFormat: 10000, payload: fromHex(rename(answer.payload)) };
  };
}

/** Text in CBOR, replaced by another of the same length. */
function replacing(from: string, to: string): (hex: string) => string {
  const hexOf = (text: string): string => Buffer.from(text).toString('hex');
  return (hex) => hex.replaceAll(hexOf(from), hexOf(to.padEnd(from.length, ' ').slice(0, from.length)));
}

/** A device of few words. */
function deviceHandler(device: string, options: { owned?: boolean; name?: string; host?: string } = {}) {
  const { owned = false, name = 'Lamp', host = name.toLowerCase() } = options;
  const eps = [...(owned ? [] : [`coap://${host}`]), `coaps://${host}.secured`].map((ep) => ({ ep }));
  const link = { anchor: `ocf://${device}`, href: '/oic/sec/doxm', rt: ['oic.r.doxm'], if: ['oic.if.rw'], eps };
  const doxm = { oxms: [0], oxmsel: 4, sct: 9, owned, devowneruuid: device, deviceuuid: device, rowneruuid: device };
  return ({ path, query, multicast }: ServerRequest<PeerAddress>): ServerResponse | undefined => {
    if (path === '/oic/res') return query.includes('rt=oic.r.doxm') ? ocfResponse('2.05', [link]) : undefined;
    if (path === '/oic/d') return ocfResponse('2.05', { n: name, di: device, piid: device });
    if (path === '/oic/sec/doxm' && !owned) return ocfResponse('2.05', doxm);
    return multicast ? undefined : { code: '4.01' };
  };
}

describe('discovery of devices without an owner', () => {
  it('asks as the reference does, and understands what a captured device answers', async () => {
    const world = new World('captured');
    world.server('lamp', capturedHandler('a01', replacing('[fe80::ff:fe00:2]:36182', 'lamp.s')));
    const client = world.client('client', nobody);
    const asked: string[] = [];
    world.network.tap(({ kind, from, payload }) => {
      if (kind === 'sent' && from.key === 'client.plain' && payload.length > 10)
        asked.push(Buffer.from(payload).toString('latin1'));
    });
    const [found, ...others] = await world.settle(client.discover({ owned: false }));
    expect(others).toEqual([]);
    expect(found).toMatchObject({
      device: 'f34e2615-1c84-4881-7c37-4c40ed8c7f61',
      owned: false,
      name: 'Lamp',
      platform: '041316dc-b3fa-4fa0-5f7f-b611c0d668ec',
      plain: [{ key: 'lamp' }],
      doxm: { oxms: [0, 1], oxmsel: 4, owned: false },
    });
    expect(asked.length).toBe(3);
    expect(asked[0]).toContain('owned=FALSE');
    expect(asked[1]).toContain('rt=oic.r.doxm');
  });

  it('asks again in the time for answers, and takes a second answer for none of another device', async () => {
    const world = new World('deaf');
    const [deaf, keen] = [uuidOfDigit('1'), uuidOfDigit('2')];
    const answer = deviceHandler(deaf, { name: 'Deaf' });
    let questions = 0;
    world.server('deaf', (request) => (request.multicast && ++questions === 1 ? undefined : answer(request)));
    world.server('keen', deviceHandler(keen, { name: 'Keen' }));
    const once = world.client('once', nobody);
    expect((await world.settle(once.discover({ owned: false }))).map(({ device }) => device)).toEqual([keen]);
    questions = 0;
    const twice = world.client('twice', nobody, { asks: 2 });
    const told: string[] = [];
    const found = await world.settle(twice.discover({ owned: false, onFound: ({ device }) => told.push(device) }));
    expect(questions).toBe(2);
    expect(told.sort()).toEqual([deaf, keen]);
    expect(found.map(({ plain }) => plain.length)).toEqual([1, 1]);
  });

  it('puts together what one device answers over two groups, such as IPv4 and IPv6, and tells of it once', async () => {
    const world = new World('dual');
    const device = uuidOfDigit('1');
    world.server('lamp-v4', deviceHandler(device, { host: 'lamp-v4' }), 'v4');
    world.server('lamp-v6', deviceHandler(device, { host: 'lamp-v6' }), 'v6');
    const client = world.client('client', nobody, { groups: [{ key: 'v6' }, { key: 'v4' }] });
    const told: FoundDevice<PeerAddress>[] = [];
    const found = await world.settle(client.discover({ owned: false, onFound: (one) => told.push(one) }));
    expect(found.length).toBe(1);
    expect(told.map((one) => one.device)).toEqual([device]);
    const keys = (addresses: readonly PeerAddress[] = []): string[] => addresses.map(({ key }) => key).sort();
    expect(keys(found[0]?.plain)).toEqual(['lamp-v4', 'lamp-v6']);
    expect(keys(found[0]?.secured)).toEqual(['lamp-v4.secured', 'lamp-v6.secured']);
  });

  it('passes over a device that has an owner, one that says nonsense, and one that falls silent', async () => {
    const world = new World('odd');
    world.server('lamp', deviceHandler(uuidOfDigit('1')));
    world.server('owned', deviceHandler(uuidOfDigit('2'), { owned: true, name: 'Owned' }));
    world.server('mad', () => ({ code: '2.05', contentFormat: 10000, payload: fromHex('bf646f776e6564f4') }));
    world.server('liar', () => ocfResponse('2.05', { deviceuuid: 'not a uuid', owned: false }));
    const once = deviceHandler(uuidOfDigit('3'), { name: 'Mute' });
    world.server('mute', (request) => (request.multicast ? once(request) : new Promise(() => undefined)));
    const client = world.client('client', nobody);
    const found = await world.settle(client.discover({ owned: false }));
    expect(found.map(({ device }) => device)).toEqual([uuidOfDigit('1')]);
  });

  it('finds sixty devices that all answer at once, and no address twice', async () => {
    const world = new World('many');
    const digits = '0123456789abcdef';
    const devices = Array.from({ length: 60 }, (_, n) =>
      parseUuid(`${'0'.repeat(6)}${digits[n >> 4]}${digits[n & 15]}-0000-4000-8000-000000000000`),
    );
    devices.forEach((device, n) => world.server(`d${n}`, deviceHandler(device, { name: `D${n}` })));
    const found = await world.settle(world.client('client', nobody).discover({ owned: false }));
    expect(new Set(found.map(({ device }) => device))).toEqual(new Set(devices));
    expect(found.every(({ secured, name }) => secured.length === 1 && name !== undefined)).toBe(true);
  });
});

describe('discovery of devices with an owner, and of resources', () => {
  it('knows an owner by the endpoints of doxm: secured ones alone', async () => {
    const world = new World('owned');
    world.server('lamp', deviceHandler(uuidOfDigit('1')));
    world.server('owned', deviceHandler(uuidOfDigit('2'), { owned: true, name: 'Owned' }));
    const client = world.client('client', nobody);
    const owned = await world.settle(client.discover({ owned: true }));
    expect(owned.map(({ device }) => device)).toEqual([uuidOfDigit('2')]);
    const all = await world.settle(client.discover());
    expect(all.map((one) => [one.device, one.owned]).sort()).toEqual([
      [uuidOfDigit('1'), false],
      [uuidOfDigit('2'), true],
    ]);
    const one = await world.settle(client.discover({ device: uuidOfDigit('1') }));
    expect(one.map(({ device }) => device)).toEqual([uuidOfDigit('1')]);
  });

  it('reads what captured devices with an owner answer', async () => {
    const world = new World('captured owned');
    world.server('lamp', capturedHandler('a08'));
    const client = world.client('client', nobody, { resolve: ({ host, port }) => ({ key: `${host}:${port}` }) });
    const [found] = await world.settle(client.discover({ owned: true }));
    expect(found).toMatchObject({
      device: '62d8e00a-c631-481a-6960-4877df1c7190',
      owned: true,
      secured: [{ key: 'fe80::ff:fe00:2:36182' }],
    });
  });

  it('finds devices by the type of a resource, and says nothing of their owners', async () => {
    const world = new World('type');
    const device = uuidOfDigit('1');
    const link = {
      anchor: `ocf://${device}`,
      href: '/light',
      rt: ['oic.r.switch.binary'],
      if: ['oic.if.a'],
      eps: [{ ep: 'coaps://lamp.secured' }, { ep: 'coaps://nowhere' }, { ep: 'coaps+tcp://lamp' }],
    };
    world.server('lamp', ({ query, multicast }) =>
      query.includes('rt=oic.r.switch.binary') ? ocfResponse('2.05', [link]) : multicast ? undefined : { code: '4.01' },
    );
    const [found] = await world.settle(
      world.client('client', nobody).discover({ resourceType: 'oic.r.switch.binary', describe: false }),
    );
    expect(found).toMatchObject({ device, owned: undefined, secured: [{ key: 'lamp.secured' }] });
    expect(found?.links.map(({ href }) => href)).toEqual(['/light']);
  });
});
