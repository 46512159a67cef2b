import { MemoryStore } from '@selvage/core/virtual';
import { describe, expect, it } from 'vitest';
import { nilUuid, readDoxm, readPstat, securityPaths as at } from '../../src/index.js';
import { own, ownedWithKey } from './support/transfer.js';
import { named, owner, stranger, World } from './support/world.js';

describe('a hard reset', () => {
  it('by the owner is answered at once; then the device closes all sessions and is another, without an owner', async () => {
    const world = await new World('owner').start();
    const { session, key } = await ownedWithKey(world, world.peer('tool'));
    const platform = await world.run(session.get('/oic/p'));
    expect((await world.run(session.post(at.pstat, { dos: { s: 0 } }))).code).toBe('2.04');
    expect(world.device.state).toBe('RESET');
    expect((await world.run(session.get(at.pstat))).code).toBe('4.01');
    let atGoodbye: string | undefined;
    session.socket.onClosed(() => (atGoodbye = world.device.state));
    await world.pass(260);
    expect(atGoodbye).toBe('RFOTM');
    expect(world.device.owner).toBe(nilUuid);
    expect([named, nilUuid]).not.toContain(world.device.deviceId);
    await expect(world.run(session.get(at.pstat))).rejects.toThrow();
    await expect(world.openShared(world.peer('owner of old'), owner, key)).rejects.toThrow();
    const doxm = readDoxm((await world.run(world.peer('asker').ask(world.plain.address, 'GET', at.doxm))).value);
    expect(doxm).toMatchObject({ oxmsel: 4, owned: false, devowneruuid: nilUuid, rowneruuid: nilUuid });
    const again = await world.run(world.peer('asker 2').ask(world.plain.address, 'GET', '/oic/p'));
    expect(again.value).toEqual(platform.value);
  });

  it('waits as long as it is told before it closes the session that asked for it', async () => {
    const world = await new World('delay').start({ limits: { resetDelay: 2000 } });
    const { session } = await ownedWithKey(world, world.peer('tool'));
    await world.run(session.must(at.pstat, { dos: { s: 0 } }));
    await world.pass(1900);
    expect(world.device.state).toBe('RESET');
    await world.pass(200);
    expect(world.device.state).toBe('RFOTM');
  });

  it('from the device itself needs no owner, and makes a new key pair', async () => {
    const world = await new World('button').start();
    await own(world, world.peer('tool'));
    const keys = await world.keyStore.names();
    await world.device.reset();
    expect(world.device).toMatchObject({ state: 'RFOTM', owner: nilUuid });
    expect(await world.keyStore.names()).toHaveLength(1);
    expect(await world.keyStore.names()).not.toEqual(keys);
  });

  it('lets the values of the application go with the owner', async () => {
    const world = await new World('values').start();
    await own(world, world.peer('tool'));
    await world.device.set('/settings', { dimmed: 3 });
    await world.device.set('/switch', { value: true });
    await world.device.reset();
    expect(world.device.values('/settings')).toEqual({ dimmed: 40 });
    expect(world.device.values('/switch')).toEqual({ value: false });
    await world.device.close();
    expect(await world.store.names()).not.toContain('values');
  });

  it('that a kill interrupts is finished at the next start', async () => {
    const world = await new World('kill').start();
    const { session } = await ownedWithKey(world, world.peer('tool'));
    await world.run(session.must(at.pstat, { dos: { s: 0 } }));
    world.store.cutPower();
    await world.pass(1000);
    expect(world.device.state).toBe('RESET');
    world.store.powerOn();
    const next = await new World('kill again', { store: world.store, keyStore: world.keyStore }).start();
    expect(next.device).toMatchObject({ state: 'RFOTM', owner: nilUuid });
    expect(next.device.deviceId).not.toBe(named);
  });

  it('that the store fails is tried again; meanwhile nobody is served', async () => {
    const world = await new World('failing').start();
    const { session } = await ownedWithKey(world, world.peer('tool'));
    await world.run(session.must(at.pstat, { dos: { s: 0 } }));
    world.store.cutPowerDuring(0, 'old');
    await world.pass(500);
    expect(world.device.state).toBe('RESET');
    expect(world.events.some(({ kind }) => kind === 'failed')).toBe(true);
    const { code } = await world.run(world.peer('asker').ask(world.plain.address, 'GET', at.doxm));
    expect(code).toBe('4.01');
    world.store.powerOn();
    await world.pass(1500);
    expect(world.device.state).toBe('RFOTM');
  });

  it('is nothing that a stranger can ask for, in any state', async () => {
    const world = await new World('stranger').start();
    const reset = { value: { dos: { s: 0 } } };
    const ask = (name: string) => world.run(world.peer(name).ask(world.plain.address, 'POST', at.pstat, reset));
    expect((await ask('un-owned')).code).toBe('4.01');
    const { session } = await ownedWithKey(world, world.peer('tool'));
    expect((await ask('owned')).code).toBe('4.01');
    await world.run(session.must(at.pstat, { dos: { s: 2 } }));
    expect((await ask('provisioning')).code).toBe('4.01');
    await world.run(session.must(at.pstat, { dos: { s: 4 } }));
    expect((await ask('soft reset')).code).toBe('4.01');
    expect(world.device.deviceId).toBe(named);
  });
});

