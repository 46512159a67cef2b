import { expect, it } from 'vitest';
import { RouterTable } from '../../src/mesh/router-table.js';
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
import { etherOfEachTest, inTurn, openThread } from '../support/openthread-suite.js';

const long = 240_000;
let ether: OpenThreadEther;

etherOfEachTest(inTurn(24, 6), (own) => (ether = own));

const join = ['ifconfig up', 'thread start'] as const;

openThread('our router of an OpenThread leader', () => {
  it('gets a router id, links, and is pinged with 8 and 1,200 bytes', { timeout: long }, async () => {
    const { node, dataset } = await ether.leader();
    const ours = await ether.routing(251, dataset);
    await node.becomes('neighbor table', /\| {3}R {2}\|/);
    const mine = addressText(ours, 'mesh-local');
    const theirs = await node.value('ipaddr mleid');
    for (const size of [8, 1200]) {
      expect(await pingBy(node, mine, size)).toBe(true);
      expect(await pingFrom(ours, theirs, size)).toBeGreaterThan(0);
      expect(await pingFrom(ours, await node.value('ipaddr rloc'), size)).toBeGreaterThan(0);
    }
  });

  it('is the parent of OpenThread children, full and sleepy, that hear nobody else', { timeout: long }, async () => {
    const { node, dataset } = await ether.leader();
    const ours = await ether.routing(251, dataset);
    const full = ether.theirs(252);
    const sleepy = ether.theirs(253, 'mtd');
    await node.all('nodeidfilter deny 252', 'nodeidfilter deny 253');
    await full.all(
      `dataset set active ${hexOf(dataset)}`,
      'nodeidfilter deny 1',
      'nodeidfilter deny 253',
      'routereligible disable',
      ...join,
    );
    await sleepy.all(
      `dataset set active ${hexOf(dataset)}`,
      'nodeidfilter deny 1',
      'nodeidfilter deny 252',
      'mode -',
      'pollperiod 200',
      ...join,
    );
    for (const child of [full, sleepy]) {
      await child.becomes('state', /child/);
      expect(Number.parseInt(await child.value('rloc16'), 16) >> 10).toBe((ours.runner.node.rloc16 ?? 0) >> 10);
      const address = await child.value('ipaddr mleid');
      for (const size of [8, 1200]) {
        expect(await pingFrom(ours, address, size)).toBeGreaterThan(0);
        expect(await pingBy(node, address, size)).toBe(true);
        expect(await pingBy(child, await node.value('ipaddr mleid'), size)).toBe(true);
      }
    }
  });
});

openThread('our leader', () => {
  it('has OpenThread routers in a line, and a sleepy child behind them', { timeout: long }, async () => {
    const dataset = freshDataset();
    const ours = await ether.ours(251, dataset, { full: true });
    ours.runner.run((engine, now) => engine.lead(now));
    const near = ether.theirs(252);
    const far = ether.theirs(253);
    const sleepy = ether.theirs(254, 'mtd');
    const start = [`dataset set active ${hexOf(dataset)}`, 'routerselectionjitter 1', ...join] as const;
    await near.all('nodeidfilter deny 254', ...start);
    await near.becomes('state', /router/);
    await far.all('nodeidfilter deny 251', ...start);
    await far.becomes('state', /router/);
    await sleepy.all(
      'nodeidfilter deny 251',
      'nodeidfilter deny 252',
      `dataset set active ${hexOf(dataset)}`,
      'mode -',
      'pollperiod 200',
      ...join,
    );
    await sleepy.becomes('state', /child/);
    for (const peer of [near, far, sleepy]) {
      const address = await peer.value('ipaddr mleid');
      for (const size of [8, 1200]) {
        expect(await pingFrom(ours, address, size)).toBeGreaterThan(0);
        expect(await pingBy(peer, addressText(ours, 'mesh-local'), size)).toBe(true);
      }
    }
    expect(ours.runner.node.role).toBe('leader');
  });
});

