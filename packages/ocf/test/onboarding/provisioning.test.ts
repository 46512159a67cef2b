import { bytesEqual, type PeerAddress } from '@selvage/core';
import { MemoryStore } from '@selvage/core/virtual';
import { LocalKeyHome, nativeCore } from '@selvage/crypto';
import { type CertificateProfile, decodePem, readCertificate, validFor } from '@selvage/pki';
import { describe, expect, it } from 'vitest';
import {
  type AccessEntryInput,
  type CertifiedKey,
  credentialUsages,
  type DeviceStateName,
  nilUuid,
  type OcfClient,
  permissions,
  type Uuid,
} from '../../src/index.js';
import { uuidOfDigit } from '../client/support/world.js';
import { keysIn } from './support/keys-in.js';
import { ownedSite } from './support/owned-site.js';
import type { Site, SiteTool } from './support/site.js';

const { retrieve, update } = permissions;
const phone = uuidOfDigit('9');

/** Read and write for somebody on the switch of a light. */
function switching(subject: AccessEntryInput['subject']): AccessEntryInput {
  return { subject, resources: [{ href: '/switch' }], permission: retrieve | update };
}

/** A certificate of the tool's authority for a key that the test holds. */
async function certified(site: Site, { memory }: SiteTool, profile: CertificateProfile): Promise<CertifiedKey> {
  const key = await site.key();
  const validity = validFor(site.clock.wallTime(), 300);
  const { chain } = await memory.authority.issue(profile, { publicKey: await site.keys.publicKey(key), validity });
  return { chain, key };
}

/** Somebody who shows certificates, with roles of the same key. */
async function certifiedClient(
  site: Site,
  tool: SiteTool,
  { name = 'phone', device = phone, roles = [] as readonly string[] } = {},
): Promise<OcfClient<PeerAddress>> {
  const certificate = await certified(site, tool, { kind: 'identity', device });
  const publicKey = await site.keys.publicKey(certificate.key);
  const validity = validFor(site.clock.wallTime(), 300);
  const chains = roles.map(async (role) => {
    const profile = { kind: 'role', device, roles: [{ role }] } as const;
    return (await tool.memory.authority.issue(profile, { publicKey, validity })).chain;
  });
  const identity = { device, pskFor: () => undefined, certificate, roles: await Promise.all(chains) };
  return site.client(name, identity, { anchors: () => [{ certificate: tool.memory.authority.certificate }] });
}

/** The states that a device goes through from now on. */
function statesOf({ device }: Awaited<ReturnType<typeof ownedSite>>['devices'][number]): DeviceStateName[] {
  const states: DeviceStateName[] = [];
  device.onEvent((event) => {
    if (event.kind === 'state') states.push(event.state);
  });
  return states;
}

describe('access control entries', () => {
  it('are added, listed and removed by subject, role and connection type, each in one stay in RFPRO', async () => {
    const { site, tool, devices } = await ownedSite('access', ['lamp']);
    const [lamp] = devices as [(typeof devices)[0]];
    const { device } = lamp.owned;
    const { provisioning } = tool.tool;
    const states = statesOf(lamp);
    const before = await site.settle(provisioning.accessList(device));
    const subjects = [{ uuid: phone }, { role: 'lab.user', authority: 'Lab' }, { conntype: 'auth-crypt' }] as const;
    await site.settle(provisioning.grant(device, subjects.map(switching)));
    expect(states).toEqual(['RFPRO', 'RFNOP']);
    const added = (await site.settle(provisioning.accessList(device))).slice(before.length);
    expect(added.map(({ subject }) => subject)).toEqual(subjects);
    await site.settle(provisioning.revoke(device, added[1]?.aceid ?? 0));
    const left = (await site.settle(provisioning.accessList(device))).slice(before.length);
    expect(left.map(({ subject }) => subject)).toEqual([subjects[0], subjects[2]]);
  });

  it('that a device refuses leave it in normal operation, and say which step it was', async () => {
    const { site, tool, devices } = await ownedSite('refused', ['lamp']);
    const [lamp] = devices as [(typeof devices)[0]];
    const attempt = tool.tool.provisioning.revoke(lamp.owned.device, 4711);
    await expect(site.settle(attempt)).rejects.toMatchObject({
      code: 'provisioning-refused',
      details: { step: 'remove access control entry 4711 (acl2)', response: '4.04' },
    });
    expect(lamp.device.state).toBe('RFNOP');
    expect(tool.tool.unfinished()).toEqual([]);
  });
});

