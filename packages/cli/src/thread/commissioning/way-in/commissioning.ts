import type { CommissionerRunner } from '@selvage/thread';
import { Report } from '../../../ca/report.js';
import type { Surface } from '../../../terminal/surface.js';
import { withCommissioner } from './active-commissioner.js';
import type { WayInOptions } from './options.js';
import { withAccess } from './with-access.js';

/** Is the commissioner of the options' network while `work` goes on. @throws SelvageError as `withAccess` and `withCommissioner` */
export function commissioning(
  surface: Surface,
  options: WayInOptions,
  work: (runner: CommissionerRunner, report: Report) => Promise<void>,
): Promise<void> {
  const report = new Report(surface, options.json);
  return withAccess(surface, report, options, (way) =>
    withCommissioner(surface, report, way, {}, (runner) => work(runner, report)),
  );
}
