import type { NewsOf } from '../../../board/news.js';
import type { MeshPicture } from '../../../terminal/mesh/mesh-picture.js';
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
  return named(picture, names);
}

/** Where each board is in its mesh, as it told last. */
export function placesOf(devices: DeviceBoards): Map<string, NewsOf<'mesh'>> {
  return new Map(devices.heard('mesh').map((news) => [news.name, news]));
}

function named({ partitions, ...rest }: MeshPicture, names: ReadonlyMap<number, string>): MeshPicture {
  const marked = <N extends { readonly rloc16: number }>(node: N): N => ({
    ...node,
    label: names.get(node.rloc16),
    marks: [],
  });
  return {
    ...rest,
    partitions: partitions.map(({ id, routers }) => ({
      id,
      routers: routers.map((router) => ({ ...marked(router), children: router.children.map(marked) })),
    })),
  };
}