describe('identity and role certificates', () => {
  it('open sessions between those who have them, in which roles count from the first request on', async () => {
    const { site, tool, devices } = await ownedSite('roles', ['lamp']);
    const [{ owned, found }] = devices as [(typeof devices)[0]];
    const to = { device: owned.device, secured: found.secured };
    const { provisioning } = tool.tool;
    await site.settle(
      provisioning.run(owned.device, [
        { kind: 'identity' },
        { kind: 'access', entries: [switching({ role: 'lab.user' })] },
      ]),
    );
    const plain = await certifiedClient(site, tool);
    await expect(site.settle(plain.get(to, '/switch'))).rejects.toMatchObject({ code: 'access-refused' });
    const user = await certifiedClient(site, tool, {
      name: 'user',
      device: uuidOfDigit('8'),
      roles: ['other', 'lab.user'],
    });
    expect(await site.settle(user.get(to, '/switch'))).toEqual(new Map(Object.entries({ value: false })));
    await site.settle(user.set(to, '/switch', { value: true }));
    expect(devices[0]?.device.values('/switch')).toEqual({ value: true });
  });

  it('name the device and hold its own key; a new one takes the place of the one before', async () => {
    const { site, tool, devices } = await ownedSite('renewed', ['lamp']);
    const [{ owned }] = devices as [(typeof devices)[0]];
    const { provisioning } = tool.tool;
    const first = await site.settle(provisioning.identity(owned.device, { days: 30 }));
    await site.settle(
      provisioning.roles(owned.device, [{ role: 'lab.light' }, { role: 'lab.user', authority: 'Lab' }]),
    );
    const second = await site.settle(provisioning.identity(owned.device));
    const third = await site.settle(provisioning.roles(owned.device, [{ role: 'lab.light' }]));
    expect(second.identity?.serial).not.toBe(first.identity?.serial);
    expect(third.roles?.map(({ role }) => role).sort()).toEqual(['lab.light', 'lab.user']);
    const creds = await site.settle(provisioning.credentials(owned.device));
    const usages = creds.map(({ credusage = 'key' }) => credusage).sort();
    expect(usages).toEqual([
      'key',
      credentialUsages.identity,
      credentialUsages.role,
      credentialUsages.role,
      credentialUsages.trustAnchor,
    ]);
    const identity = creds.find(({ credusage }) => credusage === credentialUsages.identity)?.publicdata?.data;
    const [der] = decodePem('CERTIFICATE', String(identity));
    const { subject } = readCertificate(der ?? new Uint8Array(0));
    expect(subject.parts.flat().map(({ text }) => text)).toEqual([`uuid:${owned.device}`]);
  });

  it('can be given in the transfer itself, over the onboarding connection', async () => {
    const { site, tool } = await ownedSite('early', []);
    const { device } = await site.device('lamp');
    const [found] = await site.unowned(tool);
    const tasks = [{ kind: 'identity' }, { kind: 'access', entries: [switching({ uuid: phone })] }] as const;
    const owned = await site.settle(tool.tool.own(found as never, { tasks }));
    expect(owned.identity?.serial).toMatch(/^[0-9a-f]+$/);
    expect(device.state).toBe('RFNOP');
    const client = await certifiedClient(site, tool);
    const to = { device: owned.device, secured: found?.secured ?? [] };
    expect(await site.settle(client.get(to, '/switch'))).toEqual(new Map(Object.entries({ value: false })));
  });

  it('of another domain open nothing, and a device that shows those of another is refused', async () => {
    const { site, tool, devices } = await ownedSite('strangers', ['lamp', 'other']);
    const [lamp, other] = devices as [(typeof devices)[0], (typeof devices)[0]];
    for (const { owned } of [lamp, other]) {
      const tasks = [
        { kind: 'identity' },
        { kind: 'access', entries: [switching({ conntype: 'auth-crypt' })] },
      ] as const;
      await site.settle(tool.tool.provisioning.run(owned.device, tasks));
    }
    const foreign = await site.tool('foreign');
    const stranger = await certifiedClient(site, foreign, { name: 'stranger' });
    const to = { device: lamp.owned.device, secured: lamp.found.secured };
    await expect(site.settle(stranger.get(to, '/switch'))).rejects.toMatchObject({ code: 'unknown-ca' });
    const client = await certifiedClient(site, tool);
    expect(await site.settle(client.get(to, '/switch'))).toBeInstanceOf(Map);
    const wrong = { device: lamp.owned.device, secured: other.found.secured };
    client.disconnect(lamp.owned.device);
    await expect(site.settle(client.get(wrong, '/switch'))).rejects.toMatchObject({ code: 'access-denied' });
  });

  it('that were revoked open nothing', async () => {
    const { site, tool, devices } = await ownedSite('revoked', ['lamp']);
    const [lamp] = devices as [(typeof devices)[0]];
    const { authority } = tool.memory;
    const tasks = [{ kind: 'identity' }, { kind: 'access', entries: [switching({ conntype: 'auth-crypt' })] }] as const;
    const { identity } = await site.settle(tool.tool.provisioning.run(lamp.owned.device, tasks));
    const now = Math.floor(site.clock.wallTime() / 1000) * 1000;
    await authority.revoke(identity?.serial ?? '', { at: now, reason: 'keyCompromise' });
    const list = await authority.revocationList({ thisUpdate: now, nextUpdate: now + 86_400_000 });
    const certificate = await certified(site, tool, { kind: 'identity', device: phone });
    const client = site.client(
      'phone',
      { device: phone, pskFor: () => undefined, certificate },
      { anchors: () => [{ certificate: authority.certificate }], revocationLists: () => [list] },
    );
    const to = { device: lamp.owned.device, secured: lamp.found.secured };
    await expect(site.settle(client.get(to, '/switch'))).rejects.toMatchObject({ code: 'certificate-revoked' });
  });

  it('are not issued by a tool without an authority', async () => {
    const { site, tool, devices } = await ownedSite('no authority', ['lamp'], { authority: undefined });
    const [lamp] = devices as [(typeof devices)[0]];
    await expect(site.settle(tool.tool.provisioning.identity(lamp.owned.device))).rejects.toMatchObject({
      code: 'invalid-argument',
    });
    await expect(tool.tool.certifySelf()).rejects.toMatchObject({ code: 'invalid-argument' });
    expect(lamp.device.state).toBe('RFNOP');
  });

  it('are had by the tool itself, for devices that it shares no key with, and outlive it', async () => {
    const { site, tool, devices } = await ownedSite('own identity', ['lamp']);
    const [lamp] = devices as [(typeof devices)[0]];
    const tasks = [{ kind: 'identity' }, { kind: 'access', entries: [switching({ role: 'lab.boss' })] }] as const;
    await site.settle(tool.tool.provisioning.run(lamp.owned.device, tasks));
    const colleague = { uuid: uuidOfDigit('7'), store: new MemoryStore(), authority: tool.memory.authority };
    const first = await site.tool('colleague', colleague);
    const to = { device: lamp.owned.device, secured: lamp.found.secured };
    await expect(site.settle(first.tool.client.get(to, '/switch'))).rejects.toMatchObject({ code: 'not-owned' });
    await first.tool.certifySelf([{ role: 'lab.boss' }]);
    const issued = (await colleague.authority.issued()).length;
    const second = await site.tool('colleague', colleague);
    await second.tool.certifySelf();
    expect((await colleague.authority.issued()).length).toBe(issued);
    expect(await site.settle(second.tool.client.get(to, '/switch'))).toBeInstanceOf(Map);
  });
});

