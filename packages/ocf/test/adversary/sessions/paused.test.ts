/** Handshakes that a client pauses when the device has looked its key up, and ends when that key counts no longer. */
import { Secret } from '@selvage/core';
import { describe, expect, it } from 'vitest';
import { securityPaths as at, transferMethods } from '../../../src/index.js';
import { clientConfiguration, type PeerSessionOf } from '../../device/support/peer.js';
import { pinIdentity, pinKey } from '../../../src/index.js';
import { nativeCore } from '@selvage/crypto';
import { World } from '../../device/support/world.js';
import { Arena, paired, pairKey } from '../support/arena.js';
import { beginShared } from '../support/openings.js';
import { codeOf } from '../support/outcome.js';
import { clientKeyExchange, handshakeType, recordsOf } from '../support/records.js';

/** Lets ClientKeyExchange of a port through, and holds back all that follows until it is let go. */
function pause(world: World, port: string): () => void {
  const held: (() => void)[] = [];
  let isPaused = false;
  world.network.tamper = (payload, from, to) => {
    if (from.key !== port) return [payload];
    const records = recordsOf(payload);
    const cut = isPaused ? 0 : records.findIndex((record) => handshakeType(record) === clientKeyExchange) + 1;
    if (cut === 0 && !isPaused) return [payload];
    isPaused = true;
    const passing = records.slice(0, cut);
    for (const record of records.slice(cut)) held.push(() => world.network.inject(record, from, to));
    return passing;
  };
  return () => {
    world.network.tamper = undefined;
    for (const release of held) release();
  };
}

async function ended(world: World, opening: Promise<PeerSessionOf | undefined>): Promise<PeerSessionOf | undefined> {
  let session: PeerSessionOf | undefined;
  void opening.then((opened) => (session = opened));
  await world.pass(3000);
  return session;
}

describe('a handshake that is paused', () => {
  it('with a key that is replaced meanwhile opens no session that counts', async () => {
    const arena = await Arena.open('paused');
    const { world } = arena;
    const release = pause(world, 'thief secured');
    const opening = beginShared(world, world.peer('thief'), paired, pairKey);
    await world.pass(50);
    await arena.enter('RFPRO');
    const data = new Uint8Array(16).fill(0x77);
    const creds = [{ credtype: 1, subjectuuid: paired, privatedata: { data, encoding: 'oic.sec.encoding.raw' } }];
    await world.run(arena.session.must(at.cred, { creds }));
    await arena.enter('RFNOP');
    release();
    const session = await ended(world, opening);
    if (session !== undefined) expect(await codeOf(world, session.get('/open'))).toBe('no answer');
    const good = await world.openShared(world.peer('good'), paired, Secret.of(data));
    expect(await codeOf(world, good.get('/open'))).toBe('2.05');
  });

  it('with the PIN of a transfer that was given up opens no onboarding connection', async () => {
    const world = await new World('paused PIN').start();
    const choose = () =>
      world.run(
        world.peer(`chooser ${world.pins.length}`).ask(world.plain.address, 'POST', at.doxm, { value: { oxmsel: 1 } }),
      );
    await choose();
    const key = pinKey(nativeCore, Secret.text(world.pins.at(-1) ?? ''), world.device.deviceId);
    const release = pause(world, 'late secured');
    const configuration = clientConfiguration(world.entropy('late handshake'), transferMethods['random-pin'].suites, {
      keyForHint: () => ({ identity: pinIdentity, key }),
    });
    const opening = world
      .peer('late')
      .open(world.secured.address, configuration)
      .catch(() => undefined);
    await world.pass(50);
    await choose();
    release();
    const session = await ended(world, opening);
    if (session !== undefined) expect(await codeOf(world, session.get(at.doxm))).toBe('no answer');
    const tool = await world.openTransfer(world.peer('tool'), 'random-pin');
    expect(await codeOf(world, tool.get(at.doxm))).toBe('2.05');
  });
});
