import { SelvageError } from '@selvage/core';
import { chooseInterface } from '@selvage/core/node';
import { MemoryStore } from '@selvage/core/virtual';
import { afterEach, describe, expect, it } from 'vitest';
import { NetworkPorts } from '../../src/node/secure-world/network-ports.js';
import { network } from '../support/bench-made.js';

const chosen = chooseInterface(network);
const open: NetworkPorts[] = [];
afterEach(async () => {
  for (const ports of open.splice(0)) await ports.close();
});

function portsOn(store = new MemoryStore()): NetworkPorts {
  const ports = new NetworkPorts(chosen, store);
  open.push(ports);
  return ports;
}

describe('the ports that a board grants', () => {
  it('are those of a device, each once', async () => {
    const ports = portsOn();
    for (const name of ['plain', 'secured', 'client-plain', 'client-secured', 'group-0']) {
      expect((await ports.open(name)).maximumPayload).toBeGreaterThan(1000);
      await expect(ports.open(name)).rejects.toMatchObject({ code: 'wrong-state' });
    }
  });

  it.each(['group-1', 'group--1', 'Plain', 'telnet', ''])('are no others, such as %j', async (name) => {
    await expect(portsOn().open(name)).rejects.toMatchObject({ code: 'access-denied' });
  });

  it('have the numbers that they had before, so that who knows the device finds it again', async () => {
    const store = new MemoryStore();
    const first = portsOn(store);
    const numbers = (await first.open('secured')).locals.map(({ port }) => port);
    await first.close();
    expect((await portsOn(store).open('secured')).locals.map(({ port }) => port)).toEqual(numbers);
  });

  it('say that a program has the port of CoAP for itself, and what to do', async () => {
    const taken = new SelvageError('address-in-use', 'bind EADDRINUSE 224.0.1.187:5683');
    const ports = new NetworkPorts(chosen, new MemoryStore(), () => Promise.reject(taken));
    await expect(ports.open('group-0')).rejects.toMatchObject({
      code: 'address-in-use',
      message: expect.stringContaining(`UDP port ${chosen.groupPort}`) as string,
      remedy: expect.stringContaining('ss -ulpn') as string,
    });
  });
});
