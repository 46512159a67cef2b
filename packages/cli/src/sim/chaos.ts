import { writeFileSync } from 'node:fs';
import { chaosScenario, type Outcome, ScenarioRun, writeScenario } from '@selvage/sim';
import { heapInUse } from '@selvage/sim/node';
import type { Report } from '../ca/report.js';
import { unusable } from '../dtls/files.js';
import type { Surface } from '../terminal/surface.js';
import { count } from '../terminal/text.js';
import { expectationText, timeText } from './news-text.js';

/** `sim chaos`, as commander gives it. */
export interface ChaosCommandOptions {
  readonly seed: number;
  readonly seeds: number;
  readonly nodes: number;
  readonly hours: number;
  readonly write?: string;
  readonly json: boolean;
}

/** Virtual milliseconds between two looks at whether anybody wants it to end. */
const stretch = 60_000;
const failedExit = 1;

/**
 * `sim chaos`: seed by seed a world that is struck at random.
 * @returns the exit code: 1 where something did not hold
 * @throws SelvageError `store-failed` where the scenario cannot be written
 */
export async function runChaos(surface: Surface, options: ChaosCommandOptions, report: Report): Promise<number> {
  const { seed: first, seeds, write } = options;
  if (write !== undefined) return writeChaos(write, options);
  const failed: number[] = [];
  let done = 0;
  for (let seed = first; seed < first + seeds && !surface.interrupted.aborted; seed++) {
    if (!(await survives(seed, surface, options, report))) failed.push(seed);
    done++;
  }
  report.show({
    event: 'over',
    data: { seeds: done, failed },
    lines: [`${count(done, 'seed')}, ${failed.length === 0 ? 'all held' : `failed: ${failed.join(', ')}`}`],
  });
  return failed.length === 0 ? 0 : failedExit;
}

async function survives(
  seed: number,
  { clock, interrupted }: Surface,
  { nodes, hours }: ChaosCommandOptions,
  report: Report,
): Promise<boolean> {
  const run = new ScenarioRun(chaosScenario({ seed, nodes, hours }), { heap: heapInUse });
  const began = clock.now();
  while (!run.isOver && !interrupted.aborted) {
    await run.run(stretch);
    await new Promise<void>((resolve) => void clock.wakeAt(clock.now(), resolve));
  }
  const { world, outcomes, watch } = run;
  const broken = outcomes.filter(({ holds }) => !holds);
  const speed = Math.round(world.now() / Math.max(clock.now() - began, 1));
  const { transmitted } = world.ether.counters;
  const replay = `selvage sim chaos --seed ${seed} --nodes ${nodes} --hours ${hours}`;
  const verdict = broken.length === 0 ? 'held' : `FAILED, replay: ${replay}`;
  report.show({
    event: 'seed',
    data: {
      seed,
      held: outcomes.length - broken.length,
      expected: outcomes.length,
      broken,
      frames: transmitted,
      speed,
    },
    lines: [
      `seed ${seed}: ${outcomes.length - broken.length} of ${outcomes.length} ${verdict} (${count(transmitted, 'frame')}, ` +
        `${count(watch.counted, 'counter')}, ${speed}x)`,
      ...broken.map(brokenLine),
    ],
  });
  return broken.length === 0;
}

function brokenLine({ expectation, knownAt, detail }: Outcome): string {
  return `${timeText(knownAt)}  ${expectationText(expectation)}: ${detail}`;
}

function writeChaos(path: string, { seed, nodes, hours }: ChaosCommandOptions): number {
  try {
    writeFileSync(path, writeScenario(chaosScenario({ seed, nodes, hours })));
    return 0;
  } catch (cause) {
    throw unusable('--write', path, 'written', cause);
  }
}
