/** Commissioning a crowd: devices that join a grid of 25 routers through a commissioner at its corner, in virtual time. */
import type { Figure, Measured } from '../figure.js';
import { joinGrid, type JoinGridOutcome } from '../thread/join-grid.js';

const second = 1000;
const where =
  '5x5 routers, commissioner at a corner, 5 % loss, all 16 channels with the network on the last; virtual time';

const grid: Figure = {
  name: 'join.grid',
  work: `start to network key, mean, 8 joining at a time; ${where}`,
  unit: 's',
  atMost: 8,
  measure: async () => {
    const outcomes: JoinGridOutcome[] = [];
    for (const seed of ['1', '2', '3', '4', '5']) outcomes.push(await joinGrid({ seed, devices: 40, atOnce: 8 }));
    const joined = outcomes.flatMap((outcome) => outcome.joined);
    const n = joined.length + outcomes.reduce((sum, { failed }) => sum + failed, 0);
    const mean = (times: readonly number[]): number =>
      times.reduce((sum, time) => sum + time, 0) / times.length / second;
    const placed = mean(joined.map(({ placeAfter }) => placeAfter));
    const note = `${joined.length} of ${n} at the first try; attached after ${placed.toFixed(1)} s; OTNS's bar, 2 at a time: 90 %, 20 s`;
    const isWhole = joined.length === n;
    return { measured: { value: mean(joined.map(({ keyAfter }) => keyAfter)), n, note, isWhole } };
  },
};

const bulk50: Figure = {
  name: 'join.bulk50',
  work: `50 devices admitted and switched on at once, until all are attached; ${where}`,
  unit: 's',
  atMost: 90,
  measure: async () => ({ measured: await bulk(50) }),
};

const bulk250: Figure = {
  name: 'join.bulk250',
  work: `250 devices of one list, the same`,
  unit: 's',
  atMost: 480,
  measure: async () => ({ measured: await bulk(250) }),
};

const list250: Figure = {
  name: 'join.list250',
  work: `250 devices of one list, switched on so that 8 join at a time, each trying once, until all are attached; ${where}`,
  unit: 's',
  atMost: 480,
  measure: async () => ({ measured: measuredOf(await joinGrid({ seed: '1', devices: 250, atOnce: 8 })) }),
};

export const threadJoinGrid: readonly Figure[] = [grid, bulk50, bulk250, list250];

/** All at once; each tries until it is in. */
async function bulk(devices: number): Promise<Measured> {
  return measuredOf(await joinGrid({ seed: '1', devices, atOnce: devices, tries: 100 }));
}

function measuredOf({ joined, failed, failures, took, mostChildren }: JoinGridOutcome): Measured {
  const tries = Math.max(...joined.map((one) => one.tries));
  const why = Object.entries(failures).map(([name, count]) => `${count} ${name}`);
  const note = [
    `${joined.length} of ${joined.length + failed} attached, at most ${tries} tries`,
    ...(why.length === 0 ? [] : [`tries that failed: ${why.join(', ')}`]),
    `at most ${mostChildren} of them at one router`,
  ].join('; ');
  return { value: took / second, n: joined.length + failed, note, isWhole: failed === 0 };
}
