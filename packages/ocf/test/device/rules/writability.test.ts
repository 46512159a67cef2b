import { coapCode, decodeCbor, encodeCbor, SelvageError } from '@selvage/core';
import { nativeCore } from '@selvage/crypto';
import { describe, expect, it } from 'vitest';
import { securityRemovals, securityUpdates } from '../../../src/device/resource/carry-out.js';
import type { UpdateContext } from '../../../src/device/resource/update.js';
import { isWritable, writeRules } from '../../../src/device/rules/writability.js';
import { type DurableState, unowned } from '../../../src/device/state/durable-state.js';
import type { DeviceStateName } from '../../../src/index.js';
import { named, owner, today } from '../support/world.js';
import { columns, deletions, mayWrite, ownerCredential, properties, type PropertyRow, refusalOf } from './table.js';

/** A device as its owner has it, in any state. */
function owned(dos: DeviceStateName): DurableState {
  return {
    ...unowned({ deviceuuid: named, permanent: named, platform: named, keyId: 'key' }),
    dos,
    devowneruuid: owner,
    owned: true,
    oxmsel: 0,
    rowners: { doxm: owner, pstat: owner, cred: owner, acl2: owner },
    credentials: [ownerCredential],
    domain: { uuid: owner, name: 'home', priv: false },
  };
}

function context(overOnboarding: boolean): UpdateContext {
  const publicKey = new Uint8Array(65);
  return {
    overOnboarding,
    methods: [0, 1],
    publicKey,
    core: nativeCore,
    now: today,
    reservedIds: [],
    newId: () => 1,
    ownerKey: () => undefined,
  };
}

/** The code that a write is answered with. */
function outcome(row: PropertyRow, state: DeviceStateName, inside: boolean): string {
  const update = securityUpdates[row.resource];
  if (update === undefined) return '4.05';
  try {
    update(owned(state), decodeCbor(encodeCbor(row.value(state))), context(inside));
    return '2.04';
  } catch (error) {
    if (error instanceof SelvageError) return coapCode(error);
    throw error;
  }
}

/** Roles belong to a session and not to the state; what a device does with them is asked of a device. */
const ofState = properties.filter(({ resource }) => resource !== 'roles');

describe('writability (section 4 of the protocol note), as rules', () => {
  const cases = properties.flatMap((row) =>
    columns.flatMap((state) => [false, true].map((inside) => ({ row, state, inside }))),
  );

  it('has a row for every property that has a rule, and a rule for every row', () => {
    const ruled = Object.entries(writeRules).flatMap(([name, rules]) =>
      Object.keys(rules).map((one) => `${name}.${one}`),
    );
    expect(properties.map(({ resource, property }) => `${resource}.${property}`).sort()).toEqual(ruled.sort());
    expect(properties).toHaveLength(33);
    expect(cases).toHaveLength(330);
  });

  it.each(cases)('$row.resource.$row.property in $state, inside: $inside', ({ row, state, inside }) => {
    const rules: Readonly<Record<string, (typeof writeRules.doxm)['owned']>> = writeRules[row.resource];
    const rule = rules[row.property];
    expect(rule && isWritable(rule, state, inside)).toBe(mayWrite(row, state, inside));
  });
});

describe('writability (section 4 of the protocol note), carried out', () => {
  const cases = ofState.flatMap((row) =>
    columns.flatMap((state) => [false, true].map((inside) => ({ row, state, inside }))),
  );

  it('is tried for every property, in every state, inside and outside', () => {
    expect(cases).toHaveLength(320);
  });

  it.each(cases)('$row.resource.$row.property in $state, inside: $inside', ({ row, state, inside }) => {
    const expected = mayWrite(row, state, inside) ? '2.04' : refusalOf(row, state);
    expect(outcome(row, state, inside)).toBe(expected);
  });
});

describe('deletions (section 4 of the protocol note)', () => {
  const cases = (['cred', 'acl2'] as const).flatMap((resource) =>
    columns.flatMap((state) => [undefined, 7, 8].map((id) => ({ resource, state, id }))),
  );

  it('are tried for all entries, one that is there and one that is not, in every state', () => {
    expect(cases).toHaveLength(30);
  });

  it.each(cases)('of $resource in $state, id $id', ({ resource, state, id }) => {
    const entry = { aceid: 7, subject: { uuid: owner }, resources: [{ wc: '*' }], permission: 2 } as const;
    const remove = (): DurableState | undefined =>
      securityRemovals[resource]?.remove({ ...owned(state), entries: [entry] }, id);
    if (deletions[resource][columns.indexOf(state)] === '.') {
      expect(remove).toThrow(expect.objectContaining({ code: 'access-refused' }));
    } else {
      const left = remove();
      const list = resource === 'cred' ? left?.credentials : left?.entries;
      expect(list?.length).toBe(id === 8 ? undefined : 0);
    }
  });
});
