import { Secret } from '@selvage/core';
import { describe, expect, it } from 'vitest';
import { encodings, ocfRequest, readAcl2, readAel, readCred, securityPaths as at } from '../../src/index.js';
import { provision } from './support/authority.js';
import type { PeerSessionOf } from './support/peer.js';
import { ownedWithKey } from './support/transfer.js';
import { owner, stranger, World } from './support/world.js';

const pairKey = new Uint8Array(16).fill(5);
const pair = (data = pairKey) => ({
  credtype: 1,
  subjectuuid: stranger,
  privatedata: { data, encoding: encodings.raw },
});
const may = (permission: number, ...hrefs: string[]) => ({
  subject: { uuid: stranger },
  resources: hrefs.map((href) => ({ href })),
  permission,
});

/** An owned device that is paired with somebody who may see the switch. */
async function paired(seed: string, rights: readonly object[] = [may(2, '/switch'), may(6, '/settings')]) {
  const world = await new World(seed).start();
  const { session: tool } = await ownedWithKey(world, world.peer('tool'));
  await provision(world, tool, async () => {
    await world.run(tool.must(at.cred, { creds: [pair()] }));
    await world.run(tool.must(at.acl2, { aclist2: rights as never }));
  });
  const open = (name = 'friend', key = pairKey) => world.openShared(world.peer(name), stranger, Secret.of(key));
  return { world, tool, open };
}

const code = async (world: World, session: PeerSessionOf, path: string) => (await world.run(session.get(path))).code;

describe('a session by a shared key', () => {
  it('has the rights that its device was given, and no others', async () => {
    const { world, open } = await paired('rights');
    const session = await open();
    expect(await code(world, session, '/switch')).toBe('2.05');
    expect((await world.run(session.post('/switch', { value: true }))).code).toBe('4.01');
    expect((await world.run(session.post('/settings', { dimmed: 5 }))).code).toBe('2.04');
    for (const path of ['/hidden', '/open', ...Object.values(at)]) {
      if (path !== at.roles) expect(await code(world, session, path)).toBe('4.01');
    }
    expect(await code(world, session, '/nowhere')).toBe('4.04');
    expect((await world.run(session.get('/switch', 'if=oic.if.ll'))).code).toBe('4.03');
  });

  it('is not opened by another key, or by an identity that shares none', async () => {
    const { world, open } = await paired('wrong key');
    await expect(open('liar', new Uint8Array(16))).rejects.toMatchObject({ code: 'peer-alert' });
    await expect(world.openShared(world.peer('nobody'), owner, Secret.of(pairKey))).rejects.toThrow();
  });

  it('ends when the owner takes the key away; the owner’s own stays', async () => {
    const { world, tool, open } = await paired('key gone');
    const session = await open();
    const { creds } = readCred((await world.run(tool.get(at.cred))).value);
    const credid = creds.find(({ subjectuuid }) => subjectuuid === stranger)?.credid;
    await provision(world, tool, async () => {
      expect((await world.run(tool.delete(at.cred, `credid=${credid}`))).code).toBe('2.02');
    });
    await expect(world.run(session.get('/switch'))).rejects.toThrow();
    await expect(open('again')).rejects.toMatchObject({ details: { alert: 'unknown_psk_identity' } });
    expect(await code(world, tool, at.doxm)).toBe('2.05');
  });

  it('ends when the owner pairs anew: one key for each pair', async () => {
    const { world, tool, open } = await paired('paired anew');
    const session = await open();
    await provision(world, tool, async () => {
      await world.run(tool.must(at.cred, { creds: [pair(new Uint8Array(16).fill(6))] }));
    });
    await expect(world.run(session.get('/switch'))).rejects.toThrow();
    await expect(open('old key')).rejects.toThrow();
    expect(await code(world, await open('new key', new Uint8Array(16).fill(6)), '/switch')).toBe('2.05');
    const { creds } = readCred((await world.run(tool.get(at.cred))).value);
    expect(creds.filter(({ subjectuuid }) => subjectuuid === stranger)).toHaveLength(1);
  });

  it('of the owner can replace its own key, and goes on until it ends', async () => {
    const { world, tool } = await paired('own key');
    const data = new Uint8Array(16).fill(8);
    await provision(world, tool, async () => {
      await world.run(tool.delete(at.cred));
      await world.run(tool.must(at.cred, { creds: [{ ...pair(data), subjectuuid: owner }] }));
    });
    expect(await code(world, await world.openShared(world.peer('tool again'), owner, Secret.of(data)), at.cred)).toBe(
      '2.05',
    );
  });

  it('is closed when nothing was heard for 600 s, and not before', async () => {
    const { world, open } = await paired('idle');
    const session = await open();
    for (let i = 0; i < 3; i++) {
      await world.pass(599_000);
      expect(await code(world, session, '/switch')).toBe('2.05');
    }
    let closed = false;
    session.socket.onClosed(() => (closed = true));
    await world.pass(599_000);
    expect(closed).toBe(false);
    await world.pass(2000);
    expect(closed).toBe(true);
  });

  it('gives the roles of its credential', async () => {
    const rights = [{ subject: { role: 'x.visitor' }, resources: [{ href: '/open' }], permission: 2 }];
    const { world, tool, open } = await paired('role of a key', rights);
    expect(await code(world, await open(), '/open')).toBe('4.01');
    await provision(world, tool, async () => {
      await world.run(tool.must(at.cred, { creds: [{ ...pair(), roleid: { role: 'x.visitor' } }] }));
    });
    expect(await code(world, await open('visitor'), '/open')).toBe('2.05');
  });
});

