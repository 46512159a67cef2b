import type { Report } from '../../ca/report.js';
import { step } from '../../ca/step.js';
import type { Surface } from '../../terminal/surface.js';
import { calledText } from '../language/device-name.js';
import type { SiteOptions } from '../options.js';
import { withOperator } from '../with-operator.js';

export interface PairOptions extends SiteOptions {
  readonly remove?: boolean;
}

/** `pair`: a key for two devices that nobody else has, or its end. @throws SelvageError that names the step. */
export function pair(
  surface: Surface,
  report: Report,
  called: readonly [a: string, b: string],
  options: PairOptions,
): Promise<void> {
  return withOperator(surface, report, options, async (operator) => {
    const [a, b] = await step(
      'find the devices',
      () => [operator.called(called[0]), operator.called(called[1])] as const,
    );
    for (const device of [a, b]) await step(`reach ${calledText(device)}`, () => operator.reach(device));
    const both = `${calledText(a)} and ${calledText(b)}`;
    const { provisioning } = operator.tool;
    const data = { devices: [a.device, b.device] };
    if (options.remove === true) {
      await step(`part ${both}`, () => provisioning.unpair(a.device, b.device));
      return report.tell({ event: 'parted', data, lines: [`${both} share no key any more`] });
    }
    await step(`pair ${both}`, () => provisioning.pair(a.device, b.device));
    report.tell({
      event: 'paired',
      data,
      lines: [`${both} share a key that nobody else has`, 'what one may do with the other is for selvage grant to say'],
    });
  });
}
