/** A node that joins a mesh and a host: the host's packets reach nodes, and those of nodes the host. */
import { decode } from '@selvage/core';
import {
  type Icmp6Message,
  icmp6Message,
  icmp6PacketOf,
  ip6Endpoint,
  ip6Text,
  MeshBorder,
  parseIp6,
  parsePrefix,
  udpPacketOf,
} from '@selvage/thread';
import { describe, expect, it } from 'vitest';
import { addressOf, type MeshNode, MeshWorld } from '../support/mesh-world.js';

const prefix = parsePrefix('fd11:22::/64');
const [hostAddress, farAway] = [parseIp6('fd11:22::1'), parseIp6('2001:db8::7')];

/** A host that a test is. */
class TestHost {
  readonly received: Uint8Array[] = [];
  #receiver: (packet: Uint8Array) => void = () => undefined;

  send(packet: Uint8Array): void {
    this.received.push(Uint8Array.from(packet));
  }

  onPacket(receiver: (packet: Uint8Array) => void): void {
    this.#receiver = receiver;
  }

  says(packet: Uint8Array): void {
    this.#receiver(packet);
  }

  echo(destination: Uint8Array, source = hostAddress): void {
    const value = { code: 0, checksum: 0, identifier: 1, sequence: 2, data: new Uint8Array(1000) };
    this.says(icmp6PacketOf({ source, destination, hopLimit: 64, trafficClass: 0 }, { type: 'echoRequest', value }));
  }
}

async function joined(seed: string) {
  const world = new MeshWorld(seed);
  const leader = await world.lead();
  const host = new TestHost();
  const offer = { prefix, defaultRoute: true, routes: [], preference: 'medium' } as const;
  const border = new MeshBorder({ runner: leader.runner, host, offer, hostAddresses: [hostAddress] });
  const child = await world.attach('child');
  const sleepy = await world.attach('sleepy', { child: { sleepy: true, pollPeriod: 300 } });
  await world.pass(2000);
  return { world, leader, host, border, child, sleepy };
}

const onMesh = (node: MeshNode) => addressOf(node, 'on-mesh');

describe('a border router', () => {
  it('announces its prefix as paros, and every node makes itself an address of it', async () => {
    const { leader, border, child, sleepy } = await joined('announced');
    expect(border.isOffered).toBe(true);
    const [entry] = leader.runner.node.networkData.filter(({ type }) => type === 'prefix');
    const borderRouters =
      entry?.type === 'prefix' ? entry.value.subTlvs.filter((sub) => sub.type === 'borderRouter') : [];
    const flags = { preferred: true, slaac: true, defaultRoute: true, onMesh: true, dhcp: false, configure: false };
    const { rloc16 } = leader.runner.node;
    expect(borderRouters).toMatchObject([{ stable: true, value: [{ rloc16, flags }] }]);
    for (const node of [leader, child, sleepy]) expect(ip6Text(onMesh(node))).toMatch(/^fd11:22::/);
  });

  it.each(['child', 'sleepy', 'leader'] as const)('lets the host ping the %s', async (name) => {
    const { world, host, ...nodes } = await joined(`ping ${name}`);
    host.echo(onMesh(nodes[name]));
    await world.until(() => host.received.length > 0, 10_000);
    const [reply] = host.received;
    expect(ip6Text(reply!.subarray(8, 24))).toBe(ip6Text(onMesh(nodes[name])));
    expect(decode(icmp6Message, reply!.subarray(40), 'icmp6')).toMatchObject({
      type: 'echoReply',
      value: { identifier: 1, sequence: 2, data: new Uint8Array(1000) },
    });
  });

  it('carries UDP both ways, begun by either side, to our host and to those behind it', async () => {
    const { world, host, child, border } = await joined('udp');
    const port = child.runner.openPort({ port: 5683 });
    const heard: string[] = [];
    port.onDatagram((payload, from) => {
      heard.push(`${from.key} ${new TextDecoder().decode(payload)}`);
      port.send(payload, from);
    });
    const head = { source: farAway, destination: onMesh(child), hopLimit: 64, trafficClass: 0 };
    host.says(udpPacketOf(head, 4000, 5683, new TextEncoder().encode('hello')));
    await world.until(() => host.received.length === 1, 10_000);
    expect(heard).toEqual(['[2001:db8::7]:4000 hello']);
    port.send(new Uint8Array(1000), ip6Endpoint('fd11:22::1', 4001));
    await world.until(() => host.received.length === 2, 10_000);
    expect(host.received.map((packet) => ip6Text(packet.subarray(24, 40)))).toEqual(['2001:db8::7', 'fd11:22::1']);
    expect(border.counters).toMatchObject({ toMesh: 1, toHost: 2 });
  });

  it('tells the host of a node that is not there', async () => {
    const { world, host } = await joined('nobody');
    host.echo(parseIp6('fd11:22::dead'));
    await world.until(() => host.received.length > 0, 60_000);
    expect(decode(icmp6Message, host.received[0]!.subarray(40), 'icmp6').type).toBe('destinationUnreachable');
  });

  it('lets a node ping the host, but not as mesh-local address', async () => {
    const { world, host, child } = await joined('out');
    const sequence = child.runner.run((node, now) => node.ping(hostAddress, 8, 5000, now));
    await world.until(() => host.received.length === 1, 10_000);
    const [request] = host.received;
    expect(ip6Text(request!.subarray(8, 24))).toBe(ip6Text(onMesh(child)));
    expect(request![7]).toBeLessThan(64);
    const asked = decode(icmp6Message, request!.subarray(40), 'icmp6');
    expect(asked.type).toBe('echoRequest');
    const head = { source: hostAddress, destination: onMesh(child), hopLimit: 64, trafficClass: 0 };
    host.says(icmp6PacketOf(head, { ...asked, type: 'echoReply' } as Icmp6Message));
    await world.until(() => child.events.some((event) => event.kind === 'echo'), 10_000);
    expect(child.events.find((event) => event.kind === 'echo')).toMatchObject({ outcome: { kind: 'reply', sequence } });
  });

  it('withdraws what it offered when it stops, and hands over nothing any more', async () => {
    const { world, host, border, child } = await joined('stopped');
    const address = onMesh(child);
    border.stop();
    await world.pass(5000);
    expect(border.isOffered).toBe(false);
    host.echo(address);
    await world.pass(2000);
    expect(host.received).toEqual([]);
  });
});
