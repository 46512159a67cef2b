import { type Command, Option } from 'commander';
import { wholeNumber } from '../../dtls/options.js';
import type { Surface } from '../../terminal/surface.js';
import { channelList } from '../dataset/options.js';
import { type Finish, performToEnd } from '../../terminal/perform.js';
import { scan, type ScanVerbOptions } from '../scan/scan.js';
import { asNode, datasetArgument, withRadio } from './as-node.js';
import { attachExamples, nodeExitCodes, pingExamples, scanExamples, statusExamples, udpExamples } from './examples.js';
import { attachVerb, type PingOptions, pingVerb, statusVerb, type UdpOptions, udpVerb } from './verbs.js';
import type { NodeOptions } from './with-node.js';
import { pingWords, udpWords } from './words.js';

const allChannels = Array.from({ length: 16 }, (_, index) => 11 + index);
const largestPing = 1232;

/** `selvage thread scan`, `attach`, `status`, `ping` and `udp`. */
export function addNodeCommands(thread: Command, surface: Surface, finish: Finish): void {
  withRadio(thread.command('scan'), surface)
    .summary('who is in range')
    .description('Asks on each channel which networks there are. It needs no key.')
    .addOption(
      new Option('--channels <list>', 'where to ask, such as 11-26 or 15,20')
        .argParser(channelList)
        .default(allChannels, 'all'),
    )
    .addHelpText('after', scanExamples)
    .action((options: ScanVerbOptions) => performToEnd(surface, options, finish, () => scan(surface, options)));

  asChild(thread.command('attach'), surface)
    .argument(...datasetArgument)
    .summary('be a node of a network')
    .description('Attaches to a network as a child and tells what happens, until Ctrl-C.')
    .addOption(new Option('--router', 'become a router where the mesh needs one').conflicts('sleepy'))
    .addHelpText('after', `${attachExamples}${nodeExitCodes}`)
    .action((dataset: string | undefined, options: NodeOptions) =>
      performToEnd(surface, options, finish, () => attachVerb(surface, dataset, options)),
    );

  asChild(thread.command('status'), surface)
    .argument(...datasetArgument)
    .summary('attach, and show place and addresses')
    .description('Attaches to a network and shows the place, the addresses and the prefixes that this gives.')
    .addHelpText('after', `${statusExamples}${nodeExitCodes}`)
    .action((dataset: string | undefined, options: NodeOptions) =>
      performToEnd(surface, options, finish, () => statusVerb(surface, dataset, options)),
    );

  asChild(thread.command('ping'), surface)
    .summary('ping a node of a network')
    .description('Attaches to a network and sends echo requests.')
    .usage('[options] [dataset] <address>')
    .argument('<words...>', `the dataset (${datasetArgument[1]}), and an IPv6 address of the mesh, or a group`)
    .option('--count <number>', 'how many', wholeNumber(1, 1_000_000), 4)
    .option('--size <bytes>', 'of data', wholeNumber(0, largestPing), 8)
    .option('--wait <seconds>', 'for each answer', wholeNumber(1, 600), 3)
    .addHelpText('after', `${pingExamples}${nodeExitCodes}`)
    .action((words: readonly string[], options: PingOptions) =>
      performToEnd(surface, options, finish, async () => {
        const { dataset, address } = pingWords(words);
        await pingVerb(surface, dataset, address, options);
      }),
    );

  asChild(thread.command('udp'), surface)
    .summary('send a datagram, or hear some')
    .description('Attaches to a network, sends a datagram and shows what comes back, or listens on a port.')
    .usage('[options] [dataset] [address] [port] [text]')
    .argument(
      '[words...]',
      `the dataset (${datasetArgument[1]}), and to which IPv6 address or group, which port, and what`,
    )
    .option('--listen <port>', 'speak from this port, and listen until Ctrl-C', wholeNumber(1, 0xffff))
    .option('--wait <seconds>', 'how long answers are shown', wholeNumber(0, 86_400), 3)
    .addHelpText('after', `${udpExamples}${nodeExitCodes}`)
    .action((words: readonly string[], options: UdpOptions) =>
      performToEnd(surface, options, finish, async () => {
        const { dataset, to } = udpWords(words);
        await udpVerb(surface, dataset, to, options);
      }),
    );
}

function asChild(command: Command, surface: Surface): Command {
  return asNode(command, surface).option('--sleepy', 'with the receiver off, but to poll');
}
