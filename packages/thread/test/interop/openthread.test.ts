import { expect, it } from 'vitest';
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
import { etherOfEachTest, inTurn, openThread } from '../support/openthread-suite.js';

const long = 120_000;
let ether: OpenThreadEther;

etherOfEachTest(inTurn(2, 20), (own) => (ether = own));

const kinds = [
  ['with its receiver on', {}],
  ['asleep', { sleepy: true, pollPeriod: 200 }],
] as const;

openThread('our child of an OpenThread leader', () => {
  it.each(kinds)('attaches %s; pings go both ways, 1,200 bytes too', { timeout: long }, async (_name, child) => {
    const { node, dataset } = await ether.leader();
    const ours = await ether.attached(9, dataset, child);
    const mine = addressText(ours, 'mesh-local');
    const theirs = await node.value('ipaddr mleid');
    for (const size of [8, 1200]) {
      expect(await pingBy(node, mine, size)).toBe(true);
      expect(await pingFrom(ours, theirs, size)).toBeGreaterThan(0);
      expect(await pingFrom(ours, await node.value('ipaddr rloc'), size)).toBeGreaterThan(0);
    }
  });
});

openThread('our child follows an OpenThread network', () => {
  it.each(kinds)('two hops behind a router, %s', { timeout: long }, async (_name, child) => {
    const { node, dataset } = await ether.leader();
    const router = ether.theirs(2);
    await router.all(`dataset set active ${hexOf(dataset)}`, 'routerselectionjitter 1', 'ifconfig up', 'thread start');
    await router.becomes('state', /router/);
    await node.run('nodeidfilter deny 9');
    const ours = await ether.attached(9, dataset, child);
    expect((ours.runner.node.rloc16 ?? 0) >> 10).toBe(Number.parseInt(await router.value('rloc16'), 16) >> 10);
    const mine = addressText(ours, 'mesh-local');
    for (const size of [8, 1200]) {
      expect(await pingFrom(ours, await node.value('ipaddr mleid'), size)).toBeGreaterThan(0);
      expect(await pingBy(node, mine, size)).toBe(true);
    }
  });

  it.each(kinds)('through a restart of the leader, %s', { timeout: long }, async (_name, child) => {
    const { node, dataset } = await ether.leader();
    const ours = await ether.attached(9, dataset, { ...child, timeout: 10 });
    await node.kill();
    node.restart();
    await node.all('ifconfig up', 'thread start');
    await node.becomes('state', /leader/);
    await became(ours, () => ours.runner.node.role === 'child');
    await reaches(node, ours);
    expect(await pingFrom(ours, await node.value('ipaddr mleid'))).toBeGreaterThan(0);
  });

  it.each(kinds)('to another parent when its own is killed, %s', { timeout: long }, async (_name, child) => {
    const { node, dataset } = await ether.leader();
    const router = ether.theirs(2);
    await router.all(`dataset set active ${hexOf(dataset)}`, 'routerselectionjitter 1', 'ifconfig up', 'thread start');
    await router.becomes('state', /router/);
    await node.run('nodeidfilter deny 9');
    const ours = await ether.attached(9, dataset, { ...child, timeout: 10 });
    await node.run('nodeidfilter clear');
    await router.kill();
    const leaderId = Number.parseInt(await node.value('rloc16'), 16) >> 10;
    await became(ours, () => (ours.runner.node.rloc16 ?? 0) >> 10 === leaderId);
    expect(await pingFrom(ours, await node.value('ipaddr rloc'))).toBeGreaterThan(0);
  });

  it.each(kinds)('to the key sequence that its parent moves to, %s', { timeout: long }, async (_name, child) => {
    const { node, dataset } = await ether.leader();
    const ours = await ether.attached(9, dataset, child);
    await node.run('keysequence counter 1');
    await reaches(node, ours);
    expect(ours.runner.node.keys.current.sequence).toBe(1);
    expect(await pingFrom(ours, await node.value('ipaddr rloc'))).toBeGreaterThan(0);
  });

  it.each(kinds)('to a network that is sequences ahead, %s', { timeout: long }, async (_name, child) => {
    const { node, dataset } = await ether.leader();
    await node.run('keysequence counter 5');
    const ours = await ether.attached(9, dataset, child);
    expect(ours.runner.node.keys.current.sequence).toBe(5);
    await reaches(node, ours);
  });

  it.each(kinds)('to sequences that its parent leapt to, %s', { timeout: long }, async (_name, child) => {
    const { node, dataset } = await ether.leader();
    const ours = await ether.attached(9, dataset, { ...child, timeout: 10, supervision: 3 });
    await node.run('keysequence counter 3');
    await became(ours, () => ours.runner.node.keys.current.sequence === 3);
    await became(ours, () => ours.runner.node.role === 'child');
    await reaches(node, ours);
  });

  it.each(kinds)('to the PAN id and channel of a pending dataset, %s', { timeout: long }, async (_name, child) => {
    const { node, dataset } = await ether.leader();
    const ours = await ether.attached(9, dataset, { ...child, timeout: 10 });
    await node.run('delaytimermin 1');
    await node.all(
      'dataset clear',
      'dataset init active',
      'dataset activetimestamp 2',
      'dataset pendingtimestamp 2',
      'dataset delay 3000',
      'dataset channel 21',
      'dataset panid 0xbeef',
      'dataset commit pending',
    );
    await became(ours, () => ours.runner.node.link.channel === 21);
    expect(ours.runner.node.link.panId).toBe(0xbeef);
    await node.becomes('channel', /21/);
    await reaches(node, ours);
    expect(await pingFrom(ours, await node.value('ipaddr rloc'))).toBeGreaterThan(0);
    expect(ours.events.filter(({ kind }) => kind === 'detached')).toEqual([]);
  });

  it('to where it moved while ours was off, by announcements', { timeout: long }, async () => {
    const { node, dataset } = await ether.leader();
    await node.all('dataset init active', 'dataset activetimestamp 2', 'dataset channel 21', 'dataset panid 0xbeef');
    await node.all('thread stop', 'dataset commit active', 'thread start');
    await node.run('state leader').catch(() => undefined);
    await node.becomes('state', /leader/);
    const ours = await ether.attached(9, dataset);
    expect([ours.runner.node.link.channel, ours.runner.node.link.panId]).toEqual([21, 0xbeef]);
    await reaches(node, ours);
    expect(ours.runner.node.dataset.get('panId')).toBe(0xbeef);
  });
});

