import type { Command } from 'commander';
import { wholeNumber } from '../../dtls/options.js';
import type { Surface } from '../../terminal/surface.js';
import { type Finish, performToEnd } from '../../terminal/perform.js';
import { radioOption } from '../radio/radio-name.js';
import { addSiteOption } from '../../ocf/options.js';
import { sniffExamples } from './examples.js';
import type { SniffOptions } from './options.js';
import { sniff } from './sniff.js';

/** `selvage thread sniff`. */
export function addSniffCommand(thread: Command, surface: Surface, finish: Finish): void {
  addSiteOption(thread.command('sniff'), surface)
    .summary('listen to the air')
    .description('Shows every frame on the air, and keeps them as Wireshark opens them.')
    .addOption(radioOption())
    .option('--channel <number>', 'only this channel, 11 to 26', wholeNumber(11, 26))
    .option('--keys <dataset>', 'opens what a network says: a dataset, or a file (may be repeated)', gather)
    .option(
      '--write <file>',
      'keep the frames as pcapng; with --keys also DANGER: the keys, in <file>.wireshark; - for standard output',
    )
    .option('--count <frames>', 'end after so many frames', wholeNumber(1, 1_000_000_000))
    .option('--seconds <seconds>', 'end after so long', wholeNumber(1, 1_000_000))
    .option('--json', 'one JSON object a line on standard output', false)
    .addHelpText('after', sniffExamples)
    .action((options: SniffOptions) => performToEnd(surface, options, finish, () => sniff(surface, options)));
}

function gather(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
}