/** Two or three devices whose stores the test can read. */
async function pairSite(seed: string, names: readonly string[]) {
  const { site, tool } = await ownedSite(seed, []);
  const devices = [];
  for (const name of names) {
    const store = new MemoryStore();
    const one = await site.device(name, { store });
    const [found] = await site.unowned(tool);
    devices.push({ ...one, store, owned: await site.settle(tool.tool.own(found as never)) });
  }
  return { site, tool, devices };
}

describe('pairwise keys', () => {
  it('are drawn for each pair, known to those two alone, and replaced as a pair', async () => {
    const { site, tool, devices } = await pairSite('pairs', ['light', 'switch', 'door']);
    const [a, b, c] = devices as [(typeof devices)[0], (typeof devices)[0], (typeof devices)[0]];
    const ids = devices.map(({ owned }) => owned.device) as [Uuid, Uuid, Uuid];
    const { provisioning } = tool.tool;
    await site.settle(provisioning.pair(ids[0], ids[1]));
    await site.settle(provisioning.pair(ids[1], ids[2]));
    const [ofA, ofB, ofC] = (await Promise.all([a, b, c].map(({ store }) => keysIn(store)))) as [
      Map<string, Uint8Array>,
      Map<string, Uint8Array>,
      Map<string, Uint8Array>,
    ];
    expect(ofA.get(ids[1])).toEqual(ofB.get(ids[0]));
    expect(ofB.get(ids[2])).toEqual(ofC.get(ids[1]));
    expect(ofA.get(ids[2])).toBeUndefined();
    const all = [...ofA.values(), ...ofB.values(), ...ofC.values()].map((key) => Buffer.from(key).toString('hex'));
    // Three owner keys, and two pairs: each of those stands twice.
    expect(new Set(all).size).toBe(5);
    expect(await knows(tool.memory.store, ofA.get(ids[1]) as Uint8Array)).toBe(false);
    expect(tool.tool.device(ids[1]).peers).toEqual([ids[0], ids[2]]);

    await site.settle(provisioning.pair(ids[1], ids[0]));
    const [again, too] = [await keysIn(a.store), await keysIn(b.store)];
    expect(again.get(ids[1])).toEqual(too.get(ids[0]));
    expect(again.get(ids[1])).not.toEqual(ofA.get(ids[1]));
    const creds = await site.settle(provisioning.credentials(ids[0]));
    expect(creds.filter(({ subjectuuid }) => subjectuuid === ids[1]).length).toBe(1);
    expect([a, b, c].map(({ device }) => device.state)).toEqual(['RFNOP', 'RFNOP', 'RFNOP']);

    await site.settle(provisioning.unpair(ids[0], ids[1]));
    expect((await keysIn(a.store)).has(ids[1]) || (await keysIn(b.store)).has(ids[0])).toBe(false);
    expect(tool.tool.device(ids[0]).peers).toEqual([]);
  });

  it('are not given to a device and itself', async () => {
    const { tool, devices } = await ownedSite('self', ['light']);
    const device = devices[0]?.owned.device as Uuid;
    await expect(tool.tool.provisioning.pair(device, device)).rejects.toMatchObject({ code: 'invalid-argument' });
  });

  it('are left with neither where one of the two refuses', async () => {
    const { site, tool, devices } = await pairSite('half', ['light', 'switch']);
    const [a, b] = devices as [(typeof devices)[0], (typeof devices)[0]];
    const attempt = tool.tool.provisioning.pair(a.owned.device, b.owned.device, {
      onProgress: ({ step, device }) => {
        if (device === b.owned.device && step.startsWith('give the device a key')) b.store.cutPower();
      },
    });
    await expect(site.settle(attempt)).rejects.toMatchObject({ code: 'provisioning-refused' });
    b.store.powerOn();
    await site.settle(tool.tool.resume());
    expect(tool.tool.unfinished()).toEqual([]);
    expect([a.device.state, b.device.state]).toEqual(['RFNOP', 'RFNOP']);
    expect((await keysIn(a.store)).has(b.owned.device)).toBe(false);
    expect((await keysIn(b.store)).has(a.owned.device)).toBe(false);
  });
});

