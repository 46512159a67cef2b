import { chooseInterface, type ChosenInterface } from '@selvage/core/node';
import { step } from '../../ca/step.js';
import { styleFor } from '../../terminal/style.js';
import type { Surface } from '../../terminal/surface.js';
import { Expectations } from '../expectations.js';
import { JsonShow } from '../json-show.js';
import type { Closing } from './closing.js';
import { DeviceProcess } from './device-process.js';
import type { SiteScreen } from './events.js';
import { openOwner } from './owner.js';
import type { SiteShowOptions } from './site-show.js';
import type { Stage } from './stage.js';
import { StateFolder } from './state-folder.js';
import { TextScreen } from './text/text-screen.js';

const ownerName = 'Owner';

/** What is to be closed at the end, and what of it belongs to the owners, which can be closed before. */
export interface Closings {
  readonly closing: Closing;
  readonly owners: Closing;
}

/**
 * Sets the stage: the folder, the devices in their process, the owner.
 * @param screen where it is shown; as the options say, where it is left out
 * @throws SelvageError (rejects) that names the step.
 */
export async function setUp(
  surface: Surface,
  options: SiteShowOptions,
  { closing, owners }: Closings,
  screen: SiteScreen = screenFor(surface, options),
): Promise<Stage> {
  const { state, interface: wanted } = options;
  const chosen = await step('choose the interface', () => chooseInterface(wanted));
  const folder = await step(`prepare ${state}`, () => StateFolder.take(surface, state));
  await closing.add(() => folder.release());
  tellTitle(screen, chosen);
  const devices = new DeviceProcess({ clock: surface.clock, state: folder.devices, interface: wanted });
  await closing.add(() => devices.close());
  const { pid } = await step('start the devices', () => devices.started());
  screen.tell({ event: 'started', pid });
  await closing.add(() => owners.run());
  const owner = await openOwner(surface, { folder: folder.site, name: ownerName, interface: wanted }, owners);
  const expectations = new Expectations(screen);
  return { surface, screen, expectations, chosen, wanted, folder, devices, owner, players: new Map() };
}

function screenFor({ stdout, env }: Surface, { json }: SiteShowOptions): SiteScreen {
  return json ? new JsonShow(stdout) : new TextScreen(stdout, styleFor(stdout, env));
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
