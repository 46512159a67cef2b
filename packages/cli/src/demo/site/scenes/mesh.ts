import type { Clock } from '@selvage/core';
import { ip6Text, parseIp6 } from '@selvage/thread';
import type { MeshPicture } from '../../../terminal/mesh/mesh-picture.js';
import { type Outcome, pinged } from '../../../thread/node/pinged.js';
import { isPlace } from '../device-boards.js';
import type { MeshRow } from '../events.js';
import { hopsBetween } from '../mesh/hops.js';
import type { FormingMesh } from '../mesh/forming-mesh.js';
import { placesOf } from '../mesh/house-picture.js';
import { borderName, linksAmong } from '../network/house.js';
import type { MeshMaking } from '../network/show-network.js';
import { roster, routers } from '../roster.js';
import type { Stage } from '../stage.js';

/** Who is farthest from the border node. */
const farthest = 'attic-switch';
/** How long the boards have to become routers, and these to tell their links: a machine may have much else to do, ms. */
const patience = 300_000;
const [pingSize, pingWait] = [1000, 5000] as const;

/** The boards find one another, and are a mesh. */
export async function meshScene(stage: Stage): Promise<void> {
  const { screen, network, expectations, devices, forming } = stage;
  const { mesh } = network;
  if (mesh === undefined || forming === undefined) return;
  const { border } = mesh;
  screen.tell({
    event: 'scene',
    title: 'Mesh',
    text: `With the network's key they are nodes of the mesh. Those on the mains become its routers, the others find
      themselves a parent, and sensors sleep between their polls.${
        mesh.isShaped ? ' As in a house, not everybody hears everybody.' : ''
      }`,
  });
  const picture = await formed(stage, mesh, forming);
  const places = placesOf(devices);
  const nodes = roster.flatMap(({ name }): MeshRow[] => {
    const place = places.get(name);
    return place?.rloc16 === undefined || !isPlace(place) ? [] : [{ ...place, name, rloc16: place.rloc16 }];
  });
  screen.tell({ event: 'mesh', border, nodes, picture });
  screen.tell({
    event: 'fact',
    label: 'network',
    text: `${border.network} on channel ${border.channel}; its border node speaks by ${border.radio}`,
  });
  expectations.observe('all eight have a place in the mesh', nodes.length === roster.length);
  expectations.observe(
    'those on the mains are its routers, beside the border node',
    routers.every((name) => places.get(name)?.role === 'router'),
  );
  expectations.observe(
    'some of the others sleep, and hear what their parent kept for them',
    nodes.some(({ role, sleepy }) => role === 'child' && sleepy),
  );
  await pingFarthest(stage, mesh, picture);
}

/**
 * Resolves with what the mesh is when all have a place, and the routers theirs, or after a while. A router tells its links
 * by its next advertisement: all of them are in the picture, too.
 */
async function formed({ devices, ready }: Stage, mesh: MeshMaking, forming: FormingMesh): Promise<MeshPicture> {
  await ready;
  await Promise.allSettled(
    routers.map((called) => devices.hear('mesh', ({ name, role }) => name === called && role === 'router', patience)),
  );
  const linked = mesh.isShaped ? linksAmong([borderName, ...routers]) : [];
  return forming.settled(
    (picture) =>
      roster.every(({ name }) => hopsBetween(picture, borderName, name) !== undefined) &&
      linked.every(([one, other]) => hopsBetween(picture, one, other) === 1),
    patience,
  );
}

/** A ping that every router on the way cuts into fragments, and puts together nowhere but at the end. */
async function pingFarthest(
  { surface: { clock }, screen, expectations, devices }: Stage,
  mesh: MeshMaking,
  picture: MeshPicture,
): Promise<void> {
  const address = placesOf(devices).get(farthest)?.address;
  if (address === undefined) return;
  const hops = hopsBetween(picture, borderName, farthest);
  const ping = (): Promise<Outcome> =>
    pinged(mesh.runner, (node, now) => node.ping(parseIp6(address), pingSize, pingWait, now));
  const deadline = clock.now() + patience;
  let outcome = await ping();
  // One of its fragments may be lost for good.
  while (outcome.kind !== 'reply' && clock.now() < deadline) {
    await rest(clock, pingWait);
    outcome = await ping();
  }
  const answer =
    outcome.kind === 'reply' ? `${outcome.roundTrip.toFixed(0)} ms from ${ip6Text(outcome.source)}` : outcome.kind;
  screen.tell({
    event: 'fact',
    label: 'ping',
    text: `${farthest}, ${pingSize} bytes over ${hops ?? 'no'} hops: ${answer}`,
  });
  expectations.observe(
    mesh.isShaped
      ? `a ping of ${pingSize} bytes comes back from ${farthest}, three hops away`
      : `a ping of ${pingSize} bytes comes back from ${farthest}`,
    outcome.kind === 'reply' && (!mesh.isShaped || hops === 3),
  );
}

function rest(clock: Clock, time: number): Promise<void> {
  return new Promise((resolve) => void clock.wakeAt(clock.now() + time, resolve));
}
