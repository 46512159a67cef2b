/** Random kills, losses, walks, jams and power cuts; `npm run chaos` is the same with more of everything. */
import { chaosScenario, ScenarioRun } from '@selvage/sim';
import { heapInUse } from '@selvage/sim/node';
import { describe, expect, it } from 'vitest';

const [nodes, hours] = [30, 1] as const;
/** For each of two storms: one partition, reachable, counters, memory; and the memory before the first. */
const expectations = 9;
/** About 10 s of one core a seed; more where the machine has other things to do. */
const patience = 600_000;

describe('chaos: after each quiet period one partition, pairs reachable, no counter reused, memory flat', () => {
  it.each([1, 2, 3, 4, 5])(
    'seed %i',
    async (seed) => {
      const run = new ScenarioRun(chaosScenario({ seed, nodes, hours }), { heap: heapInUse });
      const outcomes = await run.toEnd();
      const replay = `selvage sim chaos --seed ${seed} --nodes ${nodes} --hours ${hours}`;
      const failed = outcomes.filter(({ holds }) => !holds).map(({ expectation, detail }) => ({ expectation, detail }));
      expect({ replay, failed }).toEqual({ replay, failed: [] });
      expect(outcomes).toHaveLength(expectations);
    },
    patience,
  );
});
