import type { Command } from 'commander';
import { wholeNumber } from '../../dtls/options.js';
import { type Finish, performToEnd } from '../../terminal/perform.js';
import type { Surface } from '../../terminal/surface.js';
import { asNode, datasetArgument } from '../node/as-node.js';
import { nodeExitCodes } from '../node/examples.js';
import type { NodeOptions } from '../node/with-node.js';
import { optionalAddress } from '../node/words.js';
import { type DiagOptions, diagVerb } from './diag.js';
import { diagExamples, formExamples, netdataExamples, rotateKeyExamples, topologyExamples } from './examples.js';
import { formVerb } from './form.js';
import { netdataVerb } from './netdata.js';
import { typeList } from './options.js';
import { rotateKeyVerb } from './rotate-key.js';
import { type TopologyOptions, topologyVerb } from './topology.js';

const longest = 3600;

/** `selvage thread form`, `topology`, `diag`, `netdata` and `rotate-key`. */
export function addMeshCommands(thread: Command, surface: Surface, finish: Finish): void {
  plain('form', formVerb)
    .summary('form a network, and lead it')
    .description('Forms the network of a dataset as its leader, at once, and tells what happens, until Ctrl-C.')
    .addHelpText('after', `${formExamples}${nodeExitCodes}`);

  asNode(thread.command('topology'), surface)
    .argument(...datasetArgument)
    .summary('draw the mesh: who hears whom, and how well')
    .description('Draws the mesh with roles, link qualities, children and partitions: live on a terminal, else once.')
    .option('--once', 'draw it once, also on a terminal')
    .option('--every <seconds>', 'how often it is looked at', wholeNumber(1, longest), 5)
    .option('--wait <seconds>', 'for answers', wholeNumber(1, longest), 3)
    .addHelpText('after', `${topologyExamples}${nodeExitCodes}`)
    .action((dataset: string | undefined, options: TopologyOptions) =>
      performToEnd(surface, options, finish, () => topologyVerb(surface, dataset, options)),
    );

  asNode(thread.command('diag'), surface)
    .usage('[options] [dataset] [address]')
    .argument('[words...]', `the dataset (${datasetArgument[1]}), and whom to ask: all nodes where it is left out`)
    .summary('what nodes say of themselves')
    .description(
      'Asks one node, or all of them, by Network Diagnostics: who they are, whom they hear, what they counted.',
    )
    .option('--types <list>', 'what to ask, by name or number', typeList)
    .option('--reset', 'have the node begin to count anew, instead')
    .option('--wait <seconds>', 'for answers', wholeNumber(1, longest), 3)
    .addHelpText('after', `${diagExamples}${nodeExitCodes}`)
    .action((words: readonly string[], options: DiagOptions) =>
      performToEnd(surface, options, finish, async () => {
        const { dataset, address } = optionalAddress(words);
        await diagVerb(surface, dataset, address, options);
      }),
    );

  plain('netdata', netdataVerb)
    .summary('prefixes, routes and services of the mesh')
    .description('Shows the network data that the leader gives to every node.')
    .addHelpText('after', `${netdataExamples}${nodeExitCodes}`);

  plain('rotate-key', rotateKeyVerb)
    .summary('move the mesh to its next key sequence')
    .description('Moves the key sequence on by one. The network key stays: it locks nobody out.')
    .addHelpText('after', `${rotateKeyExamples}${nodeExitCodes}`);

  function plain(
    name: string,
    verb: (surface: Surface, dataset: string | undefined, options: NodeOptions) => Promise<void>,
  ): Command {
    return asNode(thread.command(name), surface)
      .argument(...datasetArgument)
      .action((dataset: string | undefined, options: NodeOptions) =>
        performToEnd(surface, options, finish, () => verb(surface, dataset, options)),
      );
  }
}