async function knows(store: MemoryStore, secret: Uint8Array): Promise<boolean> {
  for (const name of await store.names()) {
    const value = (await store.get(name)) ?? new Uint8Array(0);
    for (let at = 0; at + secret.length <= value.length; at++) {
      if (bytesEqual(value.subarray(at, at + secret.length), secret)) return true;
    }
  }
  return false;
}

describe('credentials', () => {
  it('are removed by number, but not the key of the owner', async () => {
    const { site, tool, devices } = await ownedSite('remove', ['lamp']);
    const device = devices[0]?.owned.device as Uuid;
    const { provisioning } = tool.tool;
    const anchor = (await site.authority('Other Root')).certificate.der;
    await site.settle(provisioning.trust(device, { certificate: anchor, subject: phone }));
    const creds = await site.settle(provisioning.credentials(device));
    const key = creds.find(({ credusage }) => credusage === undefined)?.credid ?? 0;
    const added = creds.find(({ credusage }) => credusage === credentialUsages.trustAnchor);
    expect(added?.subjectuuid).toBe(phone);
    await expect(site.settle(provisioning.removeCredential(device, key))).rejects.toMatchObject({
      code: 'invalid-argument',
    });
    await site.settle(provisioning.removeCredential(device, added?.credid ?? 0));
    expect((await site.settle(provisioning.credentials(device))).map(({ credid }) => credid)).toEqual([key]);
  });
});

