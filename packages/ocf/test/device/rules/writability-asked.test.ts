import type { CborInput } from '@selvage/core';
import { beforeAll, describe, expect, it } from 'vitest';
import { type DeviceStateName, securityPaths as at } from '../../../src/index.js';
import type { Answer } from '../support/peer.js';
import { beginTransfer, own, referenceSteps } from '../support/transfer.js';
import { owner, World } from '../support/world.js';
import { columns, mayWrite, properties, type PropertyRow, refusalOf } from './table.js';

/** Asks a device that is in the state that is wanted. */
type Ask = (path: string, value: CborInput) => Promise<Answer>;

/** Rights that the owner gives itself, so that the rules of the properties decide and not access. */
const rights = ['sp', 'csr', 'sdi', 'ael'].map((name) => ({
  subject: { uuid: owner },
  resources: [{ href: `/oic/sec/${name}` }],
  permission: 31,
}));

/** How a device gets from RFPRO into each state; RESET lasts as long as the tests need. */
const path: Record<Exclude<DeviceStateName, 'RFOTM'>, readonly number[]> = {
  RESET: [0],
  RFPRO: [],
  RFNOP: [3],
  SRESET: [4],
};

async function inside(state: DeviceStateName): Promise<Ask> {
  const world = await new World(`inside ${state}`).start({ limits: { resetDelay: 1_000_000 } });
  const session = await beginTransfer(world, world.peer('tool'), 'just-works');
  if (state !== 'RFOTM') {
    const last = referenceSteps.findIndex(({ name }) => name === 'RFPRO');
    for (const step of referenceSteps.slice(0, last + 1)) await world.run(step.run(session));
    for (const s of path[state]) await world.run(session.must(at.pstat, { dos: { s } }));
  }
  expect(world.device.state).toBe(state);
  return (to, value) => world.run(session.post(to, value));
}

async function outside(state: DeviceStateName): Promise<Ask> {
  const world = await new World(`outside ${state}`).start({ limits: { resetDelay: 1_000_000 } });
  const peer = world.peer('tool');
  if (state === 'RFOTM') return (to, value) => world.run(peer.ask(world.plain.address, 'POST', to, { value }));
  const { session: onboarding, key } = await own(world, peer);
  onboarding.close();
  await world.pass(10);
  const session = await world.openShared(peer, owner, key);
  await world.run(session.must(at.pstat, { dos: { s: 2 } }));
  await world.run(session.must(at.acl2, { aclist2: rights }));
  for (const s of path[state]) await world.run(session.must(at.pstat, { dos: { s } }));
  expect(world.device.state).toBe(state);
  return (to, value) => world.run(session.post(to, value));
}

/** What a device answers: access comes before the rules of properties. */
function expected(row: PropertyRow, state: DeviceStateName, isInside: boolean): string {
  if (state === 'RESET') return '4.01';
  if (state === 'RFOTM' && !isInside && row.resource !== 'doxm') return '4.01';
  return mayWrite(row, state, isInside) ? '2.04' : refusalOf(row, state);
}

describe('writability (section 4 of the protocol note), asked of a device', () => {
  const devices = columns.flatMap((state) => [false, true].map((isInside) => ({ state, isInside })));

  it('is asked for every property of a device in every state, inside and outside', () => {
    expect(devices.length * properties.length).toBe(330);
  });

  describe.each(devices)('in $state, inside: $isInside', ({ state, isInside }) => {
    let ask: Ask;
    beforeAll(async () => {
      ask = await (isInside ? inside(state) : outside(state));
    });

    it.each(properties)('$resource.$property', async (row) => {
      const { code } = await ask(at[row.resource], row.value(state));
      expect(code).toBe(expected(row, state, isInside));
    });
  });
});
