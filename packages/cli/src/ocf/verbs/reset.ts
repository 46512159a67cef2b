import { SelvageError } from '@selvage/core';
import type { Report } from '../../ca/report.js';
import { step } from '../../ca/step.js';
import { Questions } from '../../terminal/question.js';
import type { Surface } from '../../terminal/surface.js';
import { calledText } from '../language/device-name.js';
import type { Operator, SiteDevice } from '../operator.js';
import type { SiteOptions } from '../options.js';
import { withOperator } from '../with-operator.js';

export interface ResetOptions extends SiteOptions {
  readonly soft?: boolean;
  readonly forget?: boolean;
  readonly yes?: boolean;
}

/** `reset`: lets a device go, or mends it, or forgets it. @throws SelvageError that names the step. */
export async function reset(surface: Surface, report: Report, called: string, options: ResetOptions): Promise<void> {
  await step('understand the reset', () => {
    if (options.soft === true && options.forget === true) throw wrong('--soft and --forget exclude each other');
  });
  await withOperator(surface, report, options, async (operator) => {
    const device = await step('find the device', () => operator.called(called));
    if (options.soft === true) return softReset(report, operator, device);
    await step(`reset ${calledText(device)}`, () => requireConsent(surface, device, options));
    return options.forget === true ? forget(report, operator, device) : hardReset(report, operator, device);
  });
}

async function hardReset(report: Report, operator: Operator, device: SiteDevice): Promise<void> {
  await step(`reach ${calledText(device)}`, () => operator.reach(device));
  await step(`reset ${calledText(device)}`, () => operator.tool.hardReset(device.device));
  tell(
    report,
    'reset',
    device,
    `${calledText(device)} has no owner any more: it forgot this site and all that it was given`,
  );
}

async function softReset(report: Report, operator: Operator, device: SiteDevice): Promise<void> {
  await step(`reach ${calledText(device)}`, () => operator.reach(device));
  await step(`take ${calledText(device)} through SRESET`, () => operator.tool.provisioning.softReset(device.device));
  tell(
    report,
    'soft-reset',
    device,
    `${calledText(device)} went through SRESET and is in operation again, with all that it had`,
  );
}

async function forget(report: Report, operator: Operator, device: SiteDevice): Promise<void> {
  await step(`forget ${calledText(device)}`, () => operator.tool.forget(device.device));
  tell(
    report,
    'forgotten',
    device,
    `${calledText(device)} is forgotten here; if it has this owner still, its button resets it`,
  );
}

function tell(report: Report, event: string, { device, name }: SiteDevice, line: string): void {
  report.tell({ event, data: { device, name }, lines: [line] });
}

async function requireConsent(
  surface: Surface,
  device: SiteDevice,
  { yes, forget: only }: ResetOptions,
): Promise<void> {
  if (yes === true) return;
  const questions = new Questions(surface);
  if (!questions.canAsk) throw wrong('nobody is here to confirm it', 'add --yes');
  const what =
    only === true ? `Forget ${calledText(device)}, and its key?` : `Reset ${calledText(device)}? It forgets all.`;
  if (!(await questions.confirm(what))) throw new SelvageError('cancelled', 'it was not confirmed');
}

function wrong(problem: string, remedy?: string): SelvageError {
  return new SelvageError('invalid-argument', problem, { remedy });
}
