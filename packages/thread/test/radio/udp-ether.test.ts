import { fromHex, toHex } from '@selvage/core';
import { systemClock as clock, udpAddress, UdpPort } from '@selvage/core/node';
import { UdpEtherRadio } from '@selvage/thread/node';
import { describe, expect, it } from 'vitest';
import { frame, radioSuite } from './contract.js';

/** An ether of this test process alone. */
const portOffset = 40 + (process.pid % 800);
const pairOf = async () => ({
  a: await UdpEtherRadio.join({ node: 1, portOffset }, clock),
  b: await UdpEtherRadio.join({ node: 2, portOffset }, clock),
});

radioSuite(
  { describe, it, expect },
  {
    name: 'UDP ether',
    create: async () => ({ ...(await pairOf()), until, settle: () => echo() }),
  },
);

describe('UDP ether', () => {
  it('drops datagrams that are no frames, and counts them', async () => {
    const { a, b } = await pairOf();
    const port = 9000 + portOffset * 34;
    const stranger = await UdpPort.bind({ multicastInterface: '127.0.0.1' });
    const received: string[] = [];
    b.onEvent((event) => {
      if (event.kind === 'received') received.push(toHex(event.frame.psdu));
    });
    b.listen(15);
    const good = frame('01');
    const bad = good.map((byte, at) => (at === 4 ? byte ^ 1 : byte));
    const noise = ['', '0f', '0f02', '0f020001', `0f${'00'.repeat(200)}`, `0f${toHex(bad)}`, `10${toHex(good)}`];
    for (const datagram of [...noise, `0f${toHex(good)}`]) {
      stranger.send(fromHex(datagram), udpAddress('224.0.0.116', port));
    }
    await until(() => received.length === 1);
    expect([received, b.damaged]).toEqual([[toHex(good)], 6]);
    for (const one of [a, b, stranger]) one.close();
  });

  it('hears some more faintly than others', async () => {
    const hears = (node: number): number | boolean => (node === 2 ? -85 : node === 3);
    const radios = await Promise.all([1, 2, 3].map((node) => UdpEtherRadio.join({ node, portOffset, hears }, clock)));
    const [a, b, c] = radios as [UdpEtherRadio, UdpEtherRadio, UdpEtherRadio];
    const received: number[] = [];
    a.onEvent((event) => {
      if (event.kind === 'received') received.push(event.frame.rssi);
    });
    a.listen(15);
    b.transmit({ id: 1, psdu: frame('01'), channel: 15, assess: false });
    await until(() => received.length === 1);
    c.transmit({ id: 1, psdu: frame('02'), channel: 15, assess: false });
    await until(() => received.length === 2);
    expect(received).toEqual([-85, -20]);
    for (const one of radios) one.close();
  });

  it('hears whom it may hear', async () => {
    const audible = new Set([3]);
    const hears = (node: number): boolean => audible.has(node);
    const radios = await Promise.all([1, 2, 3].map((node) => UdpEtherRadio.join({ node, portOffset, hears }, clock)));
    const [a, b, c] = radios as [UdpEtherRadio, UdpEtherRadio, UdpEtherRadio];
    const received: string[] = [];
    a.onEvent((event) => {
      if (event.kind === 'received') received.push(toHex(event.frame.psdu));
    });
    a.listen(15);
    const [first, second, third] = ['01', '02', '03'].map(frame) as [Uint8Array, Uint8Array, Uint8Array];
    b.transmit({ id: 1, psdu: first, channel: 15, assess: false });
    c.transmit({ id: 1, psdu: second, channel: 15, assess: false });
    await until(() => received.length === 1);
    audible.add(2);
    b.transmit({ id: 2, psdu: third, channel: 15, assess: false });
    await until(() => received.length === 2);
    expect(received).toEqual([toHex(second), toHex(third)]);
    for (const one of radios) one.close();
  });

  it('refuses a node number that is taken, or that there is not', async () => {
    const { a, b } = await pairOf();
    await expect(UdpEtherRadio.join({ node: 1, portOffset }, clock)).rejects.toMatchObject({ code: 'address-in-use' });
    await expect(UdpEtherRadio.join({ node: 34, portOffset }, clock)).rejects.toMatchObject({
      code: 'value-out-of-range',
    });
    a.close();
    b.close();
  });
});

/** Two more nodes send to each other: what was sent before is there by then. */
async function echo(): Promise<void> {
  const c = await UdpEtherRadio.join({ node: 3, portOffset }, clock);
  const d = await UdpEtherRadio.join({ node: 4, portOffset }, clock);
  let heard = false;
  d.onEvent(({ kind }) => {
    heard ||= kind === 'received';
  });
  d.listen(26);
  c.transmit({ id: 1, psdu: frame('ec'), channel: 26, assess: false });
  await until(() => heard);
  c.close();
  d.close();
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
}
