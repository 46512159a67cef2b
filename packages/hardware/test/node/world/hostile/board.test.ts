/** Firmware that asks its board and its vault for what it is not granted. */
import { SelvageError } from '@selvage/core';
import { beforeAll, describe, expect, it } from 'vitest';
import { MemoryVault } from '../../../support/memory-vault.js';
import { HostileBoard } from './hostile-board.js';
import { hostilePayload } from './payload.js';

let payload: Uint8Array;
beforeAll(async () => {
  payload = await hostilePayload();
});

/** Nothing is there, which is no refusal. */
const emptyHanded = ['find a hidden key in the list', 'read a value of another client'];

/** As whoever makes tokens. */
function makeNone({ length }: Uint8Array): Uint8Array {
  throw new SelvageError('invalid-length', 'a nonce has 32, 48 or 64 bytes', { details: { length } });
}

describe('firmware that asks for more than it is granted', () => {
  it('gets none of it: each is refused, counted and logged', async () => {
    const vault = await MemoryVault.open();
    const manufacturer = vault.engine.client('manufacturer');
    const policy = { algorithm: 'ecdsa-p256', usages: ['sign'] } as const;
    const [granted, hidden] = [await manufacturer.keys.generate(policy), await manufacturer.keys.generate(policy)];
    await manufacturer.keys.grant(granted, 'firmware');
    await manufacturer.store.put('manufacturer-secret', Uint8Array.of(1));
    vault.engine.attester = async (nonce) => makeNone(nonce);
    const coveted = { granted: granted.id, hidden: hidden.id };
    const board = await HostileBoard.start(vault, { payload, orders: { do: 'ask', coveted } });
    const tried = await board.tried();
    await board.close();
    expect(tried.filter(({ open }) => open !== undefined)).toEqual([]);
    expect(tried).toHaveLength(34);
    const counts = Object.fromEntries([...board.refusals.counts].sort());
    expect(counts).toEqual({
      'access-denied': 6,
      'invalid-length': 1,
      'key-not-found': 4,
      'key-usage-refused': 3,
      // It looks for the loader's `require` when it is evaluated.
      loader: 1,
      'malformed-request': 5,
      'protocol-version': 1,
      'store-name-invalid': 7,
      'unknown-lane': 1,
      'unknown-service': 1,
      'wrong-state': 3,
    });
    const total = Object.values(counts).reduce((sum, count) => sum + count, 0);
    expect(total).toBe(tried.length - emptyHanded.length + 1);
    // Each kind is in the log from its first time on.
    expect([...new Set(board.told.map(({ kind }) => kind))].sort()).toEqual(Object.keys(counts));
    expect((await manufacturer.keys.list()).map(({ id }) => id)).toEqual([granted.id, hidden.id]);
    expect(await vault.engine.client('firmware').store.names()).toEqual([]);
  });
});
