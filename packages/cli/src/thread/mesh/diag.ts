import { SelvageError } from '@selvage/core';
import { allThreadNodes, type DiagnosticName, diagnosticTlvs, ip6Text, isMulticast, parseIp6 } from '@selvage/thread';
import { interruption, type Surface } from '../../terminal/surface.js';
import { type NodeOptions, withNode } from '../node/with-node.js';
import { askMesh, askNode, type NodeAnswer } from './ask-mesh.js';
import { reportData, reportLines } from './report-lines.js';

/** `thread diag`. */
export interface DiagOptions extends NodeOptions {
  readonly types?: readonly (DiagnosticName | number)[];
  readonly reset?: boolean;
  readonly wait: number;
}

/** What is asked where nobody says what. */
export const usualTypes: readonly DiagnosticName[] = [
  'extended',
  'rloc16',
  'mode',
  'timeout',
  'leaderData',
  'route64',
  'childTable',
  'addresses',
  'version',
  'vendorName',
  'vendorModel',
  'vendorSoftwareVersion',
  'threadStackVersion',
  'macCounters',
];

/** The names that can be asked for. */
export const diagnosticNames = Object.keys(diagnosticTlvs.declarations).filter(
  (name) => !['typeList', 'answer', 'queryId'].includes(name),
) as DiagnosticName[];

/**
 * `thread diag`: asks one node, or all of them, what it knows of itself and of the mesh.
 * @throws SelvageError `timed-out` where nobody answered
 */
export function diagVerb(
  surface: Surface,
  dataset: string | undefined,
  address: string | undefined,
  options: DiagOptions,
): Promise<void> {
  const asked = address === undefined ? undefined : parseIp6(address);
  return withNode(surface, dataset, options, async ({ runner, report }) => {
    // The group that sleepy nodes hear too.
    const destination = asked ?? allThreadNodes('realm', runner.node.status.network.meshLocalPrefix);
    const question = { destination, types: options.types ?? usualTypes, patience: options.wait * 1000 };
    if (options.reset === true) {
      await reset(surface, runner, question);
      report.tell({ event: 'reset', data: {}, lines: [`${ip6Text(destination)} was told to count anew`] });
      return;
    }
    let answers = 0;
    const show = ({ source, report: said }: NodeAnswer): void => {
      const { rloc16 } = said;
      const isSelf = rloc16 !== undefined && rloc16 === runner.node.rloc16 ? '  this node' : '';
      const head = rloc16 === undefined ? ip6Text(source) : `${rloc16.toString(16).padStart(4, '0')}${isSelf}`;
      const lines = [...(answers++ > 0 ? [''] : []), head, ...reportLines(said).map((line) => `  ${line}`)];
      report.show({ event: 'node', data: { source: ip6Text(source), ...reportData(said) }, lines });
    };
    const ask = isMulticast(destination) || needsQuery(question.types) ? askMesh : askNode;
    await ask(surface, runner, question, show);
    report.tell({
      event: 'asked',
      data: { answers },
      lines: [answers === 1 ? '1 node answered' : `${answers} nodes answered`],
    });
    if (answers > 0 || surface.interrupted.aborted) return;
    throw new SelvageError('timed-out', `nobody answered within ${options.wait} s`, {
      remedy: 'check the address: thread topology shows who is there',
    });
  });
}

/** Lists that a node tells only to a query (Thread 1.4). */
function needsQuery(types: DiagOptions['types'] = []): boolean {
  return types.some((type) => ['child', 'childAddresses', 'routerNeighbour', 29, 30, 31].includes(type));
}

async function reset(
  surface: Surface,
  runner: Parameters<typeof askNode>[1],
  { destination, patience }: Parameters<typeof askNode>[2],
): Promise<void> {
  const done = new Promise<string>((resolve) => {
    const wish = { destination, types: ['macCounters', 'mleCounters'] as const, patience };
    const question = runner.run(({ diagnostics }, now) => diagnostics.reset(wish, now));
    const stop = runner.onEvent((event) => {
      if (event.kind !== 'diagnostic' || event.outcome.question !== question || event.outcome.kind !== 'over') return;
      stop();
      resolve(event.outcome.reason);
    });
  });
  const reason = await Promise.race([done, interruption(surface).then(() => 'interrupted')]);
  if (reason === 'answered' || reason === 'interrupted') return;
  throw new SelvageError('timed-out', `${ip6Text(destination)} did not answer (${reason})`);
}
