import { type ChosenInterface, chooseInterface } from '@selvage/core/node';
import { step } from '../../ca/step.js';
import { styleFor } from '../../terminal/style.js';
import type { Surface } from '../../terminal/surface.js';
import { Expectations } from '../expectations.js';
import { JsonShow } from '../json-show.js';
import type { Closing } from './closing.js';
import { drawLabels, type Labels } from './commissioning/labels.js';
import { admitListed } from './commissioning/list.js';
import { SiteCommissioner } from './commissioning/site-commissioner.js';
import { DeviceBoards } from './device-boards.js';
import type { NewsOf } from '../../board/news.js';
import type { SiteScreen } from './events.js';
import { makeDevices, type Made, type MakingPlace } from './factory.js';
import { heeded } from './heeded.js';
import { FormingMesh } from './mesh/forming-mesh.js';
import { openAirNetwork } from './network/air-network.js';
import { hostNetwork } from './network/host-network.js';
import type { MeshMaking, ShowNetwork } from './network/show-network.js';
import { openOwner } from './owner.js';
import { maker, offBoards, outdated, refusedJoiners, roster } from './roster.js';
import type { SiteShowOptions } from './show-options.js';
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
 * Sets the stage: the folder, the boards with their power on, the owner.
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
  const network = await networkOf(surface, options, { chosen, folder });
  await closing.add(() => network.close());
  tellTitle(screen, network);
  const { mesh } = network;
  const devices = new DeviceBoards({ clock: surface.clock, interface: wanted, airOf: mesh?.airOf });
  await closing.add(() => devices.close());
  const labels = mesh === undefined ? new Map() : drawLabels(joiners, surface.entropy);
  const commissioner = mesh && (await openCommissioner(surface, mesh, labels));
  await closing.add(() => commissioner?.close());
  const forming = mesh && new FormingMesh(surface, mesh, devices);
  const { made, booting, ready } = await makeAndStart(surface, { folder: folder.devices, mesh, labels }, devices);
  await closing.add(() => owners.run());
  const owner = await openOwner(surface, { folder: folder.site, name: ownerName, network }, owners);
  const boots = await booting;
  screen.tell({ event: 'started', pids: devices.pids });
  const expectations = new Expectations(screen);
  const site = { network, folder, commissioner, forming, devices, made, boots, ready, owner };
  return { surface, screen, expectations, ...site, players: new Map() };
}

/** All boards with a label: who is on the commissioner's list, and who is not. */
const joiners = [...roster, outdated, ...refusedJoiners, ...offBoards].map(({ name }) => name);

/** The commissioner has the list of the site's devices before any of them has power. */
function openCommissioner(surface: Surface, { runner, learn }: MeshMaking, labels: Labels): Promise<SiteCommissioner> {
  return step('commission the Thread network', async () => {
    const commissioner = await SiteCommissioner.open(surface, {
      runner,
      labels,
      judgement: { vendor: maker },
      onKey: (key) => learn({ networkKeys: [], joinerKeys: [key] }),
    });
    admitListed(commissioner, labels, surface.entropy);
    return commissioner;
  });
}

/** What the boot ROM of each board says. */
type Boots = ReadonlyMap<string, NewsOf<'boot'>>;

/** Makes the boards, and switches each on as it is made; they are ready once the devices among them serve. */
async function makeAndStart(
  surface: Surface,
  place: MakingPlace,
  devices: DeviceBoards,
): Promise<{ readonly made: Made; readonly booting: Promise<Boots>; readonly ready: Promise<void> }> {
  const booting: Promise<NewsOf<'boot'>>[] = [];
  const making = makeDevices(surface, place, ({ name, folder: own }) => {
    booting.push(heeded(devices.switchOn(name, own)));
  });
  const made = await step('make the devices', () => making);
  const boots = step('start the devices', async () => {
    return new Map((await Promise.all(booting)).map((boot) => [boot.name, boot]));
  });
  const ready = step('start the devices', async () => {
    await Promise.all(roster.map(({ name }) => devices.running(name)));
  });
  return { made, booting: heeded(boots), ready: heeded(ready) };
}

function screenFor({ stdout, env }: Surface, { json }: SiteShowOptions): SiteScreen {
  return json ? new JsonShow(stdout) : new TextScreen(stdout, styleFor(stdout, env));
}

/** The network of the host, or one on the air, whose frames are left in the folder. */
async function networkOf(
  surface: Surface,
  { radio, interface: wanted }: SiteShowOptions,
  { chosen, folder }: { readonly chosen: ChosenInterface; readonly folder: StateFolder },
): Promise<ShowNetwork> {
  // Whoever names an interface wants to be on it.
  const air = radio ?? (wanted === undefined ? { kind: 'ether', offset: undefined } : { kind: 'none' });
  if (air.kind === 'none') return hostNetwork(chosen, wanted);
  return step('form the Thread network', () => openAirNetwork(surface, folder.air, air));
}

function tellTitle(screen: SiteScreen, { crosses }: ShowNetwork): void {
  screen.tell({
    event: 'title',
    text: 'Selvage: a site of devices, from sealed box to locked-down',
    lines: [
      `Eight OCF devices run on this host, each on a board of its own: one process is its secure world, another its
      firmware. All that follows ${crosses}`,
    ],
  });
}
