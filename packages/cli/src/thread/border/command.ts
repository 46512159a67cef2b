import { type Command, Option } from 'commander';
import type { Surface } from '../../terminal/surface.js';
import { type Finish, performToEnd } from '../../terminal/perform.js';
import { asNode, datasetArgument } from '../node/as-node.js';
import { borderVerb } from './border.js';
import { borderExamples } from './examples.js';
import { type BorderOptions, gatherPrefix, ip6Address, meshPrefix } from './options.js';

/** `selvage thread border`. */
export function addBorderCommand(thread: Command, surface: Surface, finish: Finish): void {
  asNode(thread.command('border'), surface)
    .argument(...datasetArgument)
    .summary("join a mesh to this host's IPv6")
    .description(
      'Makes this host the border router of a mesh, until Ctrl-C: each reaches the other by IPv6. Needs root.',
    )
    .requiredOption('--tun <name>', 'the interface to open, such as wpan0')
    .requiredOption(
      '--prefix <prefix>',
      'of which the nodes make themselves addresses, such as fd11:22::/64',
      meshPrefix,
    )
    .option('--host-address <address>', "this host's own address of the prefix (default: the first)", ip6Address)
    .option('--route <prefix>', 'what else the mesh reaches through this host (may be repeated)', gatherPrefix)
    .option('--no-default-route', 'do not be the way to everywhere')
    .addOption(
      new Option('--preference <preference>', 'among several border routers')
        .choices(['low', 'medium', 'high'])
        .default('medium'),
    )
    .option('--form', 'form the network of the dataset instead of looking for it')
    .addHelpText('after', borderExamples)
    .action((dataset: string | undefined, options: BorderOptions) =>
      performToEnd(surface, options, finish, () => borderVerb(surface, dataset, options)),
    );
}
