import {
  type DiagnosticName,
  type DiagnosticReport,
  isRouterRloc16,
  type LeaderData,
  locatorAddress,
  type NodeRunner,
  realmLocalAllNodes,
  type Route64,
  routerIdOf,
  routerRloc16,
} from '@selvage/thread';
import type { Surface } from '../../terminal/surface.js';
import { askMesh, askNode } from './ask-mesh.js';

/** What is known of a mesh after its nodes were asked. */
export interface MeshSurvey {
  /** By RLOC16, what each node said of itself. */
  readonly reports: ReadonlyMap<number, DiagnosticReport>;
  /** Routers that others know, and that did not answer. */
  readonly silent: ReadonlySet<number>;
  /** Routers of other partitions that were heard meanwhile. */
  readonly heard?: readonly HeardRouter[];
}

/** A router of another partition, as its Advertisement has it. */
export interface HeardRouter {
  readonly rloc16: number;
  readonly partition: LeaderData;
  readonly route64: Route64 | undefined;
}

/** What a picture of the mesh is made of. */
const pictured = [
  'rloc16',
  'extended',
  'mode',
  'route64',
  'leaderData',
  'childTable',
] as const satisfies DiagnosticName[];
/** For a router that the first question did not reach, or whose answer was lost, milliseconds. */
const secondPatience = 1500;

/**
 * Asks all nodes of a mesh who they are and whom they hear; routers that are known and did not answer are asked again, each
 * by its address, before they count as silent.
 * @param patience how long answers to the first question are waited for, milliseconds
 * @param onProgress called after each answer
 */
export async function surveyMesh(
  surface: Surface,
  runner: NodeRunner,
  patience: number,
  onProgress: (survey: MeshSurvey) => void = () => undefined,
): Promise<MeshSurvey> {
  const reports = new Map<number, DiagnosticReport>();
  const silent = new Set<number>();
  const take = ({ report }: { readonly report: DiagnosticReport }): void => {
    if (report.rloc16 === undefined) return;
    reports.set(report.rloc16, report);
    onProgress({ reports, silent });
  };
  const types = [...pictured];
  await askMesh(surface, runner, { destination: realmLocalAllNodes, types, patience }, take);
  const { meshLocalPrefix } = runner.node.status.network;
  const { rloc16: own } = runner.node;
  // Nobody tells a leader that is alone of itself.
  const routers = new Set([...knownRouters(reports), ...(own !== undefined && isRouterRloc16(own) ? [own] : [])]);
  const missing = [...routers].filter((rloc16) => !reports.has(rloc16));
  await Promise.all(
    missing.map((rloc16) => {
      const destination = locatorAddress(meshLocalPrefix, rloc16);
      return askNode(surface, runner, { destination, types, patience: secondPatience }, take);
    }),
  );
  const known = [...knownRouters(reports), ...(own === undefined ? [] : [routerRloc16(routerIdOf(own))])];
  for (const rloc16 of known) if (!reports.has(rloc16) && rloc16 !== own) silent.add(rloc16);
  return { reports, silent };
}

/** The routers that the route tables name. */
function knownRouters(reports: ReadonlyMap<number, DiagnosticReport>): Set<number> {
  const known = new Set<number>();
  for (const { route64 } of reports.values()) {
    for (const { routerId } of route64?.routes ?? []) known.add(routerRloc16(routerId));
  }
  return known;
}

/** Notes the routers of other partitions as they advertise themselves; who was not heard for a while is forgotten. */
export class PartitionEar {
  readonly #runner: NodeRunner;
  readonly #clock: Surface['clock'];
  readonly #heard = new Map<string, { readonly router: HeardRouter; readonly at: number }>();
  readonly #stop: () => void;

  constructor(runner: NodeRunner, clock: Surface['clock']) {
    this.#runner = runner;
    this.#clock = clock;
    this.#stop = runner.onEvent((event) => {
      if (event.kind !== 'partition-heard' || this.#heard.size >= mostHeard) return;
      const { rloc16, partition, route64 } = event;
      const router = { rloc16, partition, route64 };
      this.#heard.set(`${partition.partitionId}/${rloc16}`, { router, at: clock.now() });
    });
  }

  get routers(): HeardRouter[] {
    const since = this.#clock.now() - remembered;
    for (const [name, { at }] of this.#heard) if (at < since) this.#heard.delete(name);
    const own = this.#runner.node.status.partition?.partitionId;
    return [...this.#heard.values()]
      .map(({ router }) => router)
      .filter(({ partition }) => partition.partitionId !== own);
  }

  stop(): void {
    this.#stop();
  }
}

/** Routers at most, and how long one is taken to be there: twice the longest pause between Advertisements, milliseconds. */
const [mostHeard, remembered] = [256, 64_000] as const;
