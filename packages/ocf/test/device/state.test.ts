import { encodeCbor, Secret, toHex } from '@selvage/core';
import { MemoryStore } from '@selvage/core/virtual';
import { describe, expect, it } from 'vitest';
import { type DurableState, isTransferBegun, unowned } from '../../src/device/state/durable-state.js';
import { decodeState, encodeState } from '../../src/device/state/state-codec.js';
import { StateKeeper } from '../../src/device/state/state-keeper.js';
import { named, owner, stranger } from './support/world.js';

const fresh = unowned({ deviceuuid: named, permanent: owner, platform: stranger, keyId: 'abc' });

const full: DurableState = {
  ...fresh,
  dos: 'RFNOP',
  devowneruuid: owner,
  owned: true,
  oxmsel: 1,
  om: 4,
  tm: 0,
  rowners: { doxm: owner, pstat: owner, cred: owner, acl2: owner },
  credentials: [
    { credid: 1, credtype: 1, subjectuuid: owner, key: Secret.of(new Uint8Array(16).fill(1)), roleid: { role: 'r' } },
    { credid: 2, credtype: 8, subjectuuid: '*', usage: 'oic.sec.cred.trustca', chain: [Uint8Array.of(1, 2)], tag: 't' },
    { credid: 3, credtype: 64, subjectuuid: stranger, oscore: { senderid: '01', recipientid: '02' } },
  ],
  entries: [
    { aceid: 1, subject: { uuid: owner }, resources: [{ href: '/a' }, { wc: '*' }], permission: 31, tag: 'x' },
    { aceid: 2, subject: { role: 'r', authority: 'a' }, resources: [{ wc: '-' }], permission: 2 },
    { aceid: 3, subject: { conntype: 'anon-clear' }, resources: [{ wc: '+' }], permission: 0 },
  ],
  domain: { uuid: owner, name: 'home', priv: true },
  filters: { category: 3, priority: 1 },
};

describe('the stored state', () => {
  it.each([['of a new device', fresh] as const, ['of an owned one', full] as const])(
    '%s comes back as it was',
    (_, state) => {
      const read = decodeState(encodeState(state));
      const { credentials, ...rest } = read;
      expect(rest).toEqual({ ...state, credentials: undefined });
      const keys = (list: DurableState['credentials']) => list.map(({ key }) => key && toHex(key.reveal()));
      expect(keys(credentials)).toEqual(keys(state.credentials));
      const publicParts = (list: DurableState['credentials']) => list.map(({ key: _key, ...one }) => one);
      expect(publicParts(credentials)).toEqual(publicParts(state.credentials));
    },
  );

  it('shows no key when it is printed', () => {
    expect(JSON.parse(JSON.stringify(full.credentials[0]))).toMatchObject({ credid: 1, key: '‹redacted›' });
  });

  it('is refused where it is anything else: whose device it is must not be guessed', () => {
    const whole = encodeState(full);
    const wrong = [whole.subarray(0, whole.length - 1), new Uint8Array(0), encodeCbor({}), encodeCbor({ format: 2 })];
    for (const bytes of wrong)
      expect(() => decodeState(bytes)).toThrow(expect.objectContaining({ code: 'store-failed' }));
  });

  it('knows whether an owner transfer has begun', () => {
    expect(isTransferBegun(fresh)).toBe(false);
    expect(isTransferBegun(full)).toBe(false);
    expect(isTransferBegun({ ...fresh, oxmsel: 0 })).toBe(true);
    expect(isTransferBegun({ ...fresh, devowneruuid: owner })).toBe(true);
    expect(isTransferBegun({ ...fresh, credentials: full.credentials })).toBe(true);
  });
});

describe('the keeper of the state', () => {
  it('makes changes one after the other, and tells of each when it is durable', async () => {
    const store = new MemoryStore();
    const told: string[] = [];
    const keeper = new StateKeeper(store, fresh, ({ oxmsel }) => told.push(`${oxmsel} after ${store.writes}`));
    const turns = [0, 1, 2].map((oxmsel) =>
      keeper.inTurn(() => keeper.replace({ ...keeper.state, oxmsel, tm: keeper.state.tm + 1 })),
    );
    await Promise.all(turns);
    expect(told).toEqual(['0 after 1', '1 after 2', '2 after 3']);
    expect(keeper.state).toMatchObject({ oxmsel: 2, tm: 3 });
    expect((await StateKeeper.load(store))?.tm).toBe(3);
  });

  it('keeps the old state where the store fails, and goes on with the next change', async () => {
    const store = new MemoryStore();
    const keeper = new StateKeeper(store, fresh, () => undefined);
    store.cutPowerDuring(0, 'old');
    await expect(keeper.inTurn(() => keeper.replace(full))).rejects.toMatchObject({ code: 'store-failed' });
    expect(keeper.state).toBe(fresh);
    store.powerOn();
    await keeper.inTurn(() => keeper.replace(full));
    expect(keeper.state).toBe(full);
  });

  it('writes nothing where nothing changes', async () => {
    const store = new MemoryStore();
    const keeper = new StateKeeper(store, fresh, () => undefined);
    await keeper.inTurn(() => keeper.replace(fresh));
    expect(store.writes).toBe(0);
    await keeper.inTurn(() => keeper.replace({ ...fresh, om: 4 }));
    await keeper.inTurn(() => keeper.replace({ ...fresh, om: 4 }));
    expect(store.writes).toBe(1);
  });
});
