import type { Command } from 'commander';
import { type Finish, performToEnd } from '../terminal/perform.js';
import type { Surface } from '../terminal/surface.js';
import { simExamples } from './examples.js';
import { durationOption, type SimOptions, speedOption } from './options.js';
import { runScenario } from './run.js';

/** `selvage sim`. */
export function addSimCommand(program: Command, surface: Surface, finish: Finish): void {
  const sim = program
    .command('sim')
    .summary('virtual worlds: hundreds of Thread nodes, scripted faults, a seed')
    .description('Virtual worlds of Thread nodes in virtual time.');
  sim
    .command('run')
    .summary('run a scenario')
    .description('Runs a scenario: nodes, what is done to them, and what must hold.')
    .argument('<scenario>', 'a YAML file')
    .option('--seed <seed>', 'instead of the scenario’s')
    .option('--until <duration>', 'end at this virtual time, such as 10m', durationOption)
    .option('--speed <times>', 'times real time, or max', speedOption)
    .option('--pcap <file>', 'keep every frame as pcapng')
    .option('--json', 'one JSON object a line on standard output', false)
    .addHelpText('after', simExamples)
    .action((scenario: string, options: SimOptions) =>
      performToEnd(surface, options, finish, (report) => runScenario(surface, scenario, options, report)),
    );
}
