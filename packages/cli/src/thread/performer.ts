import { exitCode } from '@selvage/core';
import { Report } from '../ca/report.js';
import type { Surface } from '../terminal/surface.js';

/** Takes the exit code of a command that came to its end. */
export type Finish = (exitCode: number) => void;

/** Runs a verb to its end; with `--json` its error is told there. */
export function performer(surface: Surface, finish: Finish) {
  return async ({ json }: { readonly json: boolean }, work: () => Promise<void>): Promise<void> => {
    try {
      await work();
      finish(0);
    } catch (error) {
      new Report(surface, json).fail(error);
      finish(exitCode(error));
    }
  };
}
