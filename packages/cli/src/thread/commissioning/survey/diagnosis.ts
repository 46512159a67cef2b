import { SelvageError } from '@selvage/core';
import { CommissionerDiagnostics, type DiagnosedNode, type DiagnosticName } from '@selvage/thread';
import { type Surface, unlessInterrupted } from '../../../terminal/surface.js';
import { usualTypes } from '../../mesh/diag.js';
import { reportData, reportLines } from '../../mesh/report-lines.js';
import type { WayInOptions } from '../way-in/options.js';
import { commissioning } from '../way-in/commissioning.js';
import { nodeText, whom } from './whom.js';

/** `thread commissioner diag`. */
export interface DiagnosisOptions extends WayInOptions {
  readonly types?: readonly (DiagnosticName | number)[];
  /** Seconds. */
  readonly wait: number;
}

/**
 * `thread commissioner diag`: asks nodes what they know of themselves, without being one of them.
 * @throws SelvageError `timed-out` where nobody answered
 */
export function diagnosisVerb(surface: Surface, node: string, options: DiagnosisOptions): Promise<void> {
  return commissioning(surface, options, async (runner, report) => {
    const { address: destination, text } = await whom(runner, node);
    const diagnostics = new CommissionerDiagnostics(runner, surface.entropy, surface.clock);
    let answers = 0;
    const show = ({ source, report: said }: DiagnosedNode): void => {
      const rloc16 = said.rloc16 === undefined ? '' : `${said.rloc16.toString(16).padStart(4, '0')}  `;
      const lines = reportLines(said).map((line) => `  ${line}`);
      const head = [...(answers++ > 0 ? [''] : []), `${rloc16}${nodeText(source)}`];
      report.show({
        event: 'node',
        data: { source: nodeText(source), ...reportData(said) },
        lines: [...head, ...lines],
      });
    };
    const wish = { destination, types: options.types ?? usualTypes, patience: options.wait * 1000 };
    try {
      await unlessInterrupted(surface, diagnostics.ask(wish, show));
    } finally {
      diagnostics.close();
    }
    const line = answers === 1 ? '1 node answered' : `${answers} nodes answered`;
    report.tell({ event: 'asked', data: { answers }, lines: [line] });
    if (answers > 0 || surface.interrupted.aborted) return;
    throw new SelvageError('timed-out', `${text} did not answer within ${options.wait} s`, {
      remedy: 'wait longer with --wait, or ask all, to see who is there',
    });
  });
}
