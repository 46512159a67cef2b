import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { hasOpenThread } from '../support/openthread.js';
import { addressText, freshDataset, hexOf, OpenThreadEther, pingBy, pingFrom } from '../support/openthread-ether.js';

/** Not built by anything here: SELVAGE_OPENTHREAD names the folder of `ot-cli-ftd` and `ot-cli-mtd`. */
const openThread = hasOpenThread ? describe : describe.skip;
const long = 240_000;
const [firstOffset, offsets] = [24, 6] as const;
let nextOffset = process.pid % offsets;
let ether: OpenThreadEther;

beforeEach(() => {
  ether = new OpenThreadEther(firstOffset + nextOffset);
  nextOffset = (nextOffset + 1) % offsets;
});

afterEach(() => ether.close());

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
