import { ip6Text, parseIp6 } from '@selvage/thread';
import { describe, expect, it } from 'vitest';
import { type OpenThreadNode } from '../support/openthread.js';
import {
  addressText,
  became,
  freshDataset,
  hexOf,
  type OpenThreadEther,
  type OurNode,
  pingBy,
  pingFrom,
} from '../support/openthread-ether.js';
import { prefixEntry, registrationOf } from '../support/own-entries.js';
import { etherOfEachTest, inTurn, openThread } from '../support/openthread-suite.js';

const long = 240_000;
/** Of the nodes of the line, in order. */
const numbers = [350, 351, 352] as const;
const group = 'ff05::4242';
let ether: OpenThreadEther;

etherOfEachTest(inTurn(46, 4), (own) => (ether = own));

type Member = { readonly ours: OurNode } | { readonly theirs: OpenThreadNode };

/** Three routers that hear those next to them only; the first leads. */
async function line(kinds: readonly ('ours' | 'theirs')[]): Promise<Member[]> {
  const dataset = freshDataset();
  const members: Member[] = [];
  for (const [i, kind] of kinds.entries()) {
    const heard = numbers.filter((_, j) => Math.abs(i - j) === 1);
    if (kind === 'ours') {
      const hears = (node: number): boolean => (heard as readonly number[]).includes(node);
      const ours = await ether.ours(numbers[i]!, dataset, { full: true }, undefined, hears, { selectionJitter: 1 });
      ours.runner.run((engine, now) => (i === 0 ? engine.lead(now) : engine.attach(now)));
      await became(ours, () => ours.runner.node.role === (i === 0 ? 'leader' : 'router'));
      members.push({ ours });
      continue;
    }
    const theirs = ether.theirs(numbers[i]!);
    await theirs.all('routerselectionjitter 1', ...heard.map((node) => `nodeidfilter allow ${node}`));
    await theirs.all(`dataset set active ${hexOf(dataset)}`, 'ifconfig up', 'thread start');
    if (i === 0) await theirs.run('state leader').catch(() => undefined);
    await theirs.becomes('state', i === 0 ? /leader/ : /router/);
    members.push({ theirs });
  }
  return members;
}

function ping(from: Member, to: string, size = 8): Promise<boolean> {
  if ('theirs' in from) return pingBy(from.theirs, to, size);
  return pingFrom(from.ours, to, size).then((time) => time !== undefined);
}

/** Within ten seconds: a new router is known to neighbours of neighbours once they advertised. */
async function reaches(from: Member, to: string, size?: number): Promise<boolean> {
  for (let i = 0; i < 10; i++) {
    if (await ping(from, to, size)) return true;
    await new Promise((resolve) => setTimeout(resolve, 1000));
  }
  return false;
}

async function addressOf(member: Member): Promise<string> {
  return 'theirs' in member ? member.theirs.value('ipaddr mleid') : addressText(member.ours, 'mesh-local');
}

/** How many others answer a ping to a group. */
async function answers(from: Member, to: string): Promise<number> {
  if ('theirs' in from) {
    const lines = await from.theirs.run(`ping ${to} 8 1 1 64 3`);
    return lines.filter((text) => /bytes from/.test(text)).length;
  }
  const { ours } = from;
  const before = ours.events.length;
  ours.runner.run((engine, now) => engine.ping(parseIp6(to), 8, 3000, now));
  await new Promise((resolve) => setTimeout(resolve, 3200));
  return ours.events.slice(before).filter((event) => event.kind === 'echo' && event.outcome.kind === 'reply').length;
}

async function join(member: Member, to: string): Promise<void> {
  if ('theirs' in member) return void (await member.theirs.run(`ipmaddr add ${to}`));
  member.ours.runner.run((engine, now) => engine.join(parseIp6(to), now));
}

/** The address that a node makes itself in a prefix, once it has it. */
async function addressIn(member: Member, prefix: string): Promise<string> {
  const start = prefix.slice(0, prefix.indexOf('::') + 1);
  const listed = async (): Promise<readonly string[]> =>
    'theirs' in member
      ? member.theirs.run('ipaddr')
      : member.ours.runner.node.ip.addresses.unicast.map(({ address }) => ip6Text(address));
  for (let i = 0; i < 300; i++) {
    const found = (await listed()).find((address) => address.startsWith(start));
    if (found !== undefined) return found;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`no address in ${prefix}`);
}

openThread('a line', () => {
  describe.each([
    ['of ours, with OpenThread between', ['ours', 'theirs', 'ours']],
    ['of OpenThread, with ours between', ['theirs', 'ours', 'theirs']],
  ] as const)('%s', (_, kinds) => {
    it('pings every way, over two hops, with 1,200 bytes too, and by groups', { timeout: long }, async () => {
      const members = await line(kinds);
      const addresses = await Promise.all(members.map(addressOf));
      for (const size of [8, 1200]) {
        for (const [i, from] of members.entries()) {
          for (const [j, to] of addresses.entries()) {
            if (i !== j) expect([i, j, size, await reaches(from, to, size)]).toEqual([i, j, size, true]);
          }
        }
      }
      for (const member of members) await join(member, group);
      for (const from of members) {
        expect(await answers(from, 'ff03::1')).toBe(2);
        expect(await answers(from, group)).toBe(2);
      }
    });

    it('has a prefix of either end known to all, and addresses in it that ping', { timeout: long }, async () => {
      const members = await line(kinds);
      const [first, , last] = members as [Member, Member, Member];
      const prefixes = [
        [last, 'fd11:22:33:44::/64'],
        [first, 'fd55:66:77:88::/64'],
      ] as const;
      for (const [member, prefix] of prefixes) {
        if ('theirs' in member) {
          await member.theirs.all(`prefix add ${prefix} paros med`, 'netdata register');
          continue;
        }
        const data = registrationOf([prefixEntry(prefix)], 0);
        member.ours.runner.run((engine, now) => engine.setOwnNetworkData(data, now));
      }
      for (const [owner, prefix] of prefixes) {
        const addresses = await Promise.all(members.map((member) => addressIn(member, prefix)));
        const [from, to] = owner === last ? [first, 2] : [last, 0];
        expect(await reaches(from, addresses[to]!, 1200)).toBe(true);
        expect(await reaches(members[1]!, addresses[to]!)).toBe(true);
      }
    });
  });
});
