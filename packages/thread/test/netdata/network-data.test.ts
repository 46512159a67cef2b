import { decode, fromHex } from '@selvage/core';
import { codecSuite } from '@selvage/core/testing';
import { describe, expect, it } from 'vitest';
import { parsePrefix, prefixText } from '../../src/ip6/address/prefix.js';
import { contextsOf } from '../../src/netdata/contexts-of.js';
import { networkData } from '../../src/netdata/network-data.js';

const noFlags = { preferred: false, slaac: false, dhcp: false, configure: false, defaultRoute: false, onMesh: false };
const rest = { neighbourDiscoveryDns: false, domainPrefix: false, reserved: 0 };

codecSuite(
  { describe, it, expect },
  {
    name: 'network data (Thread 1.3 §5.18)',
    codec: networkData,
    vectors: [
      {
        name: 'capture 06, frame 29, up to its service',
        bytes:
          '0804 0b02545b 0314 0040fd11223344550001 0504 6c003300 0702 1140 030f 0040fd99000000000000 0103 8c0000 0b08 8001 5d 0d03 8c00fd',
        value: [
          { type: 'commissioning', stable: false, value: [{ type: 0x0b, value: fromHex('545b') }] },
          {
            type: 'prefix',
            stable: true,
            value: {
              domainId: 0,
              prefix: parsePrefix('fd11:2233:4455:1::/64'),
              subTlvs: [
                {
                  type: 'borderRouter',
                  stable: true,
                  value: [
                    {
                      rloc16: 0x6c00,
                      flags: {
                        ...noFlags,
                        ...rest,
                        preference: 'medium',
                        preferred: true,
                        slaac: true,
                        defaultRoute: true,
                        onMesh: true,
                      },
                    },
                  ],
                },
                { type: 'context', stable: true, value: { flags: { compress: true, id: 1, reserved: 0 }, length: 64 } },
              ],
            },
          },
          {
            type: 'prefix',
            stable: true,
            value: {
              domainId: 0,
              prefix: parsePrefix('fd99::/64'),
              subTlvs: [
                {
                  type: 'hasRoute',
                  stable: true,
                  value: [
                    {
                      rloc16: 0x8c00,
                      flags: { preference: 'medium', nat64: false, advertisingPrefix: false, reserved: 0 },
                    },
                  ],
                },
              ],
            },
          },
          {
            type: 'service',
            stable: true,
            value: {
              id: 0,
              enterprise: 44970,
              serviceData: fromHex('5d'),
              subTlvs: [{ type: 'server', stable: true, value: { rloc16: 0x8c00, serverData: fromHex('fd') } }],
              reserved: 0,
            },
          },
        ],
      },
    ],
    values: [
      [
        {
          type: 'service',
          stable: false,
          value: { id: 15, enterprise: 1, serviceData: fromHex(''), subTlvs: [], reserved: 0x70 },
        },
        {
          type: 'prefix',
          stable: false,
          value: {
            domainId: 7,
            prefix: parsePrefix('2001:db8:ff80::/44'),
            subTlvs: [
              {
                type: 'hasRoute',
                stable: false,
                value: [
                  {
                    rloc16: 0xfffe,
                    flags: { preference: 'low', nat64: true, advertisingPrefix: true, reserved: 0x0f },
                  },
                  { rloc16: 1, flags: { preference: 'high', nat64: false, advertisingPrefix: false, reserved: 0 } },
                ],
              },
              { type: 'unknown', tag: 99, stable: true, body: fromHex('0102') },
            ],
          },
        },
      ],
    ],
    unknown: ['fe03010203', '03060010 fd11 0000', '0b08 01 0000afab 00 0200'],
    openEnded: true,
  },
);

describe('contexts of network data (RFC 6282 §3.1, Thread 1.3 §5.18.5)', () => {
  it('are found beneath their prefixes, those on their way out too; one longer than its prefix is ignored', () => {
    const data = decode(
      networkData,
      fromHex(
        '030e 0040fd11223344550001 0702 0140 030e 0040fd22000000000000 0702 1230 030e 0040fd33000000000000 0702 1341',
      ),
    );
    const contexts = contextsOf(data).map(({ id, prefix, compress }) => `${id} ${prefixText(prefix)} ${compress}`);
    expect(contexts).toEqual(['1 fd11:2233:4455:1::/64 false', '2 fd22::/48 true']);
  });
});
