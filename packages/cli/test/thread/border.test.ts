/** `selvage thread border`, as root in a network namespace of its own, and what it says to whoever may not. */
import { spawnSync } from 'node:child_process';
import { chmodSync, writeFileSync } from 'node:fs';
import { systemEntropy, toHex } from '@selvage/core';
import { nativeCore } from '@selvage/crypto';
import { generateDataset } from '@selvage/thread';
import { beforeAll, describe, expect, it } from 'vitest';
import { describeWithKernel, NetworkNamespace } from '../../../thread/test/support/network-namespace.js';
import { borderExamples } from '../../src/thread/border/examples.js';
import { builtMain, Program } from '../support/program.js';
import { scratchFolder } from '../support/scratch.js';
import { TestSurface } from '../support/test-surface.js';

const file = scratchFolder();
const examples = [...borderExamples.matchAll(/^ +\$ sudo env "PATH=\$PATH" selvage (.+)$/gm)].map(([, line]) => line!);

beforeAll(() => {
  const dataset = generateDataset({ core: nativeCore, entropy: systemEntropy });
  writeFileSync(file('home.dataset'), toHex(dataset.encode()));
});

const words = (line: string): string[] => line.replace('home.dataset', file('home.dataset')).split(' ');

describeWithKernel('thread border', () => {
  it('runs its examples: one forms a network, the other joins it, and the host reaches both', async () => {
    expect(examples).toHaveLength(2);
    const [forming, joining] = examples.map(words) as [string[], string[]];
    const host = await NetworkNamespace.open();
    const inside = (line: string[]): Program =>
      Program.start('nsenter', [`--net=/proc/${host.pid}/ns/net`, '--', process.execPath, builtMain, ...line]);
    const leader = inside(forming);
    const [, near = ''] = await leader.says(/try: ping (\S+),/);
    const { stdout } = await host.run('ping', ['-n', '-c', '1', '-W', '60', near]);
    expect(stdout).toContain('1 received');
    const taken = inside(forming);
    expect(await taken.ended).toBe(69);
    expect(taken.stderr).toMatch(/interface wpan0 is another/);
    // The other border router has another name for its interface on the same host, and another address.
    const other = inside([...joining, '--tun', 'wpan1', '--host-address', 'fd11:22::2', '--json']);
    await other.says(/"address-in-use"|"offered"/);
    await other.ended;
    // The host has the route already: what ip said is told.
    expect(other.stdout).toMatch(/"code":"address-in-use".*ip -6 route/s);
    leader.signal('SIGINT');
    expect(await leader.ended).toBe(0);
    expect(leader.stdout).toMatch(/^1 packets into the mesh, 1 out of it, 0 errors told$/m);
    expect((await host.run('ip', ['link', 'show', 'wpan0'])).exit).not.toBe(0);
    const alone = inside([...joining, '--form']);
    await alone.says(/the mesh has the prefix fd11:22::\/64 \(paos\)/);
    alone.signal('SIGINT');
    expect(await alone.ended).toBe(0);
    host.close();
  });
});

describe('thread border', () => {
  it.each([
    [['--tun', 'wpan0', '--prefix', 'fd11:22::/48'], 64, /64 bits/],
    [['--tun', 'a name', '--prefix', 'fd11:22::/64'], 64, /no interface can be called a name/],
    [['--tun', 'wpan0', '--prefix', 'fd11:22::/64', '--host-address', 'fd11:23::1'], 64, /not in fd11:22::\/64/],
    [['--prefix', 'fd11:22::/64'], 64, /--tun/],
  ])('%j says what is wrong with it', async (line, code, says) => {
    const surface = new TestSurface();
    expect(await surface.run('thread', 'border', file('home.dataset'), ...line)).toBe(code);
    expect(surface.stderr.text.replaceAll(/\s+/g, ' ')).toMatch(says);
  });

  it('says what to type to whoever may not open an interface', ({ skip }) => {
    chmodSync(file('home.dataset'), 0o644);
    chmodSync(file('.'), 0o755);
    const user = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};
    const line = ['thread', 'border', file('home.dataset'), '--form', '--tun', 'wpan0', '--prefix', 'fd11:22::/64'];
    // Node and this program may lie where the user who may not is not let in: the words are what is looked at.
    const { status, stderr } = spawnSync(process.execPath, [builtMain, ...line], { ...user, encoding: 'utf8' });
    if (status === null || /EACCES|Cannot find module/.test(stderr))
      return skip('a user without rights cannot run it here');
    const says = stderr.replaceAll(/\s+/g, ' ');
    if (says.includes('socat is not installed')) return skip('socat not found: apt-get install socat');
    expect([status, says]).toEqual([77, expect.stringContaining('type sudo env "PATH=$PATH"')]);
  });
});
