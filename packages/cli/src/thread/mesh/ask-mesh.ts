import type { DiagnosticName, DiagnosticOutcome, DiagnosticReport, NodeRunner } from '@selvage/thread';
import { type Surface, unlessInterrupted } from '../../terminal/surface.js';

/** What one node said of itself. */
export interface NodeAnswer {
  readonly source: Uint8Array;
  readonly report: DiagnosticReport;
}

/** What is asked, whom, and how long answers are waited for. */
export interface MeshQuestion {
  readonly destination: Uint8Array;
  readonly types: readonly (DiagnosticName | number)[];
  /** Milliseconds. */
  readonly patience: number;
}

/**
 * Asks nodes for their diagnostics, a group or one alone; resolves when all have answered who do, or when the person wants
 * no more.
 * @param onAnswer called with each answer as it comes
 */
export async function askMesh(
  surface: Surface,
  runner: NodeRunner,
  question: MeshQuestion,
  onAnswer: (answer: NodeAnswer) => void,
): Promise<void> {
  await unlessInterrupted(surface, asked(runner, 'query', question, onAnswer));
}

/** Asks one node, which answers in one message; resolves when it has, or does not in time. */
export async function askNode(
  surface: Surface,
  runner: NodeRunner,
  question: MeshQuestion,
  onAnswer: (answer: NodeAnswer) => void,
): Promise<void> {
  await unlessInterrupted(surface, asked(runner, 'get', question, onAnswer));
}

function asked(
  runner: NodeRunner,
  way: 'query' | 'get',
  question: MeshQuestion,
  onAnswer: (answer: NodeAnswer) => void,
): Promise<void> {
  return new Promise((resolve) => {
    const outcomes: DiagnosticOutcome[] = [];
    const wanted: { number?: number } = {};
    const look = (): void => {
      for (const outcome of outcomes.splice(0)) {
        if (outcome.question !== wanted.number) continue;
        if (outcome.kind === 'answer') onAnswer(outcome);
        else {
          stop();
          resolve();
        }
      }
    };
    // A node that asks itself has its answer before it knows the number of its question.
    const stop = runner.onEvent((event) => {
      if (event.kind !== 'diagnostic') return;
      outcomes.push(event.outcome);
      if (wanted.number !== undefined) look();
    });
    wanted.number = runner.run(({ diagnostics }, now) => diagnostics[way](question, now));
    look();
  });
}
