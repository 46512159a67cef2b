import { type NodeKind, partitionsOf, World } from '@selvage/sim';
import { describe, expect, it } from 'vitest';
import { reachCheck } from '../../src/scenario/reach-check.js';

const kinds: readonly NodeKind[] = ['router', 'router', 'sleepy', 'router', 'end-device'];
const [minute, switchedOn] = [60_000, 2000] as const;
/** Some seconds of one core; more where the machine has other things to do. */
const patience = 600_000;

/** A house whose power comes back: all are in range of all, and all start within two seconds. */
function crowd(size: number, seed: number): World {
  const world = new World({ seed, conditions: { loss: 0.01 } });
  for (let i = 0; i < size; i++) {
    const kind = kinds[i % kinds.length] as NodeKind;
    const node = world.add({ name: `n${i + 1}`, kind, ...(kind === 'sleepy' && { pollPeriod: 5000 }) });
    world.at(Math.round((i / size) * switchedOn), () => node.start(i === 0 ? 'lead' : 'attach'));
  }
  return world;
}

describe('a crowd that starts at once is one partition', () => {
  it.each([
    [60, 1, 2 * minute],
    [60, 2, 2 * minute],
    [100, 3, 4 * minute],
  ])(
    '%i nodes, seed %i: within %i ms, and pairs reach each other',
    async (size, seed, within) => {
      const world = crowd(size, seed);
      const isWhole = (): boolean => {
        const [first, ...others] = partitionsOf(world);
        return others.length === 0 && first?.[0] !== undefined && first[1].length === size;
      };
      await world.run(switchedOn);
      expect(await world.until(isWhole, within)).toBeDefined();
      let failed: unknown;
      void reachCheck(world, { pairs: size, seed, until: world.now() + 5 * minute }).then((pairs) => (failed = pairs));
      await world.until(() => failed !== undefined, 7 * minute);
      expect(failed).toEqual([]);
    },
    patience,
  );
});