openThread('a leader that is killed', () => {
  it('ours: an OpenThread router takes its place, and our router is with it', { timeout: long }, async () => {
    const dataset = freshDataset();
    const first = await ether.ours(251, dataset, { full: true });
    first.runner.run((engine, now) => engine.lead(now));
    const theirs = ether.theirs(252);
    await theirs.all(`dataset set active ${hexOf(dataset)}`, 'routerselectionjitter 1', 'networkidtimeout 20', ...join);
    await theirs.becomes('state', /router/);
    const ours = await ether.routing(253, dataset, { networkIdTimeout: 50 });
    // Both have heard the leader last by one advertisement: neither has news of it for the other.
    const before = sequenceOf(first);
    while (sequenceOf(first) === before || sequenceOf(ours) !== sequenceOf(first)) await theirs.run('state');
    await first.runner.stop();
    await theirs.becomes('state', /leader/, 90_000);
    // Under load either may have heard the old leader once more, and goes to the other then: they are one all the same.
    const isOne = async (): Promise<boolean> => Number(await theirs.value('partitionid')) === partitionOf(ours);
    const end = performance.now() + 120_000;
    while (performance.now() < end && !((await isOne()) && ours.runner.node.role !== 'child'))
      await theirs.run('state');
    expect(await isOne()).toBe(true);
    const address = await theirs.value('ipaddr mleid');
    await reaches(async () => (await pingFrom(ours, address)) !== undefined);
    await reaches(() => pingBy(theirs, addressText(ours, 'mesh-local'), 1200));
  });

  it('theirs: our router takes its place, and its OpenThread child stays with it', { timeout: long }, async () => {
    const { node: first, dataset } = await ether.leader();
    const ours = await ether.routing(251, dataset, { networkIdTimeout: 20 });
    const child = ether.theirs(252);
    const start = [`dataset set active ${hexOf(dataset)}`, 'routereligible disable', ...join] as const;
    await child.all('nodeidfilter deny 1', ...start);
    await child.becomes('state', /child/);
    await first.kill();
    await became(ours, () => ours.runner.node.role === 'leader', 90_000);
    await child.becomes('partitionid', new RegExp(`^${String(partitionOf(ours))}$`), 90_000);
    const address = await child.value('ipaddr mleid');
    await reaches(async () => (await pingFrom(ours, address)) !== undefined);
    await reaches(() => pingBy(child, addressText(ours, 'mesh-local'), 1200));
  });
});

openThread('our router of which there are too many', () => {
  const others = Array.from({ length: 8 }, (_, i) => 241 + i);
  const [spareNumber, ...more] = [249, 250, 251] as const;
  const kinds = [
    { number: 252, kind: 'ftd', commands: ['routereligible disable'] },
    { number: 253, kind: 'mtd', commands: ['mode rn'] },
    { number: 254, kind: 'mtd', commands: ['mode -', 'pollperiod 500'] },
  ] as const;

  it('steps down, and its OpenThread children are soon those of others: full, awake and sleepy', {
    timeout: 420_000,
  }, async () => {
    const { node: leader, dataset } = await ether.leader();
    for (const number of others) await ether.routing(number, dataset);
    // It says late, of its own accord, what it is.
    const settings = { downgradeThreshold: 10, selectionJitter: 120 };
    const spare = await ether.attached(spareNumber, dataset, { full: true }, undefined, undefined, settings);
    const idOf = async (child: { value(command: string): Promise<string> }): Promise<number> =>
      Number.parseInt(await child.value('rloc16'), 16) >> 10;
    const children = [];
    for (const { number, kind, commands } of kinds) {
      const child = ether.theirs(number, kind);
      children.push(child);
      for (const other of [1, ...others, ...more]) await child.run(`nodeidfilter deny ${other}`);
      await child.all(`dataset set active ${hexOf(dataset)}`, ...commands, ...join);
      await child.becomes('state', /child/);
    }
    const spareId = (spare.runner.node.rloc16 ?? 0) >> 10;
    expect(await Promise.all(children.map(idOf))).toEqual(children.map(() => spareId));
    for (const child of children) await child.run('nodeidfilter clear');
    for (const number of more) await ether.routing(number, dataset);
    await became(spare, () => spare.runner.node.role === 'child', 200_000);
    const from = performance.now();
    for (const child of children) {
      while (performance.now() < from + 30_000 && (await idOf(child)) === spareId) await child.run('state');
      await child.becomes('state', /child/);
      expect(await idOf(child)).not.toBe(spareId);
    }
    for (const child of children) {
      const address = await child.value('ipaddr mleid');
      await reaches(async () => (await pingFrom(spare, address)) !== undefined);
      await reaches(() => pingBy(leader, address));
    }
  });
});

