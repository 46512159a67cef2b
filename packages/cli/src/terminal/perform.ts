import { exitCode } from '@selvage/core';
import { Report } from '../ca/report.js';
import { interruption, type Surface } from './surface.js';

/** Takes the exit code of a command that came to its end. */
export type Finish = (exitCode: number) => void;

type Telling = { readonly json: boolean };
type Work = (report: Report) => Promise<number | undefined | void>;

/** What a program exits with that SIGINT ended. */
const interruptedExit = 130;

/**
 * Runs a verb to its end, or until the person wants no more; with `--json` its error is told there. A verb that returns no
 * exit code has gone well.
 */
export function perform(surface: Surface, options: Telling, finish: Finish, work: Work): Promise<void> {
  return performToEnd(surface, options, finish, (report) => Promise.race([work(report), stopped(surface, report)]));
}

/** The same for one that is quick, or that goes on until the person wants no more and then ends by itself. */
export async function performToEnd(surface: Surface, { json }: Telling, finish: Finish, work: Work): Promise<void> {
  const report = new Report(surface, json);
  try {
    finish((await work(report)) ?? 0);
  } catch (error) {
    report.fail(error);
    finish(exitCode(error));
  }
}

async function stopped(surface: Surface, report: Report): Promise<number> {
  await interruption(surface);
  const lines = ['stopped: what was begun is finished or undone by the next command'];
  report.tell({ event: 'stopped', data: {}, lines });
  return interruptedExit;
}
