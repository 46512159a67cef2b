import { toHex } from '@selvage/core';
import { drawMesh } from '../../terminal/mesh/draw-mesh.js';
import type { MeshPicture } from '../../terminal/mesh/mesh-picture.js';
import { LivePage } from '../../terminal/live-page.js';
import { styleFor } from '../../terminal/style.js';
import { type Surface, unlessInterrupted } from '../../terminal/surface.js';
import { type AttachedNode, type NodeOptions, withNode } from '../node/with-node.js';
import { pictureOf } from './picture.js';
import { type MeshSurvey, PartitionEar, surveyMesh } from './survey.js';

/** `thread topology`. */
export interface TopologyOptions extends NodeOptions {
  readonly once?: boolean;
  readonly every: number;
  readonly wait: number;
}

/** Columns of a page where nobody says, and from how many on routers have names too. */
const [usualWidth, roomForNames] = [80, 100] as const;

/**
 * `thread topology`: draws the mesh, and draws it anew as it changes until somebody ends it; once where nobody looks on.
 */
export function topologyVerb(surface: Surface, dataset: string | undefined, options: TopologyOptions): Promise<void> {
  return withNode(surface, dataset, options, async (node) => {
    const isLive = options.once !== true && (surface.stdout.isTerminal || options.json);
    const page = new LivePage(surface.stdout);
    const style = styleFor(surface.stdout, surface.env);
    const draw = (picture: MeshPicture): void => {
      if (options.json) return;
      const columns = (surface.stdout.columns ?? usualWidth) - 1;
      page.draw(drawMesh(picture, { columns, rows: page.rows, style }));
    };
    const ear = new PartitionEar(node.runner, surface.clock);
    let before: MeshPicture | undefined;
    do {
      const picture = await pictured(
        surface,
        { ...node, ear, ...options },
        before === undefined && isLive ? draw : () => undefined,
      );
      if (surface.interrupted.aborted) break;
      draw(picture);
      if (options.json) node.report.show({ event: 'topology', data: jsonOf(picture), lines: [] });
      before = picture;
      if (isLive) await pause(surface, options.every);
    } while (isLive && !surface.interrupted.aborted);
    ear.stop();
  });
}

async function pictured(
  surface: Surface,
  { runner, ear, wait }: Pick<AttachedNode, 'runner'> & { readonly ear: PartitionEar; readonly wait: number },
  draw: (picture: MeshPicture) => void,
): Promise<MeshPicture> {
  const { node } = runner;
  const of = (survey: MeshSurvey): MeshPicture => {
    const { rloc16, networkData, dataset } = node;
    const names = (surface.stdout.columns ?? usualWidth) >= roomForNames;
    return pictureOf(
      { ...survey, heard: ear.routers },
      { name: dataset.name, note: placeNote(node.link), self: rloc16, networkData, names },
    );
  };
  return of(await surveyMesh(surface, runner, wait * 1000, (survey) => draw(of(survey))));
}

function placeNote({ channel, panId }: { readonly channel: number; readonly panId: number }): string {
  return `channel ${channel} · PAN ${panId.toString(16).padStart(4, '0')}`;
}

async function pause(surface: Surface, seconds: number): Promise<void> {
  const { clock } = surface;
  await unlessInterrupted(
    surface,
    new Promise<void>((resolve) => void clock.wakeAt(clock.now() + seconds * 1000, resolve)),
  );
}

/** RLOC16s as people write them. */
function jsonOf({ name, partitions, detached = [] }: MeshPicture): object {
  const short = (rloc16: number): string => toHex(Uint8Array.of(rloc16 >> 8, rloc16 & 0xff));
  return {
    name,
    isAttached: detached.length === 0,
    partitions: partitions.map(({ id, routers }) => ({
      id: id?.toString(16).padStart(8, '0'),
      routers: routers.map(({ rloc16, isLeader, isSilent = false, marks = [], links, children }) => ({
        rloc16: short(rloc16),
        role: isLeader ? 'leader' : 'router',
        answered: !isSilent,
        marks,
        links: links
          .filter(({ qualityIn, qualityOut }) => qualityIn > 0 || qualityOut > 0)
          .map(({ to, qualityIn, qualityOut }) => ({ to: short(to), qualityIn, qualityOut })),
        children: children.map((child) => ({
          rloc16: short(child.rloc16),
          kind: child.kind,
          quality: child.quality,
          marks: child.marks ?? [],
        })),
      })),
    })),
  };
}