describe('observers', () => {
  const observed = async (seed: string) => {
    const { world, tool, open } = await paired(seed);
    const session = await open();
    const states: (readonly [string, unknown])[] = [];
    session.coap.observe(session.to, ocfRequest('GET', '/switch'), {
      onNotification: ({ code: one, payload }) => states.push([one, payload.length]),
      onEnd: ({ response }) => states.push([`end ${response?.code ?? ''}`, 0]),
    });
    await world.pass(50);
    return { world, tool, session, states };
  };

  it('hear of every change, of others and from inside', async () => {
    const { world, tool, states } = await observed('observe');
    await provision(world, tool, async () => {
      await world.run(tool.must(at.acl2, { aclist2: [{ ...may(6, '/switch'), subject: { uuid: owner } }] }));
    });
    await world.pass(50);
    const before = states.length;
    await world.run(tool.must('/switch', { value: true }));
    await world.pass(50);
    await world.device.set('/switch', { value: false });
    await world.pass(50);
    expect(states.length - before).toBe(2);
    expect(states.every(([one]) => one === '2.05')).toBe(true);
  });

  it('hear after provisioning what they have missed, and stay', async () => {
    const { world, tool, states } = await observed('missed');
    expect(states).toHaveLength(1);
    await world.run(tool.must(at.pstat, { dos: { s: 2 } }));
    await world.device.set('/switch', { value: true });
    await world.pass(100);
    expect(states).toHaveLength(1);
    await world.run(tool.must(at.pstat, { dos: { s: 3 } }));
    await world.pass(100);
    expect(states.map(([one]) => one)).toEqual(['2.05', '2.05']);
  });

  it('are told that they may no more when their right is taken away', async () => {
    const { world, tool, states } = await observed('right gone');
    await provision(world, tool, async () => {
      await world.run(tool.delete(at.acl2));
    });
    await world.pass(100);
    expect(states.at(-1)?.[0]).toBe('end 4.01');
    await world.device.set('/switch', { value: true });
    await world.pass(100);
    expect(states.at(-1)?.[0]).toBe('end 4.01');
  });
});