openThread('our child serves an OpenThread network', () => {
  it('makes itself an address of its prefix, and is reached at it', { timeout: long }, async () => {
    const { node, dataset } = await ether.leader();
    await node.all('prefix add fd11:2233:4455:1::/64 paos med', 'netdata register');
    const ours = await ether.attached(9, dataset);
    await became(ours, () => ours.runner.node.ip.addresses.unicast.some(({ kind }) => kind === 'on-mesh'));
    const mine = addressText(ours, 'on-mesh');
    expect(mine.startsWith('fd11:2233:4455:1:')).toBe(true);
    await reachesAt(node, mine);
    expect(
      await pingFrom(ours, (await node.run('ipaddr')).find((line) => line.startsWith('fd11:'))!, 1200),
    ).toBeGreaterThan(0);
  });

  it('discovers it, and is discovered as a leader', { timeout: long }, async () => {
    const { node, dataset } = await ether.leader();
    const looker = await ether.ours(9, dataset);
    looker.runner.run((engine, now) => engine.discover([14, 15], now));
    await became(looker, () => looker.events.some(({ kind }) => kind === 'discovery-over'));
    const found = looker.events.flatMap((event) => (event.kind === 'discovered' ? [event.network] : []));
    expect(found.map(({ name, panId, channel }) => [name, panId, channel])).toEqual([
      [dataset.name, dataset.get('panId'), 15],
    ]);
    const ours = await ether.ours(10, freshDataset());
    ours.runner.run((engine, now) => engine.lead(now));
    const from = node.lines.length;
    await node.run(`discover 15`);
    expect(node.lines.slice(from).join('\n')).toContain(ours.runner.node.dataset.name);
  });

  it('answers network diagnostics', { timeout: long }, async () => {
    const { node, dataset } = await ether.leader();
    const ours = await ether.attached(9, dataset);
    const from = node.lines.length;
    await node.run(`networkdiagnostic get ${addressText(ours, 'rloc')} 0 1 2 6 8 9`);
    await node.until(() => node.lines.slice(from).some((line) => line.includes('IfOutDiscards')), 'its diagnostics');
    const told = node.lines.slice(from).join('\n');
    expect(told).toContain(`Rloc16: 0x${(ours.runner.node.rloc16 ?? 0).toString(16).padStart(4, '0')}`);
    expect(told).toContain(addressText(ours, 'mesh-local'));
  });
});

