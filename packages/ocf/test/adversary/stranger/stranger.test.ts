import { describe, expect, it } from 'vitest';
import { durable } from '../support/arena.js';
import { expected, isPossible, type State, states, type WayIn, waysIn } from './expected.js';
import { methods, type Target, targets } from './resources.js';
import { sceneIn, type Stranger } from './ways.js';

/** Requests in one state: the table is tried whole. */
const counts: Record<State, number> = { RFOTM: 13, RFPRO: 11, RFNOP: 11, SRESET: 11, RESET: 11 };

/** What one request of a stranger comes to, beside what it must, where they differ; and whether it has left a trace. */
async function surprise(scene: Scene, cell: Cell): Promise<string | undefined> {
  const { state, way, method, target, stranger } = cell;
  const wanted = expected(state, way, method, target);
  const isReading = method === 'GET' || method === 'FETCH' || method === 'DELETE';
  // By Just Works a stranger may become the owner: only what nobody may send is tried there.
  const value = way === 'anonymous' ? target.malformed : target.harm;
  const asking = isReading ? {} : { value };
  const before = await durable(scene.world);
  const got = stranger === undefined ? 'no session' : await stranger(method, target.path, asking);
  const isUnchanged = (await durable(scene.world)) === before;
  if (got === wanted && isUnchanged) return undefined;
  return `${state}, ${way}: ${method} ${target.path} is ${got}, not ${wanted}${isUnchanged ? '' : ', and left a trace'}`;
}

type Scene = Awaited<ReturnType<typeof sceneIn>>;

interface Cell {
  readonly state: State;
  readonly way: WayIn;
  readonly method: (typeof methods)[number];
  readonly target: Target;
  readonly stranger: Stranger | undefined;
}

describe('a stranger', () => {
  for (const state of states) {
    it(`in ${state} gets what the table says of every resource by every method on every way in, and changes nothing`, async () => {
      const ways = waysIn.filter((way) => isPossible(state, way));
      const scene = state === 'RFOTM' ? undefined : await sceneIn(state, ways);
      const surprises: string[] = [];
      let count = 0;
      for (const way of ways) {
        // An onboarding connection changes the device for all: each way has a device of its own there.
        const own = scene ?? (await sceneIn(state, ways));
        const stranger = await own.open(way);
        for (const target of targets) {
          for (const method of methods) {
            const found = await surprise(own, { state, way, method, target, stranger });
            if (found !== undefined) surprises.push(found);
            count++;
          }
        }
      }
      expect(surprises).toEqual([]);
      expect(count).toBe(counts[state] * 19 * 7);
    });
  }

  it('is refused a handshake while the device resets', async () => {
    const { knock } = await sceneIn('RESET', []);
    for (const way of waysIn.filter((one) => !one.startsWith('in the clear') && !one.startsWith('to the group'))) {
      expect([way, await knock(way)]).toEqual([way, undefined]);
    }
  });
});
