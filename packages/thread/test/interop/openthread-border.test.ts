/**
 * Our border router in a mesh of OpenThread's: its leader, a router and a minimal device, and Linux as the host. Needs the
 * kernel as `border-kernel.test.ts` does, and `SELVAGE_OPENTHREAD`.
 */
import { execFileSync } from 'node:child_process';
import { MeshBorder, parseIp6, parsePrefix } from '@selvage/thread';
import { hostCommands, TunInterface } from '@selvage/thread/node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { describeWithKernel, NetworkNamespace } from '../support/network-namespace.js';
import { hasOpenThread, type OpenThreadNode } from '../support/openthread.js';
import { became, OpenThreadEther, pingBy } from '../support/openthread-ether.js';

const prefix = parsePrefix('fd11:22::/64');
const hostAddress = parseIp6('fd11:22::1');
const name = `selv${process.pid % 100_000}o`;
const openThread = hasOpenThread ? describeWithKernel : describe.skip;

openThread('our border router in a mesh of OpenThread’s', () => {
  const ether = new OpenThreadEther(24 + (process.pid % 4));
  const theirs = new Map<string, OpenThreadNode>();
  let host: NetworkNamespace;
  let tun: TunInterface;
  let border: MeshBorder;

  beforeAll(async () => {
    host = await NetworkNamespace.open();
    tun = await TunInterface.open({ name });
    execFileSync('ip', ['link', 'set', 'dev', name, 'netns', `${host.pid}`]);
    for (const words of hostCommands({ name, addresses: [hostAddress], routes: [prefix] })) await host.run('ip', words);
    const { node: leader, dataset } = await ether.leader();
    theirs.set('leader', leader);
    const hex = Buffer.from(dataset.encode()).toString('hex');
    const join = async (number: number, kind: 'ftd' | 'mtd', state: RegExp): Promise<OpenThreadNode> => {
      const node = ether.theirs(number, kind);
      const jitter = kind === 'ftd' ? ['routerselectionjitter 1'] : [];
      await node.all(`dataset set active ${hex}`, ...jitter, 'ifconfig up', 'thread start');
      await node.becomes('state', state);
      return node;
    };
    theirs.set('router', await join(2, 'ftd', /router/));
    theirs.set('device', await join(3, 'mtd', /child/));
    const ours = await ether.attached(9, dataset, { full: true });
    const offer = { prefix, defaultRoute: true, routes: [], preference: 'medium' } as const;
    border = new MeshBorder({ runner: ours.runner, host: tun, offer, hostAddresses: [hostAddress] });
    await became(ours, () => border.isOffered);
  }, 120_000);

  afterAll(async () => {
    border.stop();
    await ether.close();
    tun.close();
    host.close();
  });

  it('has its prefix from the leader, as paros', async () => {
    await theirs.get('leader')!.becomes('netdata show', /^fd11:22:0:0::\/64 paros med/);
  });

  it.each(['leader', 'router', 'device'])(
    'lets the host ping their %s with 1,000 bytes, and be pinged by it',
    async (who) => {
      const node = theirs.get(who)!;
      const address = (await node.becomes('ipaddr', /^fd11:22:/)).trim();
      expect(await host.ping(address, 1000)).toContain('1 received');
      expect(await pingBy(node, 'fd11:22::1', 1000)).toBe(true);
    },
  );
});
