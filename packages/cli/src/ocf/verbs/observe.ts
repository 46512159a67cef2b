import { SelvageError, toJson } from '@selvage/core';
import type { OcfAnswer } from '@selvage/ocf';
import type { Report } from '../../ca/report.js';
import { step } from '../../ca/step.js';
import { interruption, type Surface } from '../../terminal/surface.js';
import { calledText } from '../language/device-name.js';
import { pathOf } from '../language/path.js';
import type { SiteOptions } from '../options.js';
import { valueLines } from '../value-lines.js';
import { withReader } from '../with-operator.js';

export interface ObserveOptions extends SiteOptions {
  /** States to show; until the person ends it where it is left out. */
  readonly count?: number;
}

const usualWidth = 80;

/** `observe`: each state of a resource as it comes. @throws SelvageError that names the step. */
export function observe(
  surface: Surface,
  report: Report,
  { called, path: typed }: { readonly called: string; readonly path: string },
  { count = Infinity, ...options }: ObserveOptions,
): Promise<void> {
  return withReader(surface, options, async (operator) => {
    const path = pathOf(typed);
    const device = await step('find the device', () => operator.called(called));
    const to = await step(`reach ${calledText(device)}`, () => operator.reach(device));
    let shown = 0;
    const states = new Promise<void>((resolve, reject) => {
      const onState = ({ code, value }: OcfAnswer): void => {
        if (!code.startsWith('2.')) return reject(refused(code));
        const at = new Date(surface.clock.wallTime());
        const width = (surface.stdout.columns ?? usualWidth) - 1;
        const lines = valueLines(`${at.toTimeString().slice(0, 8)}  ${path}`, value, width);
        const data = { at: at.toISOString(), device: device.device, name: device.name, path, value: toJson(value) };
        report.show({ event: 'state', data, lines });
        if (++shown >= count) resolve();
      };
      const onEnd = (error: SelvageError | undefined): void => (error === undefined ? resolve() : reject(error));
      void operator.tool.client.observe(to, path, { onState, onEnd }).catch(reject);
    });
    await step(`observe ${path} of ${calledText(device)}`, () => Promise.race([states, interruption(surface)]));
  });
}

function refused(code: string): SelvageError {
  return new SelvageError('access-refused', `the device answers with ${code}`, {
    remedy: 'see selvage access: the owner needs the right to read it',
  });
}
