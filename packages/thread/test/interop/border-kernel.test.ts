/**
 * A mesh joined to the IPv6 of Linux: a network namespace is the host, a TUN interface by socat the way, and whoever pings
 * and speaks UDP there is no program of ours. The mesh is in this process, on the real clock: a border router that leads,
 * two routers behind it in a line, and a device behind those, three hops in.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { type SelvageError, systemEntropy } from '@selvage/core';
import { systemClock as clock, udpAddress, UdpPort } from '@selvage/core/node';
import { MemoryStore } from '@selvage/core/virtual';
import { LocalKeyHome, nativeCore } from '@selvage/crypto';
import {
  generateDataset,
  ip6Text,
  MeshBorder,
  type NodeRunner,
  openThreadNode,
  parseIp6,
  parsePrefix,
  type Role,
  udpPacketOf,
} from '@selvage/thread';
import { hostCommands, TunInterface, UdpEtherRadio } from '@selvage/thread/node';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeWithKernel, NetworkNamespace } from '../support/network-namespace.js';

const prefix = parsePrefix('fd11:22::/64');
const hostAddress = parseIp6('fd11:22::1');
const portOffset = 1100 + (process.pid % 400);
const name = `selv${process.pid % 100_000}`;

describeWithKernel('a host of Linux on a mesh', () => {
  let host: NetworkNamespace;
  let tun: TunInterface;
  let border: MeshBorder;
  const nodes: NodeRunner[] = [];
  /** Addresses of the prefix: of the border router, and of the device that is farthest from it. */
  let near = '';
  let far = '';

  beforeAll(async () => {
    host = await NetworkNamespace.open();
    tun = await TunInterface.open({ name });
    execFileSync('ip', ['link', 'set', 'dev', name, 'netns', `${host.pid}`]);
    for (const words of hostCommands({ name, addresses: [hostAddress], routes: [prefix] })) {
      expect(await host.run('ip', words)).toMatchObject({ exit: 0, stderr: '' });
    }
    const dataset = generateDataset({ core: nativeCore, entropy: systemEntropy });
    /** Opens the next node of a line: it hears the one before and the one after. */
    const open = async (role: Role): Promise<NodeRunner> => {
      const own = nodes.length + 1;
      const hears = (node: number): boolean => Math.abs(node - own) === 1;
      const radio = await UdpEtherRadio.join({ node: own, portOffset, hears }, clock);
      const home = new LocalKeyHome({ core: nativeCore, entropy: systemEntropy });
      const parts = { core: nativeCore, entropy: systemEntropy, clock, home, store: new MemoryStore(), dataset };
      const settings = { child: { full: role !== 'child' }, router: { selectionJitter: 1 } };
      const runner = await openThreadNode({ ...parts, ...settings, radio });
      nodes.push(runner);
      const isThere = became(runner, role);
      runner.run((node, now) => (role === 'leader' ? node.lead(now) : node.attach(now)));
      await isThere;
      return runner;
    };
    const leader = await open('leader');
    const offer = { prefix, defaultRoute: true, routes: [], preference: 'medium' } as const;
    border = new MeshBorder({ runner: leader, host: tun, offer, hostAddresses: [hostAddress] });
    await open('router');
    await open('router');
    const device = await open('child');
    far = await onMeshAddress(device);
    near = await onMeshAddress(leader);
    const port = device.openPort({ port: 5683 });
    port.onDatagram((payload, from) => port.send(payload, from));
  }, 60_000);

  afterAll(async () => {
    border.stop();
    for (const runner of nodes) await runner.stop();
    tun.close();
    host.close();
  });

  it('pings the border router itself, and a device three hops in', async () => {
    for (const address of [near, far]) {
      const stdout = await host.ping(address);
      expect(stdout).toContain('1 received');
      // The hops of IPv6, each way: within the mesh frames go on by their mesh header, and only a device's parent counts.
      expect(stdout).toContain(`ttl=${address === near ? 63 : 62}`);
    }
  });

  it('pings with 1,232 bytes, all that a packet of 1,280 has room for', async () => {
    expect(await host.ping(far, 1232)).toContain('1 received');
  });

  it('speaks UDP with a device, by a program that knows nothing of meshes', async () => {
    const socket = `UDP6:[${far}]:5683`;
    expect(await host.run('socat', ['-t', '5', '-,ignoreeof', `${socket},readbytes=5`], 'hello')).toMatchObject({
      stdout: 'hello',
    });
  });

  it('is told that nobody is there, and that the hops were too few', async () => {
    const { stdout: nobody } = await host.run('ping', ['-n', '-c', '1', '-W', '20', 'fd11:22::dead']);
    expect(nobody).toMatch(/Destination unreachable: (No route|Address unreachable)/);
    const { stdout: hops } = await host.run('ping', ['-n', '-c', '1', '-W', '5', '-t', '1', far]);
    expect(hops).toContain('Time exceeded: Hop limit');
  });

  it('is reached by the device', async () => {
    const device = nodes.at(-1)!;
    const reply = new Promise((resolve) => {
      device.onEvent((event) => event.kind === 'echo' && resolve(event.outcome.kind));
    });
    device.run((node, now) => node.ping(hostAddress, 1000, 10_000, now));
    expect(await reply).toBe('reply');
  });

  it('cannot claim to be a node, nor reach the mesh-local prefix', async () => {
    const { spoofed } = border.counters;
    const claimed = 'fd11:22::beef';
    await host.run('ip', ['-6', 'addr', 'add', `${claimed}/128`, 'dev', name, 'nodad']);
    const { stdout } = await host.run('ping', ['-n', '-c', '1', '-W', '1', '-I', claimed, far]);
    expect(stdout).toContain('0 received');
    expect(border.counters.spoofed).toBe(spoofed + 1);
    const meshLocal = ip6Text(
      nodes.at(-1)!.node.ip.addresses.unicast.find(({ kind }) => kind === 'mesh-local')!.address,
    );
    await host.run('ip', ['-6', 'route', 'add', `${meshLocal}/128`, 'dev', name]);
    const refused = await host.run('ping', ['-n', '-c', '1', '-W', '5', '-I', 'fd11:22::1', meshLocal]);
    expect(refused.stdout).toContain('Administratively prohibited');
  });

  it('is spoken for by its interface alone: nobody else on loopback is listened to', async () => {
    const before = { ...border.counters };
    const stranger = await UdpPort.bind();
    const packet = udpPacketOf(
      { source: parseIp6('2001:db8::1'), destination: parseIp6(far), hopLimit: 64, trafficClass: 0 },
      1,
      5683,
      new Uint8Array(4),
    );
    stranger.send(packet, udpAddress('127.0.0.1', tun.port));
    // What the kernel says comes after it, and is heard.
    const { stdout } = await host.run('ping', ['-n', '-c', '1', '-W', '5', '-I', 'fd11:22::1', far]);
    expect(stdout).toContain('1 received');
    stranger.close();
    expect(border.counters.toMesh).toBe(before.toMesh + 1);
  });
});

