import { type CborValue, toJson } from '@selvage/core';
import type { Report } from '../../ca/report.js';
import { step } from '../../ca/step.js';
import { styleFor } from '../../terminal/style.js';
import type { Surface } from '../../terminal/surface.js';
import { withAdvice } from '../advice.js';
import { calledText } from '../language/device-name.js';
import { pathOf } from '../language/path.js';
import { parseAssignments, type Properties } from '../language/property-value.js';
import type { SiteOptions } from '../options.js';
import { valueLines } from '../value-lines.js';
import { withReader } from '../with-operator.js';

const usualWidth = 80;

/** What is to be set. */
export interface Setting {
  readonly called: string;
  readonly path: string;
  /** `name=value` words. */
  readonly assignments: readonly string[];
}

/** `set`: changes properties of a resource, and shows it after. @throws SelvageError that names the step. */
export function set(surface: Surface, report: Report, setting: Setting, options: SiteOptions): Promise<void> {
  return withReader(surface, options, async (operator) => {
    const path = pathOf(setting.path);
    const device = await step('find the device', () => operator.called(setting.called));
    const what = `${path} of ${calledText(device)}`;
    const to = await step(`reach ${calledText(device)}`, () => operator.reach(device));
    const { client } = operator.tool;
    const present = await step(`read what ${what} holds`, () => withAdvice('get', () => client.get(to, path)));
    const values = await step(`understand what to set`, () =>
      parseAssignments(setting.assignments, propertiesIn(present)),
    );
    await step(`set ${what}`, () => withAdvice('set', () => client.set(to, path, values)));
    const value = await step(`read ${what} again`, () => client.get(to, path));
    const { good } = styleFor(surface.stdout, surface.env);
    const lines = valueLines(path, value, (surface.stdout.columns ?? usualWidth) - 1).map(good);
    report.show({
      event: 'set',
      data: { device: device.device, name: device.name, path, value: toJson(value) },
      lines,
    });
  });
}

function propertiesIn(value: CborValue): Properties {
  return value instanceof Map ? (value as Properties) : new Map();
}