/** Pings one of ours until it answers. */
async function reaches(node: OpenThreadNode, ours: OurNode): Promise<void> {
  await reachesAt(node, addressText(ours, 'mesh-local'));
}

async function reachesAt(node: OpenThreadNode, address: string): Promise<void> {
  for (let i = 0; i < 8; i++) if (await pingBy(node, address)) return;
  expect(`ours at ${address} answers`).toBe('never');
}

openThread('an OpenThread child of our leader', () => {
  it('attaches with its receiver on; pings go both ways', { timeout: long }, async () => {
    const dataset = freshDataset();
    const ours = await ether.ours(9, dataset);
    ours.runner.run((engine, now) => engine.lead(now));
    const child = ether.theirs(1, 'mtd');
    await child.all(`dataset set active ${hexOf(dataset)}`, 'ifconfig up', 'thread start');
    await child.becomes('state', /child/);
    const theirs = await child.value('ipaddr mleid');
    for (const size of [8, 1200]) {
      expect(await pingFrom(ours, theirs, size)).toBeGreaterThan(0);
      expect(await pingBy(child, addressText(ours, 'mesh-local'), size)).toBe(true);
      expect(await pingBy(child, addressText(ours, 'rloc'), size)).toBe(true);
    }
  });

  it('attaches asleep; pings go both ways', { timeout: long }, async () => {
    const dataset = freshDataset();
    const ours = await ether.ours(9, dataset);
    ours.runner.run((engine, now) => engine.lead(now));
    const child = ether.theirs(1, 'mtd');
    await child.all('mode -', 'pollperiod 200', `dataset set active ${hexOf(dataset)}`, 'ifconfig up', 'thread start');
    await child.becomes('state', /child/);
    const theirs = await child.value('ipaddr mleid');
    for (const size of [8, 1200]) {
      expect(await pingFrom(ours, theirs, size)).toBeGreaterThan(0);
      expect(await pingBy(child, addressText(ours, 'mesh-local'), size)).toBe(true);
    }
  });

  it('attaches as a full device', { timeout: long }, async () => {
    const dataset = freshDataset();
    const ours = await ether.ours(9, dataset);
    ours.runner.run((engine, now) => engine.lead(now));
    const child = ether.theirs(1);
    await child.all('routereligible disable', `dataset set active ${hexOf(dataset)}`, 'ifconfig up', 'thread start');
    await child.becomes('state', /child/);
    expect(await pingBy(child, addressText(ours, 'rloc'))).toBe(true);
    expect(await pingFrom(ours, await child.value('ipaddr rloc'))).toBeGreaterThan(0);
    expect(await pingBy(child, addressText(ours, 'mesh-local'), 1200)).toBe(true);
    expect(await pingFrom(ours, await child.value('ipaddr mleid'), 1200)).toBeGreaterThan(0);
  });
});
