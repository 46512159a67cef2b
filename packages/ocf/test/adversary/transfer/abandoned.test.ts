import { describe, expect, it } from 'vitest';
import { nilUuid, securityPaths as at } from '../../../src/index.js';
import type { PeerSessionOf } from '../../device/support/peer.js';
import { beginTransfer, own, referenceSteps } from '../../device/support/transfer.js';
import { World } from '../../device/support/world.js';
import { beginJustWorks } from '../support/openings.js';
import { codeOf } from '../support/outcome.js';

/** The requests up to the one that asks for RFPRO, after which the device has its owner. */
const unowned = referenceSteps.findIndex(({ name }) => name === 'RFPRO');
const limit = 60_000;

/** A transfer of which the first requests were made. */
async function begun(seed: string, requests: number) {
  const world = await new World(seed).start();
  const session = await beginTransfer(world, world.peer('tool'), 'just-works');
  const opened = world.clock.now();
  for (const step of referenceSteps.slice(0, requests)) await world.run(step.run(session));
  return { world, session, opened };
}

/** The device is un-owned, under another name, and anybody may own it now. */
async function expectFree(world: World, before: string): Promise<void> {
  const { device } = world;
  expect([device.state, device.owner]).toEqual(['RFOTM', nilUuid]);
  expect(device.deviceId).not.toBe(before);
  await own(world, world.peer('next'));
  expect(device.state).toBe('RFNOP');
}

const cuts = Array.from({ length: unowned + 1 }, (_, requests) => ({
  requests,
  last: referenceSteps[requests - 1]?.name ?? 'the handshake',
}));

describe('a transfer that is abandoned', () => {
  it.each(cuts)(
    'after $last, in silence, leaves the device free 60 s after its handshake',
    async ({ requests, last }) => {
      const { world, opened } = await begun(`silent ${last}`, requests);
      const { deviceId } = world.device;
      const stranger = world.peer('stranger');
      await world.pass(opened + limit - 100 - world.clock.now());
      expect(await codeOf(world, stranger.ask(world.plain.address, 'GET', at.doxm))).toBe('4.01');
      await world.pass(200);
      expect(await codeOf(world, stranger.ask(world.plain.address, 'GET', at.doxm))).toBe('2.05');
      await expectFree(world, deviceId);
    },
  );

  it.each(cuts)('after $last, with a goodbye, leaves the device free at once', async ({ requests, last }) => {
    const { world, session } = await begun(`goodbye ${last}`, requests);
    const { deviceId } = world.device;
    session.close();
    await world.pass(10);
    await expectFree(world, deviceId);
  });

  it('but goes on and on is over after 60 s all the same', async () => {
    const { world, session, opened } = await begun('stubborn', unowned - 1);
    const { deviceId } = world.device;
    let answers = 0;
    while (world.clock.now() < opened + limit + 5000) {
      if ((await goOn(world, session)) !== 'no answer') answers++;
      await world.pass(500);
    }
    expect(answers).toBeGreaterThan(100);
    await expectFree(world, deviceId);
  });

  it('in the middle of its handshake holds nobody up', async () => {
    const world = await new World('half a handshake').start();
    const lost = world.peer('lost');
    await world.run(lost.ask(world.plain.address, 'POST', at.doxm, { value: { oxmsel: 0 } }));
    let sent = 0;
    world.network.tamper = (payload, { key }) => (key === 'lost secured' && ++sent > 2 ? [] : [payload]);
    void beginJustWorks(world, lost);
    await world.pass(100);
    await own(world, world.peer('next'));
    expect(world.device.state).toBe('RFNOP');
  });

  it('and begun again and again by one tool does not keep another from its turn after 60 s', async () => {
    const world = await new World('greedy').start();
    const greedy = world.peer('greedy');
    await beginTransfer(world, greedy, 'just-works');
    const begun = world.clock.now();
    // It asks again and again whether the device is free; the other asks as often, and has the same chance.
    let first: string | undefined;
    const other = world.peer('other');
    while (first === undefined && world.clock.now() < begun + 2 * limit) {
      for (const [name, peer] of Object.entries({ other, greedy })) {
        const code = await codeOf(world, peer.ask(world.plain.address, 'POST', at.doxm, { value: { oxmsel: 0 } }));
        if (code === '2.04') first ??= name;
      }
      await world.pass(1000);
    }
    expect(first).toBe('other');
    expect(world.clock.now() - begun).toBeLessThan(limit + 2000);
  });
});

/** What a tool can say without an end: reading, and writing what may be written. */
async function goOn(world: World, session: PeerSessionOf): Promise<string> {
  await codeOf(world, session.get(at.doxm));
  return codeOf(world, session.post(at.pstat, { om: 4 }));
}

describe('a second owner', () => {
  it('gets nothing of a device that has one, by whatever method and request', async () => {
    const world = await new World('second').start();
    await own(world, world.peer('first'));
    const { owner, deviceId } = world.device;
    const second = world.peer('second');
    for (const oxmsel of [0, 1, 2]) {
      const answer = second.ask(world.plain.address, 'POST', at.doxm, { value: { oxmsel } });
      expect(await codeOf(world, answer)).toBe('4.01');
    }
    for (const method of ['just-works', 'random-pin', 'manufacturer-certificate'] as const) {
      await expect(world.openTransfer(world.peer(`by ${method}`), method, '00000000')).rejects.toThrow();
    }
    for (const value of [{ owned: false }, { devowneruuid: nilUuid }]) {
      expect(await codeOf(world, second.ask(world.plain.address, 'POST', at.doxm, { value }))).toBe('4.01');
    }
    expect(await codeOf(world, second.ask(world.plain.address, 'POST', at.pstat, { value: { dos: { s: 0 } } }))).toBe(
      '4.01',
    );
    expect([world.device.owner, world.device.deviceId, world.device.state]).toEqual([owner, deviceId, 'RFNOP']);
  });
});
