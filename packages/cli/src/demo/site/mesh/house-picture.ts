import type { NewsOf } from '../../../board/news.js';
import type { DrawnChild, DrawnRouter, MeshPicture } from '../../../terminal/mesh/mesh-picture.js';
import type { Surface } from '../../../terminal/surface.js';
import { pictureOf } from '../../../thread/mesh/picture.js';
import { surveyMesh } from '../../../thread/mesh/survey.js';
import type { DeviceBoards } from '../device-boards.js';
import { borderName } from '../network/house.js';
import type { MeshMaking } from '../network/show-network.js';

/** How long the nodes of the mesh have to answer, ms. */
const patience = 900;

/** The mesh as its nodes tell of it when its border node asks them, with the names of the boards. */
export async function housePicture(
  surface: Surface,
  { runner, border }: MeshMaking,
  devices: DeviceBoards,
): Promise<MeshPicture> {
  const survey = await surveyMesh(surface, runner, patience);
  const { rloc16: self, networkData } = runner.node;
  const note = `channel ${border.channel}`;
  const picture = pictureOf(survey, { name: border.network, note, self, networkData });
  const names = new Map(
    [...placesOf(devices)].flatMap(([name, { rloc16 }]) => (rloc16 === undefined ? [] : [[rloc16, name]])),
  );
  if (self !== undefined) names.set(self, borderName);
  const former = new Set(devices.heard('mesh').flatMap(({ rloc16 }) => (rloc16 === undefined ? [] : [rloc16])));
  return named(picture, names, former);
}

/** Where each board is in its mesh, as it told last. */
export function placesOf(devices: DeviceBoards): Map<string, NewsOf<'mesh'>> {
  return new Map(devices.heard('mesh').map((news) => [news.name, news]));
}

/**
 * The names of the boards, in an order that is the same each time. A parent knows a child that has become a router, or has
 * gone elsewhere, for a while yet: it is drawn where it is, and not where it was.
 */
function named(
  { partitions, ...rest }: MeshPicture,
  names: ReadonlyMap<number, string>,
  former: ReadonlySet<number>,
): MeshPicture {
  const marked = <N extends DrawnRouter | DrawnChild>(nodes: readonly N[]): N[] =>
    nodes
      .filter(({ rloc16 }) => names.has(rloc16) || !former.has(rloc16))
      .map((node) => ({ ...node, label: names.get(node.rloc16), marks: [] }))
      .sort((one, other) => one.rloc16 - other.rloc16);
  return {
    ...rest,
    partitions: partitions.map(({ id, routers }) => ({
      id,
      routers: marked(routers).map((router) => ({ ...router, children: marked(router.children) })),
    })),
  };
}
