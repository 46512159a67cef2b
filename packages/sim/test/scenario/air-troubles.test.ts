import { type Pair, type Scenario, type ScenarioEvent, ScenarioRun } from '@selvage/sim';
import { describe, expect, it } from 'vitest';

const usual = 0.01;

function runOf(events: readonly ScenarioEvent[], links?: readonly Pair[]): ScenarioRun {
  const nodes = ['a', 'b', 'c'].map(
    (name) => ({ name, kind: 'router', startsAt: 0, beginning: 'nothing', position: { x: 0, y: 0 } }) as const,
  );
  const scenario: Scenario = { name: 'air', seed: 1, until: 9000, loss: usual, nodes, events, expectations: [], links };
  return new ScenarioRun(scenario);
}

/** How much of what `a` sends `b` misses, at each of these seconds; undefined where it hears nothing. */
async function losses({ world }: ScenarioRun, seconds: readonly number[], [a, b]: Pair = ['a', 'b']) {
  const felt: (number | undefined)[] = [];
  for (const second of seconds) {
    await world.runTo(second * 1000 + 500);
    felt.push(world.ether.linkBetween(a, b)?.loss);
  }
  return felt;
}

const overlapping = (between?: Pair): ScenarioEvent[] => [
  { at: 1000, kind: 'loss', loss: 0.2, for: 2000, between },
  { at: 2000, kind: 'loss', loss: 0.4, for: 2000, between },
];

describe('what is done to the air', () => {
  it.each<[string, Pair | undefined, readonly Pair[] | undefined]>([
    ['everywhere', undefined, undefined],
    ['between two', ['a', 'b'], undefined],
    ['everywhere, of listed links', undefined, [['a', 'b']]],
  ])('losses %s that overlap end each in its time', async (_, between, links) => {
    expect(await losses(runOf(overlapping(between), links), [0, 1, 2, 3, 4])).toEqual([usual, 0.2, 0.4, 0.4, usual]);
  });

  it('a loss that goes on is felt again when one within it is over', async () => {
    const events: ScenarioEvent[] = [
      { at: 1000, kind: 'loss', loss: 0.2, for: 3000 },
      { at: 2000, kind: 'loss', loss: 0.4, for: 1000 },
    ];
    expect(await losses(runOf(events), [1, 2, 3, 4])).toEqual([0.2, 0.4, 0.2, usual]);
  });

  it.each<[string, readonly Pair[] | undefined]>([
    ['place and range decide', undefined],
    [
      'links are listed',
      [
        ['a', 'b'],
        ['b', 'c'],
      ],
    ],
  ])('who was cut apart stays so while losses come and go, where %s', async (_, links) => {
    const events: ScenarioEvent[] = [
      { at: 1000, kind: 'cutLink', between: ['a', 'b'] },
      ...overlapping(),
      { at: 2500, kind: 'loss', loss: 0.3, for: 500, between: ['b', 'a'] },
      { at: 5000, kind: 'restoreLink', between: ['b', 'a'] },
    ];
    expect(await losses(runOf(events, links), [0, 1, 2, 3, 4, 5])).toEqual([
      usual,
      undefined,
      undefined,
      undefined,
      undefined,
      usual,
    ]);
  });
});
