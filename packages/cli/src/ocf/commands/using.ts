import type { Command } from 'commander';
import { wholeNumber } from '../../dtls/options.js';
import type { Surface } from '../../terminal/surface.js';
import { addSiteOptions, type SiteOptions } from '../options.js';
import { type Finish, perform, performToEnd } from '../../terminal/perform.js';
import { get } from '../verbs/get.js';
import { observe, type ObserveOptions } from '../verbs/observe.js';
import { set } from '../verbs/set.js';
import { siteExitCodes, useExamples } from './examples.js';

const help = `${useExamples}${siteExitCodes}`;
const device = ['<device>', 'by name, UUID, or a beginning of either'] as const;

/** What an owner does with its devices every day. */
export function addUsingCommands(program: Command, surface: Surface, finish: Finish): void {
  addSiteOptions(program.command('get'), surface)
    .summary('read a device')
    .description('Reads a resource of a device; without a path, all that the device is for.')
    .argument(...device)
    .argument('[path]', 'such as /switch')
    .addHelpText('after', help)
    .action((called: string, path: string | undefined, options: SiteOptions) =>
      perform(surface, options, finish, (report) => get(surface, report, { called, path }, options)),
    );
  addSiteOptions(program.command('set'), surface)
    .summary('change a device')
    .description('Changes properties of a resource, and shows the resource as it is then.')
    .argument(...device)
    .argument('<path>', 'such as /switch')
    .argument('<name=value...>', 'properties and their new values')
    .addHelpText('after', help)
    .action((called: string, path: string, assignments: readonly string[], options: SiteOptions) =>
      perform(surface, options, finish, (report) => set(surface, report, { called, path, assignments }, options)),
    );
  addSiteOptions(program.command('observe'), surface)
    .summary('watch a device')
    .description('Shows a resource as it is, and each change of it, until Ctrl-C.')
    .argument(...device)
    .argument('<path>', 'such as /switch')
    .option('--count <n>', 'end after so many', wholeNumber(1, 1_000_000))
    .addHelpText('after', help)
    .action((called: string, path: string, options: ObserveOptions) =>
      performToEnd(surface, options, finish, (report) => observe(surface, report, { called, path }, options)),
    );
}
