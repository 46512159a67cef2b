import { networkInterfaces } from 'node:os';
import { describe, expect, it } from 'vitest';
import { type SelvageError, toHex } from '@selvage/core';
import { type UdpAddress, UdpPort, type UdpPortOptions, udpAddress } from '@selvage/core/node';
import { datagramSuite, outcomeOf, outcomeOfPromise } from '@selvage/core/testing';
import { until } from '../support/until.js';

const hasIPv6 = Object.values(networkInterfaces()).some((list) => list?.some(({ address }) => address === '::1'));
const families = ['127.0.0.1', ...(hasIPv6 ? ['::1'] : [])];

for (const address of families) {
  datagramSuite(
    { describe, it, expect },
    {
      name: `UdpPort on ${address}`,
      create: async () => {
        const [a, b] = [await UdpPort.bind({ address }), await UdpPort.bind({ address })];
        return { a, addressOfA: a.local, b, addressOfB: b.local, until };
      },
    },
  );
}

describe('UdpPort in a multicast group', () => {
  const group = '224.0.1.187';
  const multicastInterface = '127.0.0.1';

  it('gets what is sent to the group, several on one host alike, and nothing else', async () => {
    await withPorts([{ multicastInterface }], async ([sender]) => {
      const first = await UdpPort.bind({ address: group, groups: [group], multicastInterface, reuseAddress: true });
      const { port } = first.local;
      const joined = { address: group, port, groups: [group], multicastInterface, reuseAddress: true };
      const members = [first, await UdpPort.bind(joined)];
      const received: string[] = [];
      for (const member of members)
        member.onDatagram((payload, from) => received.push(`${toHex(payload)} ${from.key}`));
      sender.send(new Uint8Array([1]), udpAddress('127.0.0.1', port));
      sender.send(new Uint8Array([2]), udpAddress(group, port));
      await until(() => received.length === 2);
      expect(received).toEqual([`02 ${sender.local.key}`, `02 ${sender.local.key}`]);
      for (const member of members) member.close();
    });
  });

  it('says when a group or an interface is none', async () => {
    const wrong: UdpPortOptions[] = [{ groups: ['10.0.0.1'] }, { groups: [group], multicastInterface: '192.0.2.77' }];
    const outcomes = await Promise.all(wrong.map((options) => outcomeOfPromise(UdpPort.bind(options))));
    expect(outcomes.every((outcome) => ['address-invalid', 'port-failed'].includes(outcome))).toBe(true);
  });
});

describe('UdpPort', () => {
  it('carries the largest payload that UDP has', async () => {
    await withPorts([{ maximumPayload: 65_507 }, {}], async ([a, b]) => {
      const lengths: number[] = [];
      b.onDatagram((payload) => lengths.push(payload.length));
      a.send(new Uint8Array(65_507), b.local);
      await until(() => lengths.length === 1);
      expect(lengths).toEqual([65_507]);
    });
  });

  it('hands over plain bytes that nothing else writes to', async () => {
    await withPorts([{}, {}], async ([a, b]) => {
      const received: Uint8Array[] = [];
      b.onDatagram((payload) => received.push(payload));
      for (let n = 0; n < 20; n++) {
        a.send(new Uint8Array([n]), b.local);
        await until(() => received.length === n + 1);
      }
      expect(received[0]?.constructor).toBe(Uint8Array);
      expect(received.map(toHex).join('')).toBe(toHex(new Uint8Array(20).map((_, i) => i)));
    });
  });

  it.skipIf(!hasIPv6)('takes both families on ::, and shows IPv4 peers as such', async () => {
    await withPorts([{ address: '::' }, { address: '127.0.0.1' }, { address: '::1' }], async ([both, four, six]) => {
      const peers: string[] = [];
      const answers: string[] = [];
      both.onDatagram((payload, from) => {
        peers.push(from.key);
        both.send(payload, from);
      });
      for (const port of [four, six]) port.onDatagram((_, from) => answers.push(from.key));
      four.send(new Uint8Array(1), udpAddress('127.0.0.1', both.local.port));
      six.send(new Uint8Array(1), udpAddress('::1', both.local.port));
      await until(() => answers.length === 2);
      expect(peers.sort()).toEqual([four.local.key, six.local.key].sort());
      expect(answers.sort()).toEqual([`127.0.0.1:${both.local.port}`, `[::1]:${both.local.port}`].sort());
    });
  });

  it('refuses an IPv6 peer on an IPv4 port', async () => {
    await withPorts([{}], ([port]) => {
      expect(outcomeOf(() => port.send(new Uint8Array(1), udpAddress('::1', 5)))).toBe('address-invalid');
      return Promise.resolve();
    });
  });

  it('tells what the network refused later, with the receiver, and goes on', async () => {
    const told: [SelvageError, UdpAddress | undefined][] = [];
    await withPorts([{ onError: (error, to) => told.push([error, to]) }, {}], async ([a, b]) => {
      // A broadcast needs a permission that the socket was not given.
      const everyone = udpAddress('255.255.255.255', 9);
      a.send(new Uint8Array(1), everyone);
      await until(() => told.length === 1);
      expect(told[0]?.[0].toJSON()).toMatchObject({ code: 'access-denied', details: { system: 'EACCES' } });
      expect(told[0]?.[1]).toBe(everyone);

      let received = 0;
      b.onDatagram(() => received++);
      a.send(new Uint8Array(1), b.local);
      await until(() => received === 1);
      expect(told.length).toBe(1);
    });
  });

  it('has sent what it was given when it is closed: a last alert arrives', async () => {
    await withPorts([{}, {}], async ([a, b]) => {
      const received: string[] = [];
      b.onDatagram((payload) => received.push(toHex(payload)));
      for (let n = 0; n < 3; n++) a.send(new Uint8Array([n]), b.local);
      a.close();
      await until(() => received.length === 3);
      expect(received).toEqual(['00', '01', '02']);
    });
  });

  it('survives an error that nobody listens to', async () => {
    await withPorts([{}, {}], async ([a, b]) => {
      a.send(new Uint8Array(1), udpAddress('255.255.255.255', 9));
      let received = 0;
      b.onDatagram(() => received++);
      a.send(new Uint8Array(1), b.local);
      await until(() => received === 1);
      expect(received).toBe(1);
    });
  });

  it('says why it cannot be bound', async () => {
    await withPorts([{}], async ([taken]) => {
      const bind = (options: UdpPortOptions): Promise<string> => outcomeOfPromise(UdpPort.bind(options));
      expect(await bind({ port: taken.local.port })).toBe('address-in-use');
      expect(await bind({ address: '203.0.113.1' })).toBe('address-invalid');
      expect(await bind({ address: 'localhost' })).toBe('address-invalid');
      expect(await bind({ port: 70_000 })).toBe('address-invalid');
      expect(await bind({ maximumPayload: 0 })).toBe('invalid-argument');
      expect(await bind({ maximumPayload: 65_508 })).toBe('invalid-argument');
    });
  });
});

/** Opens ports, and closes them whatever happens. */
async function withPorts<const Options extends readonly UdpPortOptions[]>(
  options: Options,
  body: (ports: { -readonly [K in keyof Options]: UdpPort }) => Promise<void>,
): Promise<void> {
  const ports = await Promise.all(options.map((each) => UdpPort.bind(each)));
  try {
    await body(ports as { -readonly [K in keyof Options]: UdpPort });
  } finally {
    for (const port of ports) port.close();
  }
}
