import { exitCode } from '@selvage/core';
import { Report } from '../ca/report.js';
import type { Surface } from '../terminal/surface.js';

/** Takes the exit code of a command that came to its end. */
export type Finish = (exitCode: number) => void;

/** Runs a verb to its end; with `--json` its error is told there. A verb that returns no exit code has gone well. */
export async function perform(
  surface: Surface,
  { json }: { readonly json: boolean },
  finish: Finish,
  work: (report: Report) => Promise<number | undefined | void>,
): Promise<void> {
  const report = new Report(surface, json);
  try {
    finish((await work(report)) ?? 0);
  } catch (error) {
    report.fail(error);
    finish(exitCode(error));
  }
}