describeWithKernel('a TUN interface', () => {
  const other = `${name.slice(0, 12)}b`;

  it('is gone when it is closed, and told where its helper ends', async () => {
    let end: (reason: SelvageError) => void = () => undefined;
    const gone = new Promise<SelvageError>((resolve) => (end = resolve));
    const tun = await TunInterface.open({ name: other, onClosed: (reason) => end(reason) });
    expect(existsSync(`/sys/class/net/${other}`)).toBe(true);
    const childrenOf = (pid: number | string): string[] =>
      readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ');
    const runs = (pid: string, program: string): boolean => {
      const line = readFileSync(`/proc/${pid}/cmdline`, 'utf8');
      return line.startsWith(program) && line.includes(other);
    };
    const keeper = childrenOf(process.pid).find((pid) => runs(pid, 'sh'));
    const helper = childrenOf(keeper!).find((pid) => runs(pid, 'socat'));
    process.kill(Number(helper), 'SIGKILL');
    expect(await gone).toMatchObject({ code: 'port-failed' });
    expect(existsSync(`/sys/class/net/${other}`)).toBe(false);
    tun.close();
    tun.send(new Uint8Array(40));
  });

  it('says what is wrong where it cannot be opened', async () => {
    await expect(TunInterface.open({ name: 'a name' })).rejects.toMatchObject({ code: 'invalid-argument' });
    const tun = await TunInterface.open({ name: other });
    await expect(TunInterface.open({ name: other })).rejects.toMatchObject({ code: 'address-in-use' });
    tun.close();
    const { PATH } = process.env;
    process.env['PATH'] = '/nowhere';
    const failed = TunInterface.open({ name: other });
    await expect(failed).rejects.toMatchObject({ code: 'port-failed', message: 'socat is not installed' });
    process.env['PATH'] = PATH;
  });
});

/** Resolves when a node has a role. */
function became(runner: NodeRunner, role: Role): Promise<void> {
  return new Promise((resolve) => {
    const look = (): void => {
      if (runner.node.role === role) resolve();
    };
    runner.onEvent(look);
    look();
  });
}

/** The address of the prefix that a node has, or will have. */
function onMeshAddress(runner: NodeRunner): Promise<string> {
  return new Promise((resolve) => {
    const look = (): void => {
      const own = runner.node.ip.addresses.unicast.find(({ kind }) => kind === 'on-mesh');
      if (own !== undefined) resolve(ip6Text(own.address));
    };
    runner.onEvent(look);
    look();
  });
}
