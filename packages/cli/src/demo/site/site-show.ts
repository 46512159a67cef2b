import { SelvageError } from '@selvage/core';
import { step } from '../../ca/step.js';
import { type ChosenInterface, chooseInterface } from '../../ocf/network/interface.js';
import type { CommonOptions } from '../../ocf/options.js';
import { styleFor } from '../../terminal/style.js';
import { interruption, type Surface } from '../../terminal/surface.js';
import { Expectations } from '../expectations.js';
import { JsonShow } from '../json-show.js';
import { Closing } from './closing.js';
import { DeviceProcess } from './device-process.js';
import type { SiteScreen } from './events.js';
import { openOwner } from './owner.js';
import { accessScene } from './scenes/access.js';
import { deviceToDeviceScene } from './scenes/device-to-device.js';
import { handOverScene } from './scenes/hand-over.js';
import { owningScene } from './scenes/owning.js';
import { sealedScene } from './scenes/sealed.js';
import { staying } from './scenes/staying.js';
import { strangersScene } from './scenes/strangers.js';
import { summaryScene, tellCommands } from './scenes/summary.js';
import { StateFolder } from './state-folder.js';
import { TextScreen } from './text/text-screen.js';

export interface SiteShowOptions extends CommonOptions {
  readonly stay?: boolean;
  /** Where owners and devices keep what they have. */
  readonly state: string;
}

/** What a program exits with that SIGINT ended. */
const interruptedExit = 130;
const ownerName = 'Owner';

/**
 * The main job: a site of eight devices goes from sealed box to locked-down. Returns the exit code: 0 where everything
 * that the show claims was observed.
 * @throws SelvageError that names the step; nothing is left running then.
 */
export async function showSite(surface: Surface, options: SiteShowOptions): Promise<number> {
  const closing = new Closing();
  try {
    const stopped = interruption(surface).then(() => interruptedExit);
    return await Promise.race([play(surface, options, closing), stopped]);
  } catch (error) {
    // Ctrl-C reaches everybody at once, and what it ends first may fail first.
    if (surface.interrupted.aborted && error instanceof SelvageError) return interruptedExit;
    throw error;
  } finally {
    await closing.run();
  }
}

async function play(surface: Surface, options: SiteShowOptions, closing: Closing): Promise<number> {
  const { stdout, env, clock } = surface;
  const { stay = false, state, interface: wanted } = options;
  const began = clock.now();
  const chosen = await step('choose the interface', () => chooseInterface(wanted));
  const folder = await step(`prepare ${state}`, () => StateFolder.take(surface, state));
  await closing.add(() => folder.release());
  const screen: SiteScreen = options.json ? new JsonShow(stdout) : new TextScreen(stdout, styleFor(stdout, env));
  tellTitle(screen, chosen);
  const devices = new DeviceProcess({ clock, state: folder.devices, interface: wanted });
  await closing.add(() => devices.close());
  await step('start the devices', () => devices.started());
  const owners = new Closing();
  await closing.add(() => owners.run());
  const owner = await openOwner(surface, { folder: folder.site, name: ownerName, interface: wanted }, owners);
  const expectations = new Expectations(screen);
  const stage = { surface, screen, expectations, chosen, wanted, folder, devices, owner, players: new Map() };
  await sealedScene(stage);
  await owningScene(stage);
  await accessScene(stage);
  await deviceToDeviceScene(stage);
  await strangersScene(stage);
  await handOverScene(stage, owners);
  // Other commands can work with the sites from here on.
  await owners.run();
  summaryScene(stage, clock.now() - began);
  tellCommands(stage, stay);
  const ok = expectations.conclude();
  if (stay) await staying(stage);
  return ok ? 0 : 1;
}

function tellTitle(screen: SiteScreen, { isLoopback, name }: ChosenInterface): void {
  const where = isLoopback
    ? 'crosses UDP on 127.0.0.1, as it would cross a building; nothing leaves this host.'
    : `crosses UDP on ${name}.`;
  screen.tell({
    event: 'title',
    text: 'Selvage: a site of devices, from sealed box to locked-down',
    lines: [`Eight OCF devices run on this host, in a process of their own. All that follows ${where}`],
  });
}
