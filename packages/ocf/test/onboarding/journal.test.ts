import { inspect } from 'node:util';
import { decodeCbor, encodeCbor, Secret } from '@selvage/core';
import { MemoryStore } from '@selvage/core/virtual';
import { describe, expect, it } from 'vitest';
import { type DeviceRecord, readDeviceRecord, writeDeviceRecord } from '../../src/onboarding/journal/device-record.js';
import { isUnfinished, Journal } from '../../src/onboarding/journal/journal.js';
import { uuidOfDigit } from '../client/support/world.js';

const record: DeviceRecord = {
  version: 1,
  device: uuidOfDigit('1'),
  stage: 'owned',
  method: 'random-pin',
  key: Secret.of(Uint8Array.from({ length: 16 }, (_, at) => at)),
  former: uuidOfDigit('2'),
  platform: uuidOfDigit('3'),
  name: 'Lamp',
  endpoints: ['coaps://[fe80::1%eth0]:5684'],
  since: Date.parse('2026-11-22T12:00:00Z'),
  pending: [
    { kind: 'identity', days: 30 },
    { kind: 'access', entries: [{ subject: { role: 'r' }, resources: [{ wc: '*' }], permission: 2 }] },
    { kind: 'roles', roles: [{ role: 'r', authority: 'a' }] },
    { kind: 'anchor', certificate: Uint8Array.of(1, 2), subject: '*' },
    { kind: 'remove-access', aceid: 5 },
    { kind: 'remove-credential', credid: 6 },
    { kind: 'unpair', peer: uuidOfDigit('4') },
  ],
  pairing: uuidOfDigit('5'),
  peers: [uuidOfDigit('6')],
  identity: { serial: 'ab', notAfter: 5 },
  roles: [{ role: 'r', serial: 'cd', notAfter: 6 }],
  manufacturer: { subject: 'CN=lamp', mudUrl: 'https://maker.example/lamp.json' },
};

describe('the record of a device', () => {
  it('is what it was after it was written and read, key included', () => {
    const again = readDeviceRecord('device-1', writeDeviceRecord(record));
    expect({ ...again, key: undefined }).toEqual({ ...record, key: undefined });
    expect(again.key.reveal()).toEqual(record.key.reveal());
  });

  it('does not show its key', () => {
    expect(inspect(record) + JSON.stringify(record)).not.toMatch(/00010203|AAECAw|0,1,2,3/);
  });

  it.each([
    ['nothing', new Uint8Array(0)],
    ['half of one', writeDeviceRecord(record).subarray(0, 100)],
    ['of another version', changed('version', 2)],
    ['without a key', changed('key', undefined)],
    ['with a task that nobody knows', changed('pending', [{ kind: 'dance' }])],
    ['with a field more', changed('more', 1)],
  ])('is refused where it is damaged: %s', (_name, bytes) => {
    expect(() => readDeviceRecord('device-1', bytes)).toThrow(
      expect.objectContaining({ code: 'store-failed', remedy: expect.stringContaining('backup') as string }),
    );
  });
});

/** The record with a field replaced. */
function changed(name: string, value: unknown): Uint8Array {
  const fields = new Map(decodeCbor(writeDeviceRecord(record)) as ReadonlyMap<string, never>);
  fields.delete(name);
  if (value !== undefined) fields.set(name, value as never);
  return encodeCbor(fields);
}

describe('the journal', () => {
  it('counts a change once it is durable, and not before', async () => {
    const store = new MemoryStore();
    const journal = await Journal.open(store);
    await journal.put(record);
    store.cutPower();
    await expect(journal.update(record.device, { stage: 'releasing' })).rejects.toMatchObject({ code: 'store-failed' });
    expect(journal.require(record.device).stage).toBe('owned');
    store.powerOn();
    const next = await Journal.open(store);
    expect(next.all().map(({ device, stage }) => [device, stage])).toEqual([[record.device, 'owned']]);
    expect(next.keyOf(record.device)?.reveal()).toEqual(record.key.reveal());
    await next.delete(record.device);
    expect((await Journal.open(store)).all()).toEqual([]);
    expect(() => next.require(record.device)).toThrow(expect.objectContaining({ code: 'not-owned' }));
  });

  it('leaves alone what is not its own, and says which record is damaged', async () => {
    const store = new MemoryStore([
      ['other', Uint8Array.of(1)],
      ['device-x', Uint8Array.of(1)],
    ]);
    await expect(Journal.open(store)).rejects.toMatchObject({
      code: 'store-failed',
      message: expect.stringContaining('device-x') as string,
    });
  });

  it('knows who is somewhere on the path', () => {
    const done = { ...record, pending: undefined, pairing: undefined };
    expect(isUnfinished(done)).toBe(false);
    expect(isUnfinished({ ...done, pending: [] })).toBe(true);
    expect(isUnfinished({ ...done, pairing: uuidOfDigit('1') })).toBe(true);
    expect(isUnfinished({ ...done, stage: 'transferring' })).toBe(true);
    expect(isUnfinished({ ...done, stage: 'releasing' })).toBe(true);
  });
});