openThread('a sleepy child that is out of reach of its parent, under another one', () => {
  it('ours takes leave of its OpenThread parent, which forgets it', { timeout: long }, async () => {
    const { node: former, dataset } = await ether.leader();
    const next = await ether.routing(251, dataset);
    let heard = 1;
    const sleepy = { sleepy: true, pollPeriod: 500 };
    const child = await ether.attached(252, dataset, sleepy, undefined, (other) => other === heard);
    const children = async (): Promise<string> => (await former.run('child list')).join(' ').trim();
    expect(await children()).toMatch(/^\d+$/);
    await former.run('nodeidfilter deny 252');
    heard = 251;
    await became(child, () => (child.runner.node.rloc16 ?? 0) >> 10 === (next.runner.node.rloc16 ?? 0) >> 10);
    const end = performance.now() + 10_000;
    while (performance.now() < end && (await children()) !== '') await former.run('state');
    expect(await children()).toBe('');
    await reaches(() => pingBy(former, addressText(child, 'mesh-local')));
  });

  it('theirs takes leave of ours', { timeout: long }, async () => {
    const { node: next, dataset } = await ether.leader();
    const former = await ether.routing(251, dataset);
    const child = ether.theirs(252, 'mtd');
    const start = ['mode -', 'pollperiod 500', 'nodeidfilter deny 1', ...join] as const;
    await child.all(`dataset set active ${hexOf(dataset)}`, ...start);
    await child.becomes('state', /child/);
    expect(former.runner.node.status.children).toBe(1);
    // It is child of ours for longer than a word of before may be under way.
    await ether.at(ether.now() + 6000);
    await child.all('nodeidfilter clear', 'nodeidfilter deny 251');
    await next.becomes('child list', /\d/);
    await became(former, () => former.runner.node.status.children === 0, 10_000);
    const address = await child.value('ipaddr mleid');
    await reaches(async () => (await pingFrom(former, address)) !== undefined);
  });
});

openThread('two partitions with routers of both kinds', () => {
  it.each(['ours', 'theirs'] as const)(
    'become one under the leader of the greater: %s',
    { timeout: long },
    async (greater) => {
      const dataset = freshDataset();
      const weight = greater === 'ours' ? 90 : 30;
      const lead = await ether.ours(251, dataset, { full: true }, undefined, (other) => other <= 252, {
        weighting: weight,
      });
      lead.runner.run((engine, now) => engine.lead(now));
      const follower = ether.theirs(252);
      const other = ether.theirs(253);
      const start = [`dataset set active ${hexOf(dataset)}`, 'routerselectionjitter 1', ...join] as const;
      await follower.all('nodeidfilter deny 253', 'nodeidfilter deny 254', ...start);
      await follower.becomes('state', /router/);
      await other.all('leaderweight 64', 'nodeidfilter deny 251', 'nodeidfilter deny 252', ...start);
      await other.run('state leader').catch(() => undefined);
      await other.becomes('state', /leader/);
      const second = await ether.ours(254, dataset, { full: true }, undefined, (heard) => heard === 253, {
        selectionJitter: 1,
      });
      second.runner.run((engine, now) => engine.attach(now));
      await became(second, () => second.runner.node.role === 'router');
      // The two of OpenThread's hear each other from now on: there the partitions meet.
      await follower.all('nodeidfilter clear', 'nodeidfilter deny 254');
      await other.all('nodeidfilter clear', 'nodeidfilter deny 251');
      const winner = greater === 'ours' ? lead : second;
      const loser = greater === 'ours' ? second : lead;
      await became(
        loser,
        () => partitionOf(loser) === partitionOf(winner) && loser.runner.node.role === 'router',
        120_000,
      );
      await reaches(() => pingBy(other, addressText(lead, 'mesh-local')));
      await reaches(() => pingBy(follower, addressText(second, 'mesh-local')));
      await reaches(async () => (await pingFrom(lead, addressText(second, 'mesh-local'), 1200)) !== undefined);
    },
  );
});

/** Somebody answers, at the latest when addresses of before are known no longer. */
async function reaches(ping: () => Promise<boolean>): Promise<void> {
  for (let i = 0; i < 10; i++) if (await ping()) return;
  expect.fail('it was not reached');
}

function sequenceOf({ runner }: OurNode): number | undefined {
  const { routes } = runner.node.status;
  return routes instanceof RouterTable ? routes.idSequence : undefined;
}

function partitionOf({ runner }: OurNode): number | undefined {
  return runner.node.status.partition?.partitionId;
}