describe('a soft reset', () => {
  it('keeps the owner, its credentials and entries, and leads back through RFPRO alone', async () => {
    const world = await new World('soft').start();
    const { session } = await ownedWithKey(world, world.peer('tool'));
    await world.run(session.must(at.pstat, { dos: { s: 4 } }));
    expect(readPstat((await world.run(session.get(at.pstat))).value)).toMatchObject({ cm: 1, isop: false });
    for (const s of [1, 3]) expect((await world.run(session.post(at.pstat, { dos: { s } }))).code).toBe('4.00');
    await world.run(session.must(at.acl2, { rowneruuid: owner }));
    await world.run(session.must(at.pstat, { dos: { s: 2 } }));
    await world.run(session.must(at.pstat, { dos: { s: 3 } }));
    expect(world.device).toMatchObject({ state: 'RFNOP', owner, deviceId: named });
  });

  it('gives nobody a right for a change that was lost to one before it, while it waited for its turn', async () => {
    const store = new MemoryStore();
    const world = await new World('turns', { store }).start();
    const { session, key } = await ownedWithKey(world, world.peer('tool'));
    const second = await world.openShared(world.peer('tool again'), owner, key);
    await world.run(session.must(at.pstat, { dos: { s: 4 } }));
    const put = store.put.bind(store);
    let goOn = (): void => undefined;
    const slow = new Promise<void>((resolve) => (goOn = resolve));
    store.put = async (name, value) => {
      await slow;
      return put(name, value);
    };
    const entry = { subject: { conntype: 'anon-clear' }, resources: [{ href: '/oic/d' }], permission: 2 };
    const handedOn = session.post(at.acl2, { rowneruuid: stranger });
    await world.pass(10);
    const late = second.post(at.acl2, { aclist2: [entry] });
    await world.pass(10);
    goOn();
    const codes = (await world.run(Promise.all([handedOn, late]))).map(({ code }) => code);
    expect(codes).toEqual(['2.04', '4.01']);
  });

  it('does not give the device another owner', async () => {
    const world = await new World('no other').start();
    const { session } = await ownedWithKey(world, world.peer('tool'));
    await world.run(session.must(at.pstat, { dos: { s: 4 } }));
    for (const property of ['devowneruuid', 'rowneruuid', 'deviceuuid']) {
      expect((await world.run(session.post(at.doxm, { [property]: stranger }))).code).toBe('4.00');
    }
  });
});

describe('the states (section 9 of the protocol note)', () => {
  it.each([
    ['RFPRO', [2], { 0: '2.04', 1: '4.00', 2: '2.04', 3: '2.04', 4: '2.04', 5: '4.00' }],
    ['RFNOP', [], { 0: '2.04', 1: '4.00', 2: '2.04', 3: '2.04', 4: '2.04', 5: '4.00' }],
    ['SRESET', [4], { 0: '2.04', 1: '4.00', 2: '2.04', 3: '4.00', 4: '2.04', 5: '4.00' }],
  ])('lead from %s where the specification lets them', async (from, way, expected) => {
    for (const [target, code] of Object.entries(expected)) {
      const world = await new World(`${from} to ${target}`).start();
      const { session } = await ownedWithKey(world, world.peer('tool'));
      for (const s of way) await world.run(session.must(at.pstat, { dos: { s } }));
      expect((await world.run(session.post(at.pstat, { dos: { s: Number(target) } }))).code).toBe(code);
    }
  });

  it('of an owned device need every owner and a credential of each', async () => {
    const world = await new World('conditions').start();
    const { session } = await ownedWithKey(world, world.peer('tool'));
    await world.run(session.must(at.pstat, { dos: { s: 4 } }));
    await world.run(session.must(at.acl2, { rowneruuid: stranger }));
    expect((await world.run(session.post(at.pstat, { dos: { s: 2 } }))).code).toBe('4.00');
    const data = new Uint8Array(16).fill(1);
    const pair = { credtype: 1, subjectuuid: stranger, privatedata: { data, encoding: 'oic.sec.encoding.raw' } };
    await world.run(session.must(at.cred, { creds: [pair] }));
    await world.run(session.must(at.pstat, { dos: { s: 2 } }));
    expect((await world.run(session.get(at.acl2))).code).toBe('4.01');
  });
});
