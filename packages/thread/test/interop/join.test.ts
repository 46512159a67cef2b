import { fromHex, systemEntropy, toHex } from '@selvage/core';
import { systemClock } from '@selvage/core/node';
import { nativeCore } from '@selvage/crypto';
import {
  type CommissionerEvent,
  CommissionerRunner,
  type Entrusted,
  joinerPassphrase,
  NativeAccess,
} from '@selvage/thread';
import { expect, it } from 'vitest';
import { ourEui64, ourJoiner } from '../support/live-commissioning.js';
import { freshDataset, hexOf, type OpenThreadEther, type OurNode } from '../support/openthread-ether.js';
import { etherOfEachTest, inTurn, openThread } from '../support/openthread-suite.js';

const long = 120_000;
let ether: OpenThreadEther;

etherOfEachTest(inTurn(31, 6), (own) => (ether = own));

/** A commissioner in one of our nodes. */
async function ourCommissioner(node: OurNode): Promise<{ runner: CommissionerRunner; events: CommissionerEvent[] }> {
  const options = { core: nativeCore, entropy: systemEntropy, name: 'selvage', isNative: true };
  const runner = new CommissionerRunner(options, systemClock, new NativeAccess(node.runner));
  const events: CommissionerEvent[] = [];
  const active = new Promise<void>((resolve, reject) => {
    runner.onEvent((event) => {
      events.push(event);
      if (event.kind === 'steering') resolve();
      if (event.kind === 'inactive') reject(event.error ?? new Error('it resigned'));
    });
  });
  runner.run((commissioner) => commissioner.petition());
  await active;
  return { runner, events };
}

openThread('our joiner with an OpenThread commissioner', () => {
  it('joins through an OpenThread joiner router, and attaches', { timeout: long }, async () => {
    const { node, dataset } = await ether.leader();
    await node.run('commissioner start');
    await node.becomes('commissioner state', /active/);
    await node.run(`commissioner joiner add ${toHex(ourEui64)} J01NME`);
    const entrusted = await ourJoiner(ether, 'J01NME');
    expect(entrusted).toBeTypeOf('object');
    const given = (entrusted as Entrusted).dataset;
    expect(toHex(given.get('networkKey')!.reveal())).toBe(toHex(dataset.get('networkKey')!.reveal()));
    const ours = await ether.attached(802, given);
    expect(ours.runner.node.role).toBe('child');
  });

  it('hears that its passphrase is wrong', { timeout: long }, async () => {
    const { node } = await ether.leader();
    await node.run('commissioner start');
    await node.becomes('commissioner state', /active/);
    await node.run(`commissioner joiner add ${toHex(ourEui64)} J01NME`);
    expect(await ourJoiner(ether, 'WR0NG1')).toMatch(/^wrong-pskd: /);
  });

  it('hears that nobody expects it', { timeout: long }, async () => {
    const { node } = await ether.leader();
    // OpenThread does not answer joiners at all while nobody commissions.
    expect(await ourJoiner(ether, 'J01NME')).toMatch(/^no-network: /);
    await node.run('commissioner start');
    await node.becomes('commissioner state', /active/);
    await node.run('commissioner joiner add 18b43000000000ff J01NME');
    expect(await ourJoiner(ether, 'J01NME')).toMatch(/^not-in-steering-data: /);
  });

  it('joins through our own joiner router', { timeout: long }, async () => {
    const { node, dataset } = await ether.leader();
    await ether.routing(251, dataset);
    await node.run('commissioner start');
    await node.becomes('commissioner state', /active/);
    await node.run(`commissioner joiner add ${toHex(ourEui64)} J01NME`);
    await node.run('nodeidfilter deny 801');
    expect(await ourJoiner(ether, 'J01NME')).toBeTypeOf('object');
  });
});

openThread('our commissioner with an OpenThread joiner', () => {
  it('lets it in through our joiner router; a wrong passphrase is told at both sides', { timeout: long }, async () => {
    const leader = await ether.ours(251, freshDataset(), { full: true });
    leader.runner.run((node, now) => node.lead(now));
    const { runner, events } = await ourCommissioner(leader);
    const joiner = ether.theirs(2);
    const id = fromHex(await joiner.value('eui64'));
    const told = (): readonly string[] =>
      events.flatMap((event) =>
        event.kind === 'joiner'
          ? [event.progress.kind === 'failed' ? String(event.progress.error.details?.['failure']) : event.progress.kind]
          : [],
      );
    runner.run((commissioner, now) =>
      commissioner.admit({ kind: 'eui64', eui64: id }, joinerPassphrase('J01NME'), 300_000, now),
    );
    await joiner.run('ifconfig up');
    await joiner.run('joiner start WR0NG1');
    await joiner.until(() => joiner.lines.some((line) => line.includes('Join failed')), 'a failed join');
    expect(told()).toContain('wrong-pskd');
    // Who guessed has to wait, and is refused until then.
    const ends = (): readonly string[] => joiner.lines.filter((line) => /Join (failed|success)/.test(line));
    while (!ends().some((line) => line.includes('success'))) {
      const { length } = ends();
      await joiner.run('joiner start J01NME');
      await joiner.until(() => ends().length > length, 'the end of a join');
    }
    expect(told()).toContain('finalised');
    await joiner.run('thread start');
    await joiner.becomes('state', /child|router/);
    runner.run((commissioner) => commissioner.resign());
  });

  it('lets it in through an OpenThread joiner router', { timeout: long }, async () => {
    const { node, dataset } = await ether.leader();
    const ours = await ether.routing(251, dataset);
    const { runner } = await ourCommissioner(ours);
    const joiner = ether.theirs(2);
    const id = fromHex(await joiner.value('eui64'));
    await joiner.run('nodeidfilter deny 251');
    runner.run((commissioner, now) =>
      commissioner.admit({ kind: 'eui64', eui64: id }, joinerPassphrase('J01NME'), 300_000, now),
    );
    await node.becomes('netdata show', /commissioning|Commissioning/i).catch(() => undefined);
    await joiner.run('ifconfig up');
    await joiner.run('joiner start J01NME');
    await joiner.until(() => joiner.lines.some((line) => /Join (success|failed)/.test(line)), 'a join');
    expect(joiner.lines.some((line) => line.includes('Join success'))).toBe(true);
    expect(hexOf(dataset).length).toBeGreaterThan(0);
  });
});
