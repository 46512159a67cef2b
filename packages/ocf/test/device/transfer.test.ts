import { Secret } from '@selvage/core';
import { describe, expect, it } from 'vitest';
import { nilUuid, readDoxm, readPstat, securityPaths as at, type TransferMethod } from '../../src/index.js';
import { own, ownedWithKey } from './support/transfer.js';
import { named, owner, World } from './support/world.js';

describe('an owner transfer', () => {
  it.each<TransferMethod>(['just-works', 'random-pin'])('by %s leads to normal operation', async (method) => {
    const world = await new World(`transfer ${method}`).start();
    const peer = world.peer('tool');
    const { key } = await own(world, peer, method);
    expect(world.device).toMatchObject({ state: 'RFNOP', owner, deviceId: named });
    await world.pass(100);
    const session = await world.openShared(peer, owner, key);
    const doxm = readDoxm((await world.run(session.get(at.doxm))).value);
    expect(doxm).toMatchObject({ owned: true, devowneruuid: owner, deviceuuid: named, rowneruuid: owner });
    expect(readPstat((await world.run(session.get(at.pstat))).value)).toMatchObject({
      isop: true,
      cm: 0,
      dos: { s: 3 },
    });
  });

  it('leaves the owner a session by the derived key', async () => {
    const world = await new World('key').start();
    const { session } = await ownedWithKey(world, world.peer('tool'));
    expect((await world.run(session.get('/switch'))).code).toBe('4.01');
    await expect(world.openShared(world.peer('other'), owner, Secret.of(new Uint8Array(16)))).rejects.toThrow();
  });

  it('starts with a device without an owner', async () => {
    const world = await new World('start').start();
    expect(world.device).toMatchObject({ state: 'RFOTM', owner: nilUuid });
  });
});
