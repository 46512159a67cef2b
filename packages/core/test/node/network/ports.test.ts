/** Ports on the loopback, and on a real interface where the host has one. */
import { networkInterfaces } from 'node:os';
import { SelvageError } from '@selvage/core';
import {
  chooseInterface,
  type ChosenInterface,
  groupAddresses,
  InterfacePort,
  loopback,
  openGroupPorts,
  SharedPort,
  type UdpAddress,
  udpAddress,
  UdpPort,
} from '@selvage/core/node';
import { afterEach, describe, expect, it } from 'vitest';

const open: { close(): void }[] = [];
afterEach(() => {
  for (const port of open.splice(0)) port.close();
});

function kept<P extends { close(): void }>(port: P): P {
  open.push(port);
  return port;
}

interface Heard {
  readonly text: string;
  readonly from: UdpAddress;
}

function next(port: { onDatagram(receiver: (payload: Uint8Array, from: UdpAddress) => void): void }): Promise<Heard> {
  return new Promise((resolve) =>
    port.onDatagram((payload, from) => resolve({ text: new TextDecoder().decode(payload), from })),
  );
}

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

/** An interface with a link-local address, if this host has one. */
function realInterface(): ChosenInterface | undefined {
  const names = Object.entries(networkInterfaces()).filter(([, list = []]) =>
    list.some(({ internal, address }) => !internal && address.startsWith('fe80')),
  );
  const [first] = names;
  return first && chooseInterface(first[0]);
}

/** The groups of OCF devices. */
const ocfNodes = { ipv4: '224.0.1.187', ipv6: ['ff02::158', 'ff03::158', 'ff05::158'] };

describe('on the loopback', () => {
  it('a group is heard by each who listens, and the answer comes back', async () => {
    const [a, b] = [
      kept((await openGroupPorts(loopback, ocfNodes))[0] as UdpPort),
      kept((await openGroupPorts(loopback, ocfNodes))[0] as UdpPort),
    ];
    const client = kept(await InterfacePort.open(loopback));
    const heard = Promise.all([next(a), next(b)]);
    const [group] = groupAddresses(loopback, ocfNodes);
    client.send(bytes('who is there?'), group as UdpAddress);
    const [first, second] = await heard;
    expect([first.text, second.text]).toEqual(['who is there?', 'who is there?']);
    expect(first.from.address).toBe('127.0.0.1');
    const device = kept(await InterfacePort.open(loopback));
    const answer = next(client);
    device.send(bytes('a device'), first.from);
    expect((await answer).from.key).toBe(device.localFor(first.from)?.key);
  });

  it('no address of IPv6 is reached, and it says so', async () => {
    const port = kept(await InterfacePort.open(loopback));
    const far = udpAddress('fd00::1', 7);
    expect(port.localFor(far)).toBeUndefined();
    expect(() => port.send(bytes('x'), far)).toThrow(SelvageError);
    expect(() => port.send(bytes('x'), far)).toThrow(/no address from which \[fd00::1\]:7 is reached/);
  });
});

const real = realInterface();
describe.skipIf(real === undefined)('on a real interface (skipped where none has IPv6)', () => {
  const chosen = real ?? loopback;

  it('every group of both families is heard, from an address of its reach', async () => {
    const groups = (await openGroupPorts(chosen, ocfNodes)).map(kept);
    const client = kept(await InterfacePort.open(chosen));
    const addresses = groupAddresses(chosen, ocfNodes);
    const heard = Promise.all(groups.map(next));
    for (const address of addresses) client.send(bytes('asked'), address);
    for (const [at, { from }] of (await heard).entries()) {
      expect(client.localFor(addresses[at] as UdpAddress)?.key).toBe(from.key);
    }
    expect(groups.length).toBeGreaterThanOrEqual(3);
  });

  it('two ports on it reach each other by each address', async () => {
    const [a, b] = [kept(await InterfacePort.open(chosen)), kept(await InterfacePort.open(chosen))];
    for (const { address } of chosen.addresses) {
      const probe = udpAddress(address, 9);
      const heard = next(b);
      a.send(bytes(address), b.localFor(probe) as UdpAddress);
      expect((await heard).from.key).toBe(a.localFor(probe)?.key);
    }
  });
});

describe('a shared port', () => {
  it('lets all hear the same in bytes of their own, until they close', async () => {
    const port = await UdpPort.bind();
    const shared = kept(new SharedPort(port));
    const [a, b] = [shared.part(), shared.part()];
    const sender = kept(await UdpPort.bind());
    const got: Uint8Array[] = [];
    const both = new Promise<void>((resolve) => {
      const take = (payload: Uint8Array): void => {
        got.push(payload);
        if (got.length === 2) resolve();
      };
      a.onDatagram(take);
      b.onDatagram(take);
    });
    sender.send(bytes('one'), port.local);
    await both;
    (got[0] as Uint8Array).fill(0);
    expect(new TextDecoder().decode(got[1])).toBe('one');
    a.close();
    const again = next(b);
    sender.send(bytes('two'), port.local);
    expect((await again).text).toBe('two');
    expect(got).toHaveLength(2);
    expect(() => b.send(bytes('x'), sender.local)).toThrow(/receiving only/);
  });
});
