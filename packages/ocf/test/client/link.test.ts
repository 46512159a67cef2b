import { decodeCbor, fromHex } from '@selvage/core';
import { describe, expect, it } from 'vitest';
import { readLinks } from '../../src/index.js';
import { exchangesOf, flowOf, isWhole } from '../captures/support/flows.js';

function linksIn(flow: string) {
  const responses = exchangesOf(flowOf(flow))
    .filter(({ path }) => path === '/oic/res')
    .flatMap((exchange) => exchange.responses.filter(isWhole));
  return responses.map(({ payload }) => readLinks(decodeCbor(fromHex(payload), { repeatedKeys: 'last' })));
}

describe('the links of /oic/res', () => {
  it('are read of an un-owned IoTivity-Lite device: anchor, types, interfaces, policy, endpoints', () => {
    expect(linksIn('a01')).toEqual([
      [
        {
          device: 'f34e2615-1c84-4881-7c37-4c40ed8c7f61',
          href: '/oic/sec/doxm',
          types: ['oic.r.doxm'],
          interfaces: ['oic.if.rw', 'oic.if.baseline'],
          isDiscoverable: true,
          isObservable: false,
          endpoints: ['coap://[fe80::ff:fe00:2]:51549', 'coaps://[fe80::ff:fe00:2]:36182'],
        },
      ],
    ]);
  });

  it('are read of all resources of two devices, though some links have a key twice', () => {
    const devices = linksIn('a10');
    expect(devices.map((links) => links.length)).toEqual([14, 16]);
    const light = devices.flat().find(({ href }) => href === '/a/light');
    expect(light).toMatchObject({
      isDiscoverable: true,
      isObservable: true,
      types: ['core.light', 'core.brightlight'],
    });
    expect(light?.endpoints.every((uri) => uri.startsWith('coaps://['))).toBe(true);
  });

  it('are read in the baseline form of OCF 1 (a list with one map) and of OCF 2 (one map)', () => {
    const links = [new Map<string, unknown>([['href', '/a']])];
    const baseline = new Map<string, unknown>([
      ['sduuid', '62d8e00a-c631-481a-6960-4877df1c7190'],
      ['links', links],
    ]);
    for (const value of [baseline, [baseline]]) {
      expect(readLinks(value as never).map(({ href }) => href)).toEqual(['/a']);
    }
  });

  it('are taken without those that are malformed, and in the order of their priority', () => {
    const eps = [
      new Map<string, unknown>([
        ['ep', 'coaps://[fe80::2]:1'],
        ['pri', 4],
      ]),
      new Map<string, unknown>([
        ['ep', 'coaps://[fe80::1]:1'],
        ['pri', 2],
      ]),
    ];
    const good = new Map<string, unknown>([
      ['anchor', 'ocf://62D8E00A-C631-481A-6960-4877DF1C7190'],
      ['href', 'ocf://62d8e00a-c631-481a-6960-4877df1c7190/light'],
      ['eps', eps],
    ]);
    const bad = [new Map<string, unknown>([['href', 5]]), 'text', new Map<string, unknown>()];
    const [link, ...rest] = readLinks([...bad, good] as never);
    expect(rest).toEqual([]);
    expect(link).toMatchObject({
      device: '62d8e00a-c631-481a-6960-4877df1c7190',
      href: '/light',
      endpoints: ['coaps://[fe80::1]:1', 'coaps://[fe80::2]:1'],
    });
  });

  it.each([5, 'text', new Map([['x', 1]])])('are refused where there is neither list nor map of links: %s', (value) => {
    expect(() => readLinks(value)).toThrow(expect.objectContaining({ code: 'invalid-value' }));
  });
});