describe('resets', () => {
  it('soft: through SRESET and RFPRO back to RFNOP, with what was mended on the way and nothing lost', async () => {
    const { site, tool, devices } = await ownedSite('soft', ['lamp']);
    const [lamp] = devices as [(typeof devices)[0]];
    const states = statesOf(lamp);
    const { device } = lamp.owned;
    const before = await site.settle(tool.tool.provisioning.accessList(device));
    const tasks = [{ kind: 'access', entries: [switching({ uuid: phone })] }] as const;
    await site.settle(tool.tool.provisioning.softReset(device, tasks));
    expect(states).toEqual(['SRESET', 'RFPRO', 'RFNOP']);
    expect((await site.settle(tool.tool.provisioning.accessList(device))).length).toBe(before.length + 1);
  });

  it('hard: the device has no owner and another UUID, and the tool has nothing of it any more', async () => {
    const { site, tool, devices } = await ownedSite('hard', ['lamp']);
    const [lamp] = devices as [(typeof devices)[0]];
    await site.settle(tool.tool.hardReset(lamp.owned.device));
    expect([lamp.device.state, lamp.device.owner, lamp.device.deviceId === lamp.owned.device]).toEqual([
      'RFOTM',
      nilUuid,
      false,
    ]);
    expect(tool.tool.devices()).toEqual([]);
    expect((await tool.memory.store.names()).filter((name) => name.startsWith('device-'))).toEqual([]);
    await expect(site.settle(tool.tool.hardReset(lamp.owned.device))).rejects.toMatchObject({ code: 'not-owned' });
  });

  it('hard: one that a device refuses leaves it owned, and in order', async () => {
    const store = new MemoryStore();
    const { site, tool } = await ownedSite('refuses reset', []);
    const { device } = await site.device('lamp', { store });
    const [found] = await site.unowned(tool);
    const owned = await site.settle(tool.tool.own(found as never));
    const reset = tool.tool.hardReset(owned.device, ({ step }) =>
      step.startsWith('enter RESET') ? store.cutPower() : 0,
    );
    await expect(site.settle(reset)).rejects.toMatchObject({
      code: 'provisioning-refused',
      details: { response: '5.03' },
    });
    store.powerOn();
    expect(tool.tool.unfinished()).toEqual([]);
    expect((await site.settle(tool.tool.provisioning.state(owned.device))).isop).toBe(true);
    await site.settle(tool.tool.hardReset(owned.device));
    expect(device.owner).toBe(nilUuid);
  });

  it('are the way to a new owner', async () => {
    const { site, tool, devices } = await ownedSite('handed over', ['lamp', 'stays']);
    const [lamp, stays] = devices as [(typeof devices)[0], (typeof devices)[0]];
    const other = await site.tool('other');
    const owned = await site.settle(tool.tool.changeOwner(lamp.owned.device, other.tool, { method: 'just-works' }));
    expect([lamp.device.owner, lamp.device.deviceId, lamp.device.state]).toEqual([
      other.memory.uuid,
      owned.device,
      'RFNOP',
    ]);
    expect(tool.tool.devices().map(({ device }) => device)).toEqual([stays.owned.device]);
    expect(owned.platform).toBe(lamp.owned.platform);
  });
});

