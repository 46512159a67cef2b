import type { Command } from 'commander';
import { wholeNumber } from '../../dtls/options.js';
import type { Surface } from '../../terminal/surface.js';
import { channelList } from '../dataset/options.js';
import { type Finish, performToEnd } from '../../terminal/perform.js';
import { radioOption } from '../radio/radio-name.js';
import { scan, type ScanVerbOptions } from '../scan/scan.js';
import { attachExamples, nodeExitCodes, pingExamples, scanExamples, statusExamples, udpExamples } from './examples.js';
import { attachVerb, type PingOptions, pingVerb, statusVerb, type UdpOptions, udpVerb } from './verbs.js';
import type { NodeOptions } from './with-node.js';

const allChannels = Array.from({ length: 16 }, (_, index) => 11 + index);
const largestPing = 1232;
const what = ['<dataset>', 'hexadecimal, a file that holds it, or - for standard input'] as const;

/** `selvage thread scan`, `attach`, `status`, `ping` and `udp`. */
export function addNodeCommands(thread: Command, surface: Surface, finish: Finish): void {
  withRadio(thread.command('scan'))
    .summary('who is in range')
    .description('Asks on each channel which networks there are. It needs no key.')
    .option('--channels <list>', 'where to ask, such as 11-26 or 15,20', channelList, allChannels)
    .addHelpText('after', scanExamples)
    .action((options: ScanVerbOptions) => performToEnd(surface, options, finish, () => scan(surface, options)));

  asNode(thread.command('attach'))
    .summary('be a child of a network')
    .description('Attaches to a network and tells what happens, until Ctrl-C.')
    .addHelpText('after', `${attachExamples}${nodeExitCodes}`)
    .action((dataset: string, options: NodeOptions) =>
      performToEnd(surface, options, finish, () => attachVerb(surface, dataset, options)),
    );

  asNode(thread.command('status'))
    .summary('attach, and show place and addresses')
    .description('Attaches to a network and shows the place, the addresses and the prefixes that this gives.')
    .addHelpText('after', `${statusExamples}${nodeExitCodes}`)
    .action((dataset: string, options: NodeOptions) =>
      performToEnd(surface, options, finish, () => statusVerb(surface, dataset, options)),
    );

  asNode(thread.command('ping'))
    .summary('ping a node of a network')
    .description('Attaches to a network and sends echo requests.')
    .argument('<address>', 'an IPv6 address of the mesh, or a group')
    .option('--count <number>', 'how many', wholeNumber(1, 1_000_000), 4)
    .option('--size <bytes>', 'of data', wholeNumber(0, largestPing), 8)
    .option('--wait <seconds>', 'for each answer', wholeNumber(1, 600), 3)
    .addHelpText('after', `${pingExamples}${nodeExitCodes}`)
    .action((dataset: string, address: string, options: PingOptions) =>
      performToEnd(surface, options, finish, () => pingVerb(surface, dataset, address, options)),
    );

  asNode(thread.command('udp'))
    .summary('send a datagram, or hear some')
    .description('Attaches to a network, sends a datagram and shows what comes back, or listens on a port.')
    .argument('[address]', 'an IPv6 address of the mesh, or a group')
    .argument('[port]', 'to which port', wholeNumber(1, 0xffff))
    .argument('[text]', 'what to send')
    .option('--listen <port>', 'speak from this port, and listen until Ctrl-C', wholeNumber(1, 0xffff))
    .option('--wait <seconds>', 'how long answers are shown', wholeNumber(0, 86_400), 3)
    .addHelpText('after', `${udpExamples}${nodeExitCodes}`)
    .action(
      (
        dataset: string,
        address: string | undefined,
        port: number | undefined,
        text: string | undefined,
        options: UdpOptions,
      ) =>
        performToEnd(surface, options, finish, async () => {
          const to = address === undefined || port === undefined ? undefined : { address, port, text: text ?? '' };
          await udpVerb(surface, dataset, to, options);
        }),
    );
}

function asNode(command: Command): Command {
  return withRadio(command)
    .argument(...what)
    .option('--sleepy', 'with the receiver off, but to poll')
    .option('--timeout <seconds>', 'how long attaching may take', wholeNumber(1, 3600), 30);
}

function withRadio(command: Command): Command {
  return command.addOption(radioOption()).option('--json', 'one JSON object a line on standard output', false);
}
