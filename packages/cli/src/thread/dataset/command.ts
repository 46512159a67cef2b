import type { Command } from 'commander';
import type { Surface } from '../../terminal/surface.js';
import { datasetExitCodes, newExamples, pskcExamples, setExamples, showExamples } from './examples.js';
import {
  addFieldOptions,
  addPassphrase,
  addSetOptions,
  type FieldOptions,
  type PskcOptions,
  type SetOptions,
  type ShowOptions,
} from './options.js';
import { type Finish, performToEnd } from '../../terminal/perform.js';
import { addNetworkDatasetCommands } from '../commissioning/datasets/command.js';
import { newDataset, pskc, set, show } from './verbs.js';

const what = ['<dataset>', 'hexadecimal, a file that holds it, or - for standard input'] as const;

const datasetExamples = `
Examples:
  Make one, read it, and ask a network for the one that is in force:
    $ selvage thread dataset new --name home --channel 15 > home.dataset
    $ selvage thread dataset show home.dataset
    $ selvage thread dataset get --at 127.0.0.1:49191 --dataset home.dataset
`;

/** `selvage thread dataset`. */
export function addDatasetCommand(thread: Command, surface: Surface, finish: Finish): void {
  const dataset = thread
    .command('dataset')
    .summary('what the nodes of a network have in common')
    .description(
      "Operational datasets, in the hexadecimal that OpenThread's tools exchange. A dataset holds the network key: whoever " +
        'has it is in the network.',
    )
    .addHelpText('after', datasetExamples);

  addFieldOptions(dataset.command('new'))
    .summary('make a dataset for a new network')
    .description('Makes an active dataset. What is not given is drawn, or what a fresh network has.')
    .addHelpText('after', `${newExamples}${datasetExitCodes}`)
    .action((options: FieldOptions) => performToEnd(surface, options, finish, () => newDataset(surface, options)));

  dataset
    .command('show')
    .summary('show what a dataset says')
    .description('Shows the fields of a dataset in its own order, and what is wrong with it.')
    .argument(...what)
    .option('--secrets', 'show the network key and the PSKc too')
    .option('--json', 'one JSON object a line on standard output', false)
    .addHelpText('after', `${showExamples}${datasetExitCodes}`)
    .action((argument: string, options: ShowOptions) =>
      performToEnd(surface, options, finish, () => show(surface, argument, options)),
    );

  addSetOptions(dataset.command('set'))
    .summary('change fields of a dataset, by hand')
    .description(
      'Changes fields; the others, unknown ones and the order stay. Warns of what nodes would trip over. No network ' +
        'hears of it: apply gives the result to one, and migrate and rotate-key change one that is there.',
    )
    .argument(...what)
    .addHelpText('after', `${setExamples}${datasetExitCodes}`)
    .action((argument: string, options: SetOptions) =>
      performToEnd(surface, options, finish, () => set(surface, argument, options)),
    );

  addPassphrase(dataset.command('pskc'))
    .summary('derive the key of commissioners from a passphrase')
    .description('Derives the PSKc from the passphrase, the network name and the extended PAN id.')
    .argument('[dataset]', what[1])
    .option('--name <text>', "the network's name")
    .option('--ext-pan <hex>', 'the extended PAN id, 16 hexadecimal digits')
    .option('--json', 'one JSON object a line on standard output', false)
    .addHelpText('after', `${pskcExamples}${datasetExitCodes}`)
    .action((argument: string | undefined, options: PskcOptions) =>
      performToEnd(surface, options, finish, () => pskc(surface, argument, options)),
    );

  addNetworkDatasetCommands(dataset, surface, finish);
}
