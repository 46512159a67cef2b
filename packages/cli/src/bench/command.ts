import type { Command } from 'commander';
import { exitCode } from '@selvage/core';
import { Report } from '../ca/report.js';
import { wholeNumber } from '../dtls/options.js';
import type { Surface } from '../terminal/surface.js';
import { benchCrypto, type BenchOptions } from './crypto.js';

const examples = `
Examples:
    $ selvage bench crypto
    $ selvage bench crypto --seconds 3 --json

Exit codes: 0 all was measured · 64 an option cannot be used
`;

const benchExamples = `
Examples:
    $ selvage bench crypto
`;

/** `selvage bench`. */
export function addBenchCommand(program: Command, surface: Surface, finish: (exitCode: number) => void): void {
  const bench = program
    .command('bench')
    .summary('what acceleration is worth on this machine')
    .description('Measures on this machine. In a clone, npm run bench measures much more, beside other programs.')
    .addHelpText('after', benchExamples);
  bench
    .command('crypto')
    .summary('native cryptography against portable')
    .description(
      'Measures what a device and its owner do, on the accelerated engine of the cryptographic core and on the portable ' +
        'one: booting, joining a network, changing owners.',
    )
    .option('--seconds <seconds>', 'how long to measure, about', wholeNumber(1, 25), 12)
    .option('--json', 'one JSON object a line on standard output', false)
    .addHelpText('after', examples)
    .action(async (options: BenchOptions) => {
      const report = new Report(surface, options.json);
      try {
        await benchCrypto(surface, report, options);
        finish(0);
      } catch (error) {
        report.fail(error);
        finish(exitCode(error));
      }
    });
}
