import { toHex } from '@selvage/core';
import {
  type ChildTableEntry,
  type DeviceMode,
  type DiagnosticReport,
  isRouterRloc16,
  type NetworkData,
  routerIdOf,
  routerRloc16,
} from '@selvage/thread';
import type {
  ChildKind,
  DrawnChild,
  DrawnPartition,
  DrawnRouter,
  LinkQuality,
  MeshPicture,
} from '../../terminal/mesh/mesh-picture.js';
import type { MeshSurvey } from './survey.js';

/** What of a mesh is drawn beside what its nodes say. */
export interface PictureFacts {
  readonly name: string | undefined;
  readonly note?: string | undefined;
  /** RLOC16 of the node that asks; undefined where it is in no partition. */
  readonly self: number | undefined;
  /** Whether there is room to name routers by their extended addresses. */
  readonly names?: boolean;
  readonly networkData: NetworkData;
}

/** A surveyed mesh as it is drawn: routers by partition, each with its links and its children. */
export function pictureOf({ reports, silent, heard = [] }: MeshSurvey, facts: PictureFacts): MeshPicture {
  const marks = marksOf(facts);
  const partitions = new Map<number | undefined, DrawnRouter[]>();
  const add = (id: number | undefined, router: DrawnRouter): void => {
    partitions.set(id, [...(partitions.get(id) ?? []), router]);
  };
  for (const report of reports.values()) {
    const { rloc16, leaderData } = report;
    if (rloc16 === undefined || !isRouterRloc16(rloc16)) continue;
    add(leaderData?.partitionId, {
      ...routerOf(report, rloc16, reports, marks),
      label: facts.names === true && report.extended ? toHex(report.extended) : undefined,
    });
  }
  const [usual] = partitions.keys();
  for (const rloc16 of silent) {
    const isLeader = [...reports.values()].some(({ leaderData }) => leaderData?.leaderRouterId === routerIdOf(rloc16));
    const children = strayChildren(rloc16, [], reports, marks, facts.self);
    add(usual, { rloc16, isLeader, isSilent: true, links: [], children, marks: marks(rloc16) });
  }
  for (const { rloc16, partition, route64 } of heard) {
    const said = { rloc16, leaderData: partition, route64, unknown: [] };
    add(partition.partitionId, { ...routerOf(said, rloc16, new Map(), () => ['heard, not asked']) });
  }
  const drawn: DrawnPartition[] = [...partitions].map(([id, routers]) => ({ id, routers }));
  const detached = facts.self === undefined ? ['this node'] : [];
  return { name: facts.name, note: facts.note, partitions: drawn, detached };
}

type Marks = (rloc16: number) => readonly string[];

function marksOf({ self, networkData }: PictureFacts): Marks {
  const border = new Set(
    networkData
      .flatMap((entry) => (entry.type === 'prefix' ? entry.value.subTlvs : []))
      .flatMap((sub) =>
        sub.type === 'borderRouter' || sub.type === 'hasRoute' ? sub.value.map(({ rloc16 }) => rloc16) : [],
      ),
  );
  return (rloc16) => [...(border.has(rloc16) ? ['border router'] : []), ...(rloc16 === self ? ['this node'] : [])];
}

function routerOf(
  { route64, leaderData, childTable = [] }: DiagnosticReport,
  rloc16: number,
  reports: MeshSurvey['reports'],
  marks: Marks,
): DrawnRouter {
  const listed = childTable.map((entry) => childOf(entry, rloc16, marks));
  return {
    rloc16,
    isLeader: leaderData?.leaderRouterId === routerIdOf(rloc16),
    links: (route64?.routes ?? []).map(({ routerId, linkQualityIn, linkQualityOut }) => ({
      to: routerRloc16(routerId),
      qualityIn: linkQualityIn as LinkQuality,
      qualityOut: linkQualityOut as LinkQuality,
    })),
    children: [...listed, ...strayChildren(rloc16, listed, reports, marks)],
    marks: marks(rloc16),
  };
}

function childOf({ childId, mode, linkQuality }: ChildTableEntry, parent: number, marks: Marks): DrawnChild {
  const rloc16 = parent | childId;
  return { rloc16, kind: kindOf(mode), quality: linkQuality as LinkQuality, marks: marks(rloc16) };
}

/** Children that answered for themselves, and whose parent did not name them. */
function strayChildren(
  parent: number,
  listed: readonly DrawnChild[],
  reports: MeshSurvey['reports'],
  marks: Marks,
  self?: number,
): DrawnChild[] {
  const known = new Map<number, DeviceMode | undefined>(self === undefined ? [] : [[self, undefined]]);
  for (const [rloc16, { mode }] of reports) known.set(rloc16, mode);
  return [...known].flatMap(([rloc16, mode]) => {
    const isOurs = !isRouterRloc16(rloc16) && routerRloc16(routerIdOf(rloc16)) === parent;
    if (!isOurs || listed.some((child) => child.rloc16 === rloc16)) return [];
    return [{ rloc16, kind: mode === undefined ? 'full' : kindOf(mode), marks: marks(rloc16) }];
  });
}

function kindOf({ fullThreadDevice, receiverOnWhenIdle }: DeviceMode): ChildKind {
  return fullThreadDevice ? 'full' : receiverOnWhenIdle ? 'minimal' : 'sleepy';
}
