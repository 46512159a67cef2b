/**
 * A mesh joined to the IPv6 of Linux: a network namespace is the host, a TUN interface by socat the way, and whoever pings
 * and speaks UDP there is no program of ours. The mesh is in this process: a border router that leads, two routers behind
 * it in a line, and a device behind those, three hops in. Its air is virtual and its clock goes after the real one, so that
 * a machine with too much to do costs it no frame.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import type { SelvageError } from '@selvage/core';
import { udpAddress, UdpPort } from '@selvage/core/node';
import { ip6Text, MeshBorder, parseIp6, parsePrefix, udpPacketOf } from '@selvage/thread';
import { hostCommands, TunInterface } from '@selvage/thread/node';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { line, unreachable } from '../support/mesh-shape.js';
import { addressOf, type MeshNode, MeshWorld } from '../support/mesh-world.js';
import { describeWithKernel, NetworkNamespace } from '../support/network-namespace.js';
import { paceClock } from '../support/paced-clock.js';

const prefix = parsePrefix('fd11:22::/64');
const hostAddress = parseIp6('fd11:22::1');
const name = `selv${process.pid % 100_000}`;

describeWithKernel('a host of Linux on a mesh', () => {
  let host: NetworkNamespace;
  let tun: TunInterface;
  let border: MeshBorder;
  let device: MeshNode;
  let stopClock: () => Promise<void>;
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
    const world = new MeshWorld('border-kernel');
    line(world, ['leader', 'first', 'second', 'device']);
    const leader = await world.lead();
    const offer = { prefix, defaultRoute: true, routes: [], preference: 'medium' } as const;
    border = new MeshBorder({ runner: leader.runner, host: tun, offer, hostAddresses: [hostAddress] });
    await world.route('first');
    await world.route('second');
    device = await world.attach('device');
    for (const node of [leader, device]) await world.until(() => hasOnMesh(node));
    // The leader is to have heard which way the last router is.
    await world.pass(60_000);
    expect(await unreachable(world, [leader, device])).toEqual([]);
    near = ip6Text(addressOf(leader, 'on-mesh'));
    far = ip6Text(addressOf(device, 'on-mesh'));
    const port = device.runner.openPort({ port: 5683 });
    port.onDatagram((payload, from) => port.send(payload, from));
    stopClock = paceClock(world.clock);
  });

  afterAll(async () => {
    await stopClock();
    border.stop();
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
    const { stdout: nobody } = await host.run('ping', ['-n', '-c', '1', '-W', '60', 'fd11:22::dead']);
    expect(nobody).toMatch(/Destination unreachable: (No route|Address unreachable)/);
    const { stdout: hops } = await host.run('ping', ['-n', '-c', '1', '-W', '60', '-t', '1', far]);
    expect(hops).toContain('Time exceeded: Hop limit');
  });

  it('is reached by the device', async () => {
    const reply = new Promise((resolve) => {
      device.runner.onEvent((event) => event.kind === 'echo' && resolve(event.outcome.kind));
    });
    device.runner.run((node, now) => node.ping(hostAddress, 1000, 10_000, now));
    expect(await reply).toBe('reply');
  });

  it('cannot claim to be a node, nor reach the mesh-local prefix', async () => {
    const { spoofed } = border.counters;
    const claimed = 'fd11:22::beef';
    await host.run('ip', ['-6', 'addr', 'add', `${claimed}/128`, 'dev', name, 'nodad']);
    const { stdout } = await host.run('ping', ['-n', '-c', '1', '-W', '1', '-I', claimed, far]);
    expect(stdout).toContain('0 received');
    await vi.waitFor(() => expect(border.counters.spoofed).toBe(spoofed + 1), 60_000);
    const meshLocal = ip6Text(addressOf(device, 'mesh-local'));
    await host.run('ip', ['-6', 'route', 'add', `${meshLocal}/128`, 'dev', name]);
    const refused = await host.run('ping', ['-n', '-c', '1', '-W', '60', '-I', 'fd11:22::1', meshLocal]);
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
    const { stdout } = await host.run('ping', ['-n', '-c', '1', '-W', '60', '-I', 'fd11:22::1', far]);
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

function hasOnMesh({ runner }: MeshNode): boolean {
  return runner.node.ip.addresses.unicast.some(({ kind }) => kind === 'on-mesh');
}
