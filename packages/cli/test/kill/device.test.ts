import { SelvageError } from '@selvage/core';
import { describe, expect, it } from 'vitest';
import { scratchFolder } from '../support/scratch.js';
import { makeManufacturer } from './support/manufacturer.mjs';
import { Owner } from './support/owner.mjs';
import { type Boundary, Lights, type ProcessEnd } from './support/process.js';
import type { DeviceSetting, Ending, Manufacturer, Method } from './support/setting.mjs';

const file = scratchFolder();
const moments = ['before-send', 'receive'] as const;
/** More datagrams than any transfer has. */
const mostBoundaries = 60;
/** Devices that are killed at the same time. */
const lanes = 3;

interface Trial {
  readonly boundary: Boundary;
  readonly end: ProcessEnd | 'alive';
  readonly ending: Ending | undefined;
}

describe('a device that is killed with SIGKILL at any datagram of an ownership transfer', () => {
  it.each<Method>(['just-works', 'random-pin', 'manufacturer-certificate'])(
    'starts again with its old owner or its new one, and ends as its new owner’s: %s',
    async (method) => {
      const manufacturer = await makeManufacturer();
      const trials: Trial[] = [];
      for (const moment of moments) trials.push(...(await killAll(method, manufacturer, moment)));
      const killed = trials.filter(({ end }) => end === 'killed');
      const told = killed.map(({ boundary, ending }) => ({ ...boundary, after: ending?.after }));
      expect(told).toEqual(killed.map(({ boundary }) => ({ ...boundary, after: 'owned' })));
      for (const moment of moments) {
        const count = killed.filter(({ boundary }) => boundary.moment === moment).length;
        expect(count).toBeGreaterThanOrEqual(22);
      }
      expect(new Set(killed.map(({ ending }) => ending?.before))).toEqual(new Set(['un-owned', 'owned']));
    },
    1_800_000,
  );
});

/** Kills devices at one datagram after the other, until one lives through its whole transfer. */
async function killAll(method: Method, manufacturer: Manufacturer, moment: Boundary['moment']): Promise<Trial[]> {
  const trials: Trial[] = [];
  let next = 1;
  const lane = async (): Promise<void> => {
    while (next <= mostBoundaries && trials.every(({ end }) => end === 'killed')) {
      trials.push(await kill(method, manufacturer, { moment, number: next++ }));
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  return trials;
}

async function kill(method: Method, manufacturer: Manufacturer, boundary: Boundary): Promise<Trial> {
  const folder = file(`${method}-${boundary.moment}-${boundary.number}`);
  const setting: DeviceSetting = { folder, count: 1, manufacturer };
  const doomed = await Lights.start(setting, boundary);
  const [light] = doomed.hosted;
  if (light === undefined) throw new RangeError('there is no light');
  const owner = await Owner.open(`${folder}-owner`, manufacturer.root);
  const firstPin = pinOf(doomed);
  const attempt = owner.own(light, method, () => firstPin).catch(refused);
  const alive = attempt.then(async () => ((await owner.hears(light)) ? ('alive' as const) : doomed.ended));
  const end = await Promise.race([doomed.ended, alive]);
  if (end !== 'killed') {
    await owner.close();
    await doomed.stop();
    return { boundary, end, ending: undefined };
  }
  const again = await Lights.start({ ...setting, ports: [light] });
  const pin = pinOf(again);
  await attempt;
  const ending = await owner.comeBack(light, method, () => pin);
  await owner.close();
  await again.stop();
  return { boundary, end, ending };
}

const pinOf = (lights: Lights): Promise<string> =>
  new Promise((resolve) => (lights.onPin = (_index, pin) => resolve(pin)));

/** A device that died was not owned in one go. */
function refused(error: unknown): void {
  if (!(error instanceof SelvageError)) throw error;
}