describe('a device that is not as it was', () => {
  it('because it was reset by hand is told apart, can be forgotten, and be owned again', async () => {
    const { site, tool, devices } = await ownedSite('by hand', ['lamp']);
    const [lamp] = devices as [(typeof devices)[0]];
    await lamp.device.reset();
    await site.pass(100);
    const { device } = lamp.owned;
    await expect(site.settle(tool.tool.provisioning.state(device))).rejects.toMatchObject({
      code: 'not-owned',
      remedy: expect.stringContaining('forget it') as string,
    });
    const [found] = await site.unowned(tool);
    const owned = await site.settle(tool.tool.own(found as never));
    expect(owned.platform).toBe(lamp.owned.platform);
    await tool.tool.forget(device);
    expect(tool.tool.devices().map((one) => one.device)).toEqual([owned.device]);
  });

  it('because another owns it under the same UUID is told apart by its key', async () => {
    const { site, tool, devices } = await ownedSite('other key', ['lamp']);
    const [lamp] = devices as [(typeof devices)[0]];
    const record = [...(await tool.memory.store.names())].find((name) => name.startsWith('device-')) ?? '';
    const value = (await tool.memory.store.get(record)) as Uint8Array;
    const key = Buffer.from(value).indexOf(Buffer.from('636b657950', 'hex')) + 5;
    value[key] = (value[key] as number) ^ 1;
    const other = await site.tool('other', { ...tool.memory, store: new MemoryStore([[record, value]]) });
    await expect(site.settle(other.tool.provisioning.state(lamp.owned.device))).rejects.toMatchObject({
      code: 'not-owned',
      remedy: expect.stringContaining('forget it') as string,
    });
  });

  it('because it is elsewhere is looked for, and its new place is known to the next tool without a search', async () => {
    const { site, tool } = await ownedSite('moved', []);
    const kept = { store: new MemoryStore(), keys: new LocalKeyHome({ core: nativeCore, entropy: site.entropy('k') }) };
    const first = await site.device('lamp', kept);
    const [found] = await site.unowned(tool);
    const { device, endpoints } = await site.settle(tool.tool.own(found as never));
    await site.settle(first.device.close());
    await site.device('shelf', kept);
    expect((await site.settle(tool.tool.reach(device))).secured).toEqual([{ key: 'shelf.secured' }]);
    expect(tool.tool.device(device).endpoints).not.toEqual(endpoints);
    const next = await site.tool('tool', tool.memory);
    let groups = 0;
    next.gate = (_, to) => (groups += to.key === 'all' ? 1 : 0) >= 0;
    expect((await site.settle(next.tool.provisioning.state(device))).isop).toBe(true);
    expect(groups).toBe(0);
  });

  it('because it was restarted is reached in a new session', async () => {
    const { site, tool } = await ownedSite('restarted', []);
    const kept = { store: new MemoryStore(), keys: new LocalKeyHome({ core: nativeCore, entropy: site.entropy('k') }) };
    const first = await site.device('lamp', kept);
    const [found] = await site.unowned(tool);
    const { device } = await site.settle(tool.tool.own(found as never));
    expect((await site.settle(tool.tool.provisioning.state(device))).isop).toBe(true);
    await site.pass(60_000);
    // Without a goodbye, as when the power fails.
    site.tamper = (payload, from) => (from.key === 'lamp.secured' ? [] : [payload]);
    await site.settle(first.device.close());
    site.tamper = undefined;
    await site.device('lamp', kept);
    const started = site.clock.now();
    expect((await site.settle(tool.tool.provisioning.state(device))).isop).toBe(true);
    expect(site.clock.now() - started).toBeLessThan(6000);
  });
});
