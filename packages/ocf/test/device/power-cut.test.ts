import { SelvageError } from '@selvage/core';
import { type CutOutcome, MemoryStore } from '@selvage/core/virtual';
import { describe, expect, it } from 'vitest';
import { missingForOperation } from '../../src/device/rules/transition.js';
import { isTransferBegun } from '../../src/device/state/durable-state.js';
import { StateKeeper } from '../../src/device/state/state-keeper.js';
import { type DeviceStateName, nilUuid, parseUuid, securityPaths as at } from '../../src/index.js';
import { beginTransfer, keyOf, referenceSteps } from './support/transfer.js';
import { owner, stranger, World } from './support/world.js';

/** What was acknowledged in a device's life, and the state that the device must have kept of it at least. */
interface Acknowledged {
  readonly name: string;
  readonly state: DeviceStateName;
}

const states: Partial<Record<string, DeviceStateName>> = { RFPRO: 'RFPRO', RFNOP: 'RFNOP' };

/** A whole life: owned, provisioned, in use, and reset by its owner. Tells of each step that was acknowledged. */
async function live(world: World, acknowledge: (step: Acknowledged) => void): Promise<void> {
  let state: DeviceStateName = 'RFOTM';
  const done = (name: string, next: DeviceStateName = state) => acknowledge({ name, state: (state = next) });
  await world.start();
  done('started');
  const tool = world.peer('tool');
  const onboarding = await beginTransfer(world, tool, 'just-works');
  done('method chosen');
  for (const step of referenceSteps) {
    await world.run(step.run(onboarding));
    done(step.name, states[step.name]);
  }
  const key = keyOf(onboarding, 'just-works');
  onboarding.close();
  await world.pass(10);
  const session = await world.openShared(tool, owner, key);
  await world.run(session.must(at.pstat, { dos: { s: 2 } }));
  done('back to RFPRO', 'RFPRO');
  const data = new Uint8Array(16).fill(5);
  const pair = { credtype: 1, subjectuuid: stranger, privatedata: { data, encoding: 'oic.sec.encoding.raw' } };
  await world.run(session.must(at.cred, { creds: [pair] }));
  done('paired');
  const resources = [{ wc: '*' }];
  await world.run(session.must(at.acl2, { aclist2: [{ subject: { uuid: owner }, resources, permission: 31 }] }));
  await world.run(session.must(at.pstat, { dos: { s: 3 } }));
  done('in operation', 'RFNOP');
  await world.run(session.must('/settings', { dimmed: 77 }));
  done('in use');
  await world.run(session.must(at.pstat, { dos: { s: 0 } }));
  done('reset asked for', 'RESET');
  await world.clock.runUntil(() => world.device.state === 'RFOTM', world.clock.now() + 5000);
  done('reset', 'RFOTM');
}

/** Lives until the power is cut during a write, and starts again; tells what was acknowledged before. */
async function cutDuring(write: number, outcome: CutOutcome) {
  const store = new MemoryStore();
  const world = new World(`cut ${write} ${outcome}`, { store, keyStore: store });
  const steps: Acknowledged[] = [];
  store.cutPowerDuring(write, outcome);
  await live(world, (step) => steps.push(step)).catch((error: unknown) => {
    if (!(error instanceof SelvageError)) throw error;
  });
  store.powerOn();
  const again = await new World(`cut ${write} ${outcome} again`, { store, keyStore: store }).start();
  return { again, store, last: steps.at(-1) };
}

/** What may be found after a state was acknowledged and the next change was cut off. */
const after: Record<DeviceStateName, readonly DeviceStateName[]> = {
  RFOTM: ['RFOTM', 'RFPRO'],
  RFPRO: ['RFPRO', 'RFNOP'],
  RFNOP: ['RFNOP', 'RFPRO', 'RFOTM'],
  SRESET: ['SRESET'],
  RESET: ['RFOTM'],
};

async function writesOfALife(): Promise<number> {
  const store = new MemoryStore();
  await live(new World('whole', { store, keyStore: store }), () => undefined);
  return store.writes;
}

describe('a power cut during any write of a whole life', async () => {
  const writes = await writesOfALife();
  const cuts = Array.from({ length: writes }, (_, write) => write).flatMap((write) =>
    (['old', 'new'] as const).map((outcome) => ({ write, outcome })),
  );

  it('is tried for every write, with either outcome', () => {
    expect(writes).toBeGreaterThan(25);
  });

  it.each(cuts)('write $write, $outcome, leaves the old state or the new one', async ({ write, outcome }) => {
    const { again, store, last } = await cutDuring(write, outcome);
    const { device } = again;
    const state = await StateKeeper.load(store);
    if (state === undefined) throw new TypeError('no state');
    if (last !== undefined) expect(after[last.state]).toContain(device.state);
    if (device.state === 'RFOTM') {
      expect(isTransferBegun(state)).toBe(false);
      expect(device.owner).toBe(nilUuid);
      expect(device.values('/settings')).toEqual({ dimmed: 40 });
    } else {
      expect(missingForOperation(state)).toBeUndefined();
      expect(device.owner).toBe(owner);
    }
    if (last?.name === 'in use') expect(['RFNOP', 'RFOTM']).toContain(device.state);
    // One key of its own, whatever was begun.
    const keys = (await store.names()).filter((name) => name.startsWith('key.'));
    expect(keys).toEqual([`key.${state.keyId}`]);
  });

  it('keeps every acknowledged value, and what was paired', async () => {
    const store = new MemoryStore();
    const world = new World('kept', { store, keyStore: store });
    const steps: string[] = [];
    await live(world, ({ name }) => {
      steps.push(name);
      if (name === 'in use') store.cutPower();
    }).catch(() => undefined);
    store.powerOn();
    const { device } = await new World('kept again', { store, keyStore: store }).start();
    expect(device.values('/settings')).toEqual({ dimmed: 77 });
    expect((await StateKeeper.load(store))?.credentials.map(({ subjectuuid }) => subjectuuid)).toEqual([
      owner,
      parseUuid(stranger),
    ]);
  });
});
