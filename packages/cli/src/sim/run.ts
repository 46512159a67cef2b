import { basename } from 'node:path';
import { closeSync, openSync, writeSync } from 'node:fs';
import { toHex } from '@selvage/core';
import { nativeCore } from '@selvage/crypto';
import { AirDigest, captureAir, durationText, readScenario, type Scenario, ScenarioRun } from '@selvage/sim';
import { heapInUse } from '@selvage/sim/node';
import { readOptionText, unusable } from '../dtls/files.js';
import type { Report } from '../ca/report.js';
import type { Surface } from '../terminal/surface.js';
import { count } from '../terminal/text.js';
import { energyTold } from './energy-told.js';
import type { SimOptions } from './options.js';
import { WorldView } from './world-view.js';

/** Virtual milliseconds that pass between two looks at the clock on the wall. */
const slice = 250;
/** How often a picture is drawn, and how long nobody is listened to at most, milliseconds on the wall. */
const [frameTime, longestStretch] = [80, 50] as const;
const failedExit = 1;

/**
 * `sim run`: runs a scenario to its end, or until somebody ends it.
 * @returns the exit code: 1 where something that was expected does not hold
 * @throws SelvageError of the scenario or the file
 */
export async function runScenario(
  surface: Surface,
  path: string,
  options: SimOptions,
  report: Report,
): Promise<number> {
  const scenario = changed(readScenario(readOptionText('the scenario', path), basename(path)), options);
  const view = new WorldView(surface, options.json);
  const run: ScenarioRun = new ScenarioRun(scenario, {
    onNews: (news) => view.tell(news, run.world.now()),
    heap: heapInUse,
    metersEnergy: options.energy,
  });
  const digest = new AirDigest(nativeCore);
  const file = options.pcap === undefined ? undefined : fileAt(options.pcap);
  const began = surface.clock.now();
  try {
    captureAir(run.world, (bytes) => {
      digest.add(bytes);
      file?.write(bytes);
    });
    await drive(surface, run, view, options.speed);
  } finally {
    file?.close();
  }
  if (options.energy) report.show(energyTold(run.world, surface.stdout.columns));
  tellEnd(run, toHex(digest.value), surface.clock.now() - began, report);
  return run.holds ? 0 : failedExit;
}

/** With the seed and the end that were asked for; what was to hold after that end is not asked. */
function changed(scenario: Scenario, options: SimOptions): Scenario {
  const { until = scenario.until } = options;
  const seed = options.seed ?? scenario.seed;
  const expectations = scenario.expectations.filter(({ at }) => at <= until);
  return { ...scenario, seed, until, expectations };
}

async function drive(surface: Surface, run: ScenarioRun, view: WorldView, speed: number | undefined): Promise<void> {
  const { clock, interrupted } = surface;
  const began = clock.now();
  let drawnAt = -Infinity;
  let pausedAt = began;
  while (!run.isOver && !interrupted.aborted) {
    await run.run(slice);
    const now = clock.now();
    if (view.isLive && now - drawnAt >= frameTime) {
      drawnAt = now;
      view.draw(run);
    }
    const dueAt = speed === undefined ? now : began + run.world.now() / speed;
    if (dueAt <= now && now - pausedAt < longestStretch) continue;
    // Whoever wants it to end is heard now.
    await new Promise<void>((resolve) => void clock.wakeAt(dueAt, resolve));
    pausedAt = clock.now();
  }
  view.draw(run);
}

function tellEnd({ scenario, world, outcomes }: ScenarioRun, air: string, took: number, report: Report): void {
  const { transmitted, lost, collided } = world.ether.counters;
  const held = outcomes.filter(({ holds }) => holds).length;
  const speed = Math.round(world.now() / Math.max(took, 1));
  report.show({
    event: 'over',
    data: {
      name: scenario.name,
      seed: scenario.seed,
      at: world.now(),
      nodes: world.size,
      frames: transmitted,
      lost,
      collided,
      held,
      expected: outcomes.length,
      air,
    },
    lines: [
      `${scenario.name}, seed ${scenario.seed}: ${count(world.size, 'node')}, ${durationText(world.now())} at ${speed}x, ` +
        `${count(transmitted, 'frame')}, air ${air.slice(0, 16)}`,
      `${held} of ${count(outcomes.length, 'expectation')} held`,
    ],
  });
}

function fileAt(path: string): { readonly write: (bytes: Uint8Array) => void; readonly close: () => void } {
  try {
    const file = openSync(path, 'w');
    return { write: (bytes) => void writeSync(file, bytes), close: () => closeSync(file) };
  } catch (cause) {
    throw unusable('--pcap', path, 'written', cause);
  }
}
