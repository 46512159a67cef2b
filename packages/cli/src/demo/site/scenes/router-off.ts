import { join } from 'node:path';
import { SelvageError } from '@selvage/core';
import type { NewsOf } from '../../../board/news.js';
import type { MeshPicture } from '../../../terminal/mesh/mesh-picture.js';
import { tookText } from '../../../terminal/text.js';
import { hopsBetween } from '../mesh/hops.js';
import { housePicture, placesOf } from '../mesh/house-picture.js';
import { borderName } from '../network/house.js';
import type { MeshMaking } from '../network/show-network.js';
import { roster, unplugged } from '../roster.js';
import type { Stage } from '../stage.js';
import { resourceOf } from './kind-resource.js';
import { applicationRead } from './reading.js';

/** How long an orphan has to find another parent, ms. */
const patience = 90_000;

/** A router is switched off, and the site carries on; then it comes back. */
export async function routerOffScene(stage: Stage): Promise<void> {
  const { screen, expectations, devices, network, surface, folder } = stage;
  const { mesh } = network;
  if (mesh === undefined) return;
  screen.tell({
    event: 'scene',
    title: 'A router less',
    text: `Somebody unplugs the ${unplugged}, which was a router. Its children look for another parent by themselves, and
      what went through it goes another way. Then the owner asks all the others at once.`,
  });
  const orphans = childrenOf(stage, unplugged);
  const since = surface.clock.now();
  await devices.switchOff(unplugged);
  const found = await Promise.all(orphans.map((name) => anotherParent(stage, name)));
  for (const [at, name] of orphans.entries()) {
    const took = `another parent after ${((surface.clock.now() - since) / 1000).toFixed(1)} s`;
    screen.tell({ event: 'fact', label: name, text: found[at] === true ? took : 'no other parent' });
  }
  const others = roster.filter(({ name }) => name !== unplugged);
  const answered = await Promise.all(others.map(({ name, kind }) => asked(stage, name, resourceOf[kind])));
  const picture = await wholePicture(
    stage,
    mesh,
    others.map(({ name }) => name),
  );
  screen.tell({ event: 'topology', picture });
  expectations.observe(`all the others answer their owner while the ${unplugged} is off`, answered.every(Boolean));
  expectations.observe(
    'each of them has a place in what is left of the mesh',
    others.every(({ name }) => hopsBetween(picture, borderName, name) !== undefined),
  );
  await devices.switchOnAgain(unplugged, join(folder.devices, unplugged));
  expectations.observe(
    `plugged in again, the ${unplugged} is back in its mesh, and its owner's still`,
    await asked(stage, unplugged, resourceOf.thermostat),
  );
  expectations.observe(
    'it did not have to join again: the key of its mesh is in its vault',
    devices.heard('joined').filter(({ name }) => name === unplugged).length === 1,
  );
}

/** The mesh with all of these in it, or what it is after a while. */
async function wholePicture(
  { surface, devices }: Stage,
  mesh: MeshMaking,
  names: readonly string[],
): Promise<MeshPicture> {
  const { clock } = surface;
  const deadline = clock.now() + patience;
  for (;;) {
    const picture = await housePicture(surface, mesh, devices);
    const isWhole = names.every((name) => hopsBetween(picture, borderName, name) !== undefined);
    if (isWhole || clock.now() >= deadline || surface.interrupted.aborted) return picture;
  }
}

/** Resolves with whether an orphan has told in time that it has another parent. */
async function anotherParent({ devices }: Stage, name: string): Promise<boolean> {
  const former = placesOf(devices).get(name)?.rloc16 ?? 0;
  const isElsewhere = ({ name: who, role, rloc16 = former }: NewsOf<'mesh'>): boolean =>
    who === name && role === 'child' && rloc16 >> 10 !== former >> 10;
  try {
    await devices.hear('mesh', isElsewhere, patience);
    return true;
  } catch (error) {
    if (error instanceof SelvageError && error.code === 'timed-out') return false;
    throw error;
  }
}

/** The boards that have another as their parent. */
function childrenOf({ devices }: Stage, name: string): string[] {
  const places = placesOf(devices);
  const parent = places.get(name)?.rloc16;
  if (parent === undefined) return [];
  return [...places].flatMap(([child, { rloc16 = 0 }]) =>
    rloc16 !== parent && rloc16 >> 10 === parent >> 10 ? [child] : [],
  );
}

/** A request of the owner, told whatever comes of it; whether it was answered. */
async function asked(stage: Stage, name: string, path: string): Promise<boolean> {
  const { clock } = stage.surface;
  const since = clock.now();
  const tell = (answer: string, isRefused: boolean): void => {
    const milliseconds = clock.now() - since;
    const request = `GET ${path}`;
    stage.screen.tell({ event: 'request', from: 'owner', to: name, request, answer, isRefused, milliseconds });
  };
  try {
    await applicationRead(stage, name, path);
    tell(`2.05, ${tookText(clock.now() - since)}`, false);
    return true;
  } catch (error) {
    if (!(error instanceof SelvageError)) throw error;
    tell(error.code, true);
    return false;
  }
}