describe('access control lists', () => {
  it('merge entries that differ in resources alone, and replace an entry whose ID is given', async () => {
    const { world, tool } = await paired('merge');
    await world.run(tool.must(at.pstat, { dos: { s: 2 } }));
    const list = async () => readAcl2((await world.run(tool.get(at.acl2))).value).aclist2;
    const before = await list();
    await world.run(tool.must(at.acl2, { aclist2: [may(2, '/open'), may(2, '/switch', '/hidden')] }));
    const merged = await list();
    expect(merged).toHaveLength(before.length);
    const one = merged.find(
      ({ permission, subject }) => permission === 2 && 'uuid' in subject && subject.uuid === stranger,
    );
    expect(one?.resources).toEqual(['/switch', '/open', '/hidden'].map((href) => ({ href })));
    await world.run(tool.must(at.acl2, { aclist2: [{ ...may(8, '/open'), aceid: one?.aceid }] }));
    expect((await list()).find(({ aceid }) => aceid === one?.aceid)).toMatchObject({
      permission: 8,
      resources: [{ href: '/open' }],
    });
    expect((await world.run(tool.delete(at.acl2, `aceid=${one?.aceid}`))).code).toBe('2.02');
    expect((await world.run(tool.delete(at.acl2, `aceid=${one?.aceid}`))).code).toBe('4.04');
    expect((await list()).some(({ aceid }) => aceid === one?.aceid)).toBe(false);
  });

  it('take all of an update or nothing', async () => {
    const { world, tool } = await paired('atomic');
    await world.run(tool.must(at.pstat, { dos: { s: 2 } }));
    const before = (await world.run(tool.get(at.acl2))).value;
    for (const wrong of [
      { ...may(2, '/a'), validity: [] },
      { ...may(2), resources: [{ href: '/a', wc: '*' }] },
      { ...may(2, '/a'), subject: { uuid: stranger, conntype: 'auth-crypt' } },
      { ...may(2, '/a'), permission: 32 },
    ]) {
      expect((await world.run(tool.post(at.acl2, { aclist2: [may(31, '/a'), wrong] as never }))).code).toBe('4.00');
    }
    expect((await world.run(tool.get(at.acl2))).value).toEqual(before);
  });

  it('have an end', async () => {
    const { world, tool } = await paired('long');
    await world.run(tool.must(at.pstat, { dos: { s: 2 } }));
    const many = (from: number) => Array.from({ length: 100 }, (_, i) => ({ ...may(2, '/a'), tag: `tag ${from + i}` }));
    expect((await world.run(tool.post(at.acl2, { aclist2: many(0) }))).code).toBe('2.04');
    expect((await world.run(tool.post(at.acl2, { aclist2: many(100) }))).code).toBe('2.04');
    expect((await world.run(tool.post(at.acl2, { aclist2: many(200) }))).code).toBe('4.13');
  });
});

