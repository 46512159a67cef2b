import { World } from '@selvage/sim';
import { expect, it } from 'vitest';

it('a world in which somebody wants the clock for the same instant for ever says so, and where', async () => {
  const world = new World({ seed: 'still' });
  const again = (): void => void world.clock.wakeAt(world.now(), again);
  world.at(1500, again);
  await expect(world.run(10_000)).rejects.toMatchObject({ code: 'timed-out' });
  expect(world.now()).toBe(1500);
});
