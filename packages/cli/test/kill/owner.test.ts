import { describe, expect, it } from 'vitest';
import { scratchFolder } from '../support/scratch.js';
import { makeManufacturer } from './support/manufacturer.mjs';
import { type Boundary, Lights, OwnerProcess } from './support/process.js';
import type { Attempt, Ending, Method } from './support/setting.mjs';

const file = scratchFolder();
const moments = ['before-send', 'receive'] as const;
/** More datagrams than any transfer has. */
const mostBoundaries = 60;

/** An owner that was killed: where, and what it has to come back to. */
interface Killed {
  readonly boundary: Boundary;
  readonly attempt: Attempt;
}

describe('an owner that is killed with SIGKILL at any datagram of an ownership transfer', () => {
  it.each<Method>(['just-works', 'random-pin', 'manufacturer-certificate'])(
    'comes back to a device that is its own or nobody’s, and ends as its owner: %s',
    async (method) => {
      const manufacturer = await makeManufacturer();
      const folder = file(method);
      const lights = await Lights.start({ folder, count: moments.length * mostBoundaries, manufacturer });
      const owners = new Map<number, OwnerProcess>();
      lights.onPin = (index, pin) => owners.get(index)?.tellPin(index, pin);

      /** Kills owners at one datagram after the other, until one comes to its end. */
      const killAll = async (moment: Boundary['moment'], first: number): Promise<Killed[]> => {
        const killed: Killed[] = [];
        for (let number = 1; number <= mostBoundaries; number++) {
          const index = first + number - 1;
          const attempt: Attempt = { folder: file(`${method}-${index}`), light: at(lights.hosted, index), index };
          const owner = new OwnerProcess('own', { method, manufacturer, attempts: [attempt] }, { moment, number });
          owners.set(index, owner);
          const end = await owner.ended;
          expect({ moment, number, end }).not.toEqual({ moment, number, end: 'failed' });
          if (end === 'done') return killed;
          killed.push({ boundary: { moment, number }, attempt });
        }
        return killed;
      };

      const lanes = await Promise.all(moments.map((moment, lane) => killAll(moment, lane * mostBoundaries)));
      const killed = lanes.flat();
      const back = new OwnerProcess('come-back', {
        method,
        manufacturer,
        attempts: killed.map(({ attempt }) => attempt),
      });
      for (const { attempt } of killed) owners.set(attempt.index, back);
      const endings = await back.endings;
      await lights.stop();
      const told = killed.map(({ boundary }, i) => ({ ...boundary, after: at<Ending>(endings, i).after }));
      expect(told).toEqual(killed.map(({ boundary }) => ({ ...boundary, after: 'owned' })));
      // Each request of the transfer and each flight of its handshake has a boundary, and both sides of it are met.
      for (const lane of lanes) expect(lane.length).toBeGreaterThanOrEqual(22);
      expect(new Set(endings.map(({ before }) => before))).toEqual(new Set(['un-owned', 'owned']));
    },
    1_800_000,
  );
});

function at<T>(list: readonly T[], index: number): T {
  const item = list[index];
  if (item === undefined) throw new RangeError(`there is no item ${index}`);
  return item;
}
