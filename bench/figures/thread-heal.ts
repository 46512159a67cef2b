/** How a mesh gets over the loss of its leader. */
import type { Figure, PeerMeasured } from '../figure.js';
import { openThreadFolder } from '../peers/open-thread-node.js';
import { healTheirs } from '../thread/heal-openthread.js';
import { healOurs } from '../thread/heal-world.js';

const seeds = ['1', '2', '3', '4', '5'] as const;

/** Of `healTheirs` and of a script like it, on 2026-11-29: 151, 154, 276, 276 and 279 s. */
const recorded: PeerMeasured = { value: 276, n: 5, name: 'OpenThread ot-cli-ftd, real time, as recorded' };

/** OpenThread's takes five minutes, because its nodes live in real time. */
export const threadHeal: Figure = {
  name: 'thread.heal',
  work: 'leader of 16 routers in a grid killed, until one leads again and every pair answers; virtual time',
  unit: 's',
  atMostTimes: 1,
  measure: async () => {
    const times = [];
    for (const seed of seeds) times.push((await healOurs(seed)) / 1000);
    const sorted = times.toSorted((a, b) => a - b);
    const measured = { value: sorted[sorted.length >> 1] as number, n: seeds.length };
    return { measured, peer: openThreadFolder === undefined ? recorded : await healTheirs() };
  },
};
