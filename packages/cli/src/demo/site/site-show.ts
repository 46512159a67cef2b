import { SelvageError } from '@selvage/core';
import { interruption, type Surface } from '../../terminal/surface.js';
import { Closing } from './closing.js';
import { accessScene } from './scenes/access.js';
import { bootScene } from './scenes/boot.js';
import { commissionScene } from './scenes/commission.js';
import { deviceToDeviceScene } from './scenes/device-to-device.js';
import { handOverScene } from './scenes/hand-over.js';
import { meshScene } from './scenes/mesh.js';
import { owningScene } from './scenes/owning.js';
import { routerOffScene } from './scenes/router-off.js';
import { rotationScene } from './scenes/rotation.js';
import { sealedScene } from './scenes/sealed.js';
import { staying } from './scenes/staying.js';
import { strangersScene } from './scenes/strangers.js';
import { summaryScene, tellCommands } from './scenes/summary.js';
import { updateScene } from './scenes/update.js';
import { setUp } from './set-up.js';
import type { SiteShowOptions } from './show-options.js';
import type { Stage } from './stage.js';

/** The scenes by what they are called, in their order. */
const scenes: readonly (readonly [title: string, scene: (stage: Stage, owners: Closing) => Promise<void>])[] = [
  ['Boot', bootScene],
  ['Commissioned', commissionScene],
  ['Mesh', meshScene],
  ['Sealed boxes', sealedScene],
  ['Owned', owningScene],
  ['Least access', accessScene],
  ['Device to device', deviceToDeviceScene],
  ['A router less', routerOffScene],
  ['Strangers', strangersScene],
  ['Updated', updateScene],
  ['New keys', rotationScene],
  ['Handed over', handOverScene],
];

/** What a program exits with that SIGINT ended. */
const interruptedExit = 130;

/**
 * The main job: a site of eight devices goes from sealed box to locked-down. Returns the exit code: 0 where everything
 * that the show claims was observed.
 * @throws SelvageError that names the step; nothing is left running then.
 */
export async function showSite(surface: Surface, options: SiteShowOptions): Promise<number> {
  const closing = new Closing();
  const stopped = interruption(surface).then(() => undefined);
  try {
    const played = await Promise.race([play(surface, options, closing), stopped]);
    if (played === undefined) return interruptedExit;
    if (options.stay === true) await staying(played.stage);
    return played.ok ? 0 : 1;
  } catch (error) {
    // Ctrl-C reaches everybody at once, and what it ends first may fail first.
    if (surface.interrupted.aborted && error instanceof SelvageError) return interruptedExit;
    throw error;
  } finally {
    await closing.run();
  }
}

interface Played {
  readonly stage: Stage;
  readonly ok: boolean;
}

async function play(surface: Surface, options: SiteShowOptions, closing: Closing): Promise<Played> {
  const began = surface.clock.now();
  const owners = new Closing();
  const stage = await setUp(surface, options, { closing, owners });
  await playScenes(stage, owners);
  // Other commands can work with the sites from here on.
  await owners.run();
  if (options.stay === true) await stage.commissioner?.resign();
  summaryScene(stage, surface.clock.now() - began);
  tellCommands(stage, options.stay === true);
  return { stage, ok: stage.expectations.conclude() };
}

/** One scene builds on those before it: where one cannot be played to its end, the rest is left out. */
async function playScenes(stage: Stage, owners: Closing): Promise<void> {
  for (const [title, scene] of scenes) {
    try {
      await scene(stage, owners);
    } catch (error) {
      if (!(error instanceof SelvageError) || stage.surface.interrupted.aborted) throw error;
      stage.screen.tell({ event: 'failed', error });
      stage.expectations.observe(`the scene “${title}” comes to its end`, false);
      return;
    }
  }
}