describe('credentials', () => {
  const provisioning = async (seed: string) => {
    const { world, tool } = await paired(seed);
    await world.run(tool.must(at.pstat, { dos: { s: 2 } }));
    return {
      world,
      tool,
      post: async (...creds: object[]) => (await world.run(tool.post(at.cred, { creds } as never))).code,
    };
  };

  it('are shown without what is secret in them', async () => {
    const { world, tool } = await provisioning('secrets');
    const { creds } = readCred((await world.run(tool.get(at.cred))).value);
    expect(creds.map(({ privatedata }) => privatedata)).toEqual(
      creds.map(() => ({ data: new Uint8Array(0), encoding: encodings.raw })),
    );
  });

  it.each<[string, object]>([
    ['a key of another length', { ...pair(new Uint8Array(15)) }],
    ['no key, outside of an owner transfer', { ...pair(new Uint8Array(0)) }],
    ['a key for everybody', { ...pair(), subjectuuid: '*' }],
    ['a key without a subject', { ...pair(), subjectuuid: undefined }],
    ['another type', { ...pair(), credtype: 16 }],
    ['a period, which nothing here would honour', { ...pair(), period: '20260101T000000Z/P1D' }],
    ['a revoked credential', { ...pair(), optionaldata: { revstat: true } }],
    ['an OSCORE context without its identifiers', { ...pair(new Uint8Array(32)), credtype: 64 }],
    [
      'an OSCORE context with a short secret',
      { ...pair(), credtype: 64, oscore: { senderid: '01020304050607', recipientid: '01020304050608' } },
    ],
    [
      'an OSCORE sequence number',
      { ...pair(new Uint8Array(32)), credtype: 128, oscore: { senderid: '01020304050607', ssn: 1 } },
    ],
  ])('are refused: %s', async (what, credential) => {
    const { post } = await provisioning(`refused ${what}`);
    expect(await post({ ...pair(new Uint8Array(32).fill(2)) }, credential)).toBe('4.00');
  });

  it.each<[string, object]>([
    ['16 bytes', pair()],
    ['32 bytes', pair(new Uint8Array(32).fill(3))],
    ['base64', { ...pair(), privatedata: { data: 'AAECAwQFBgcICQoLDA0ODw==', encoding: encodings.base64 } }],
    [
      'hexadecimal digits',
      { ...pair(), privatedata: { data: '000102030405060708090a0b0c0d0e0f', encoding: encodings.raw } },
    ],
    [
      'an OSCORE context',
      {
        ...pair(new Uint8Array(32)),
        credtype: 64,
        oscore: { senderid: '01020304050607', recipientid: '01020304050608' },
      },
    ],
    [
      'an OSCORE group, sending',
      { ...pair(new Uint8Array(32)), credtype: 128, oscore: { senderid: '01020304050607' } },
    ],
    [
      'an OSCORE group, receiving',
      { ...pair(new Uint8Array(32)), credtype: 256, oscore: { recipientid: '01020304050607' } },
    ],
  ])('are taken: %s', async (what, credential) => {
    const { post } = await provisioning(`taken ${what}`);
    expect(await post(credential)).toBe('2.04');
  });

  it('whose ID is given replace the one that has it', async () => {
    const { world, tool, post } = await provisioning('replace');
    const find = async () =>
      readCred((await world.run(tool.get(at.cred))).value).creds.filter(({ subjectuuid }) => subjectuuid === stranger);
    const [before] = await find();
    expect(await post({ ...pair(new Uint8Array(32).fill(1)), credid: before?.credid })).toBe('2.04');
    expect((await find()).map(({ credid }) => credid)).toEqual([before?.credid]);
    expect((await world.run(tool.get(at.cred, `credid=${before?.credid}`))).code).toBe('2.05');
    expect((await world.run(tool.delete(at.cred, 'credid=1'))).code).toBe('4.04');
    expect((await world.run(tool.delete(at.cred, 'credid=none'))).code).toBe('4.04');
  });
});

describe('the audit log', () => {
  it('tells who was denied what, and who could not shake hands, within its space', async () => {
    const { world, tool, open } = await paired('audit');
    await provision(world, tool, async () => {
      const all = { subject: { uuid: owner }, resources: [{ href: at.ael }], permission: 31 };
      await world.run(tool.must(at.acl2, { aclist2: [all] }));
    });
    const session = await open();
    await code(world, session, '/hidden');
    await open('liar', new Uint8Array(16)).catch(() => undefined);
    const log = readAel((await world.run(tool.get(at.ael))).value);
    expect(log.events.map(({ aeid }) => aeid)).toEqual(expect.arrayContaining(['AC-1', 'AUTH-1']));
    const denied = log.events.find(({ aeid }) => aeid === 'AC-1');
    expect(denied?.auxiliaryinfo).toEqual(expect.arrayContaining([stranger, '/hidden', 'GET', 'RFNOP']));
    for (let i = 0; i < 200; i++) await code(world, session, '/hidden');
    const full = readAel((await world.run(tool.get(at.ael))).value);
    expect(full.usedspace).toBeLessThanOrEqual(full.maxspace);
    expect(full.events.length).toBeLessThan(100);
  });

  it('outlives a restart, and does not slow down who is denied', async () => {
    const { world } = await paired('audit kept');
    const writes = world.store.writes;
    const peer = world.peer('prober');
    for (let i = 0; i < 20; i++) await world.run(peer.ask(world.plain.address, 'GET', '/switch'));
    expect(world.store.writes - writes).toBeLessThan(3);
    await world.device.close();
    const next = await new World('audit kept again', { store: world.store, keyStore: world.keyStore }).start();
    expect(await next.store.get('audit')).toBeDefined();
  });
});
