import type { Command } from 'commander';
import { type Finish, performToEnd } from '../terminal/perform.js';
import type { Surface } from '../terminal/surface.js';
import { wholeNumber } from '../dtls/options.js';
import { type ChaosCommandOptions, runChaos } from './chaos.js';
import { chaosExamples, simExamples, worldExamples } from './examples.js';
import { durationOption, type SimOptions, speedOption } from './options.js';
import { runScenario } from './run.js';

const [mostSeeds, mostNodes, mostHours] = [1_000_000, 1000, 1000] as const;

/** `selvage sim`. */
export function addSimCommand(program: Command, surface: Surface, finish: Finish): void {
  const sim = program
    .command('sim')
    .summary('virtual worlds: hundreds of Thread nodes, scripted faults, a seed')
    .description('Virtual worlds of Thread nodes in virtual time.')
    .addHelpText('after', worldExamples);
  sim
    .command('run')
    .summary('run a scenario')
    .description('Runs a scenario: nodes, what is done to them, and what must hold.')
    .argument('<scenario>', 'a YAML file')
    .option('--seed <seed>', 'instead of the scenario’s')
    .option('--until <duration>', 'end at this virtual time, such as 10m', durationOption)
    .option('--speed <times>', 'times real time, or max', speedOption)
    .option('--pcap <file>', 'keep every frame as pcapng')
    .option('--energy', 'tell what each node would have drawn as an nRF52840', false)
    .option('--json', 'one JSON object a line on standard output', false)
    .addHelpText('after', simExamples)
    .action((scenario: string, options: SimOptions) =>
      performToEnd(surface, options, finish, (report) => runScenario(surface, scenario, options, report)),
    );
  sim
    .command('chaos')
    .summary('strike meshes at random, and see whether they heal')
    .description('Strikes meshes at random, seed by seed: kills, power cuts, walks, jams, losses; then quiet.')
    .option('--seed <number>', 'the first', wholeNumber(0, mostSeeds), 1)
    .option('--seeds <number>', 'how many', wholeNumber(1, mostSeeds), 1)
    .option('--nodes <number>', 'in each world', wholeNumber(2, mostNodes), 100)
    .option('--hours <number>', 'of virtual time', wholeNumber(1, mostHours), 2)
    .option('--write <file>', 'write the scenario of the first seed instead, to run it by hand')
    .option('--json', 'one JSON object a line on standard output', false)
    .addHelpText('after', chaosExamples)
    .action((options: ChaosCommandOptions) =>
      performToEnd(surface, options, finish, (report) => runChaos(surface, options, report)),
    );
}
