import { SelvageError } from '@selvage/core';
import type { ResumedOutcome, Uuid } from '@selvage/ocf';
import type { Report } from '../ca/report.js';
import type { Surface } from '../terminal/surface.js';
import { calledText } from './language/device-name.js';
import { noNetwork } from './network/no-network.js';
import { Operator } from './operator.js';
import type { SiteOptions } from './options.js';
import { Site } from './site/site.js';

type Work<T> = (operator: Operator) => Promise<T>;

/**
 * Works with the devices of a site, and changes what it knows of them. What an earlier command left unfinished is brought
 * to an end first, and said.
 * @throws SelvageError that names the step.
 */
export async function withOperator<T>(
  surface: Surface,
  report: Report,
  options: SiteOptions,
  work: Work<T>,
): Promise<T> {
  return onSite(await Site.open(surface, options.site), surface, options, async (operator) => {
    await resumeAll(operator, report);
    return work(operator);
  });
}

/**
 * The same for a site that is made where there is none.
 * @param prepare what is done with the site before
 */
export async function withNewOperator<T>(
  surface: Surface,
  report: Report,
  options: SiteOptions,
  work: Work<T>,
  prepare: (site: Site) => Promise<void> = () => Promise.resolve(),
): Promise<T> {
  const site = await Site.openOrMake(surface, options.site);
  tellNew(report, site);
  try {
    await prepare(site);
    return await onSite(site, surface, options, async (operator) => {
      await resumeAll(operator, report);
      return work(operator);
    });
  } finally {
    await site.close();
  }
}

/**
 * Works with the devices of a site, and changes nothing that it keeps: other commands can work with it at the same time.
 * @throws SelvageError that names the step.
 */
export async function withReader<T>(surface: Surface, options: SiteOptions, work: Work<T>): Promise<T> {
  const site = await Site.open(surface, options.site);
  const operator = await Operator.open(surface, site, options).finally(() => site.close());
  try {
    return await work(operator);
  } finally {
    await operator.close();
    if (operator.moved.length > 0) await noteMoved(surface, options, operator.moved);
  }
}

/** Works with what a site knows, and asks no device. @throws SelvageError that names the step. */
export async function withKnowledge<T>(surface: Surface, options: SiteOptions, work: Work<T>): Promise<T> {
  const site = await Site.open(surface, options.site);
  const operator = await Operator.on(noNetwork, surface, site).finally(() => site.close());
  try {
    return await work(operator);
  } finally {
    await operator.close();
  }
}

/** Has the site know where devices are now. What keeps it from that is no failure: they will be looked for again. */
async function noteMoved(surface: Surface, options: SiteOptions, moved: readonly Uuid[]): Promise<void> {
  try {
    await onSite(await Site.open(surface, options.site), surface, options, async (operator) => {
      for (const device of moved) await operator.reach(operator.called(device));
    });
  } catch (error) {
    if (!(error instanceof SelvageError)) throw error;
  }
}

/** Says that a site was made. */
export function tellNew(report: Report, { folder, settings, isNew }: Site): void {
  if (!isNew) return;
  const { owner, domain, name } = settings;
  report.tell({
    event: 'site',
    data: { site: folder, owner, domain, name },
    lines: [
      `made the site ${JSON.stringify(name)} in ${folder}: keep that folder, for its keys are those of your devices`,
    ],
  });
}

async function onSite<T>(site: Site, surface: Surface, options: SiteOptions, work: Work<T>): Promise<T> {
  try {
    const operator = await Operator.open(surface, site, options);
    try {
      const result = await work(operator);
      await site.notes.keepOnly(operator.tool.devices().map(({ device }) => device));
      return result;
    } finally {
      await operator.close();
    }
  } finally {
    await site.close();
  }
}

/** Takes up what a command left that was killed, or a device that fell silent on its path. */
async function resumeAll(operator: Operator, report: Report): Promise<void> {
  const { tool } = operator;
  if (tool.unfinished().length === 0) return;
  const names = new Map(operator.devices().map((one) => [one.device, calledText(one)]));
  for (const { device, outcome, error } of await tool.resume()) {
    const why = error === undefined ? '' : `: ${error.message}; ${error.remedy ?? 'the next command tries again'}`;
    report.tell({
      event: 'resumed',
      data: { device, outcome, ...(error && { error }) },
      lines: [`${names.get(device) ?? device}: ${outcomes[outcome]}${why}`],
    });
  }
}

const outcomes: Readonly<Record<ResumedOutcome, string>> = {
  finished: 'what an earlier command left unfinished is finished now',
  undone: 'what an earlier command left unfinished is undone now',
  unknown: 'what an earlier command left unfinished stays so',
};
