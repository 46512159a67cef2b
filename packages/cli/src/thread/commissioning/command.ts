import { type Command, Option } from 'commander';
import { parseHostAndPort } from '../../dtls/address.js';
import { wholeNumber } from '../../dtls/options.js';
import { type Finish, performToEnd } from '../../terminal/perform.js';
import type { Surface } from '../../terminal/surface.js';
import { channelList } from '../dataset/options.js';
import { asNode, datasetArgument, withRadio } from '../node/as-node.js';
import { admitVerb } from './admit.js';
import { type BorderAgentOptions, borderAgentVerb, type ShareOptions, shareVerb } from './border-agent.js';
import { type CommissionOptions, commissionVerb } from './commission.js';
import * as examples from './examples.js';
import { type JoinVerbOptions, joinVerb, labelVerb } from './join.js';
import { addJudgement } from './joiners/judgement.js';
import { commissionerStatusVerb } from './status.js';
import { addSurveyCommands } from './survey/command.js';
import { addWayIn, mdnsOption, type WayInOptions } from './way-in/options.js';

const allChannels = Array.from({ length: 16 }, (_, index) => 11 + index);
const [longestTime, longestShare] = [86_400, 600] as const;
const pskd = ['--pskd-file <file>', 'the passphrase is its first line (or SELVAGE_THREAD_PSKD, or asked for)'] as const;

const joinerExamples = `
Examples:
  The text of the QR code for a label, and the device that has it:
    $ selvage thread joiner label J01NME --eui64 18b4300000000002
    $ selvage thread joiner start J01NME --eui64 18b4300000000002 --out joined.dataset
`;

const commissionerExamples = `
Examples:
  Who lets devices in, and which channel is quietest:
    $ selvage thread commissioner status --dataset home.dataset
    $ selvage thread commissioner energy --at 127.0.0.1:49191 --dataset home.dataset
`;

/** `selvage thread joiner`, `commission`, `admit`, `commissioner`, `border-agent` and `share`. */
export function addCommissioningCommands(thread: Command, surface: Surface, finish: Finish): void {
  addJoiner(thread, surface, finish);
  addCommissioner(thread, surface, finish);
  addAgents(thread, surface, finish);
}

function addJoiner(thread: Command, surface: Surface, finish: Finish): void {
  const joiner = thread
    .command('joiner')
    .summary('a device that holds nothing but a passphrase')
    .description('Joins a network as a device does that holds nothing but the passphrase on its label.')
    .addHelpText('after', joinerExamples);

  withRadio(joiner.command('start'), surface)
    .argument('[passphrase]', 'as on the label (PSKd): 6 to 32 digits and letters without I, O, Q and Z')
    .summary('join the network that expects this device')
    .description('Looks for a network that expects it, proves its passphrase and is given the dataset.')
    .option('--eui64 <hex>', 'who it is, 16 hexadecimal digits (default: drawn)')
    .option('--discerner <value/length>', 'the last bits of its joiner ID, such as 0xabc/12')
    .option('--qr <text>', 'who it is and the passphrase, as the QR code says it')
    .option(...pskd)
    .addOption(
      new Option('--channels <list>', 'where to look, such as 11-26 or 15,20')
        .argParser(channelList)
        .default(allChannels, 'all'),
    )
    .option('--vendor <name>', 'what it tells the commissioner of itself', 'Selvage')
    .option('--model <name>', 'likewise', 'selvage')
    .option('--software-version <text>', 'likewise', '0.1.0')
    .option('--provisioning-url <url>', 'likewise: where it is set up')
    .option('--out <file>', 'write the dataset there, for its owner alone, instead of showing it')
    .option('--keep', 'the site is on this network from now on')
    .option('--attach', 'attach to the network afterwards, to see that it takes the device')
    .option('--timeout <seconds>', 'how long attaching may take', wholeNumber(1, longestTime), 30)
    .addHelpText('after', `${examples.joinerStartExamples}${examples.commissioningExitCodes}`)
    .action((passphrase: string | undefined, options: JoinVerbOptions) =>
      performToEnd(surface, options, finish, () => joinVerb(surface, passphrase, options)),
    );

  joiner
    .command('label')
    .argument('[passphrase]', 'its passphrase (PSKd)')
    .summary('the text of the QR code for a label')
    .description("Makes the text of the QR code for a device's label. It has the passphrase.")
    .requiredOption('--eui64 <hex>', "the device's EUI-64")
    .option(...pskd)
    .option('--json', 'one JSON object a line on standard output', false)
    .addHelpText('after', examples.joinerLabelExamples)
    .action((passphrase: string | undefined, options: Parameters<typeof labelVerb>[2]) =>
      performToEnd(surface, options, finish, () => labelVerb(surface, passphrase, options)),
    );
}

function addCommissioner(thread: Command, surface: Surface, finish: Finish): void {
  admitting(addWayIn(thread.command('commission'), surface))
    .argument('[joiner]', 'its EUI-64, a discerner such as 0xabc/12, or any')
    .argument('[passphrase]', 'as on its label (PSKd)')
    .summary('let a device into a network')
    .description('Lets a device in by its passphrase, and shows each step until it has joined or time is over.')
    .option('--qr <text>', 'who it is and the passphrase, as the QR code on it says it')
    .option(...pskd)
    .addHelpText('after', `${examples.commissionExamples}${examples.commissioningExitCodes}`)
    .action((joiner: string | undefined, passphrase: string | undefined, options: CommissionOptions) =>
      performToEnd(surface, options, finish, () => commissionVerb(surface, joiner, passphrase, options)),
    );

  admitting(addWayIn(thread.command('admit'), surface))
    .argument('<list>', 'a file with a line for each device, or - for standard input')
    .summary('let all devices of a list into a network')
    .description('Lets several devices in at once, and shows how far each is.')
    .addHelpText('after', `${examples.admitExamples}${examples.commissioningExitCodes}`)
    .action((list: string, options: CommissionOptions) =>
      performToEnd(surface, options, finish, () => admitVerb(surface, list, options)),
    );

  const commissioner = thread
    .command('commissioner')
    .summary('who lets devices into a network, and what nodes do for it')
    .description("A network's commissioner: who it is, and what it can have nodes do.")
    .addHelpText('after', commissionerExamples);
  addWayIn(commissioner.command('status'), surface)
    .summary('who commissions, and whether anybody may join')
    .description('Asks the leader who commissions the network, and whom it expects.')
    .addHelpText('after', `${examples.statusExamples}${examples.commissioningExitCodes}`)
    .action((options: WayInOptions) =>
      performToEnd(surface, options, finish, () => commissionerStatusVerb(surface, options)),
    );
  addSurveyCommands(commissioner, surface, finish);
}

function admitting(command: Command): Command {
  return addJudgement(command)
    .option('--time <seconds>', 'how long the device is waited for', wholeNumber(1, longestTime), 120)
    .option('--count <number>', 'how many join by a discerner or any', wholeNumber(1, 1000), 1);
}

function addAgents(thread: Command, surface: Surface, finish: Finish): void {
  agent('border-agent', '0.0.0.0:49191')
    .summary('let commissioners into a network that know its PSKc')
    .description('Is a node of a network and its border agent, until Ctrl-C.')
    .addHelpText('after', examples.borderAgentExamples)
    .action((dataset: string | undefined, options: BorderAgentOptions) =>
      performToEnd(surface, options, finish, () => borderAgentVerb(surface, dataset, options)),
    );

  agent('share', '0.0.0.0:49192')
    .summary('let one commissioner in by nine digits')
    .description('Shows a one-time passcode (ePSKc) and is a border agent for one who has it.')
    .option('--time <seconds>', 'how long it is good', wholeNumber(1, longestShare), 120)
    .option('--alone', 'as a node of its own, even where a border agent of the network runs on this host')
    .addHelpText('after', examples.shareExamples)
    .action((dataset: string | undefined, options: ShareOptions) =>
      performToEnd(surface, options, finish, () => shareVerb(surface, dataset, options)),
    );

  function agent(name: string, where: string): Command {
    return asNode(thread.command(name), surface)
      .argument(...datasetArgument)
      .addOption(
        new Option('--listen <host:port>', 'where commissioners reach it')
          .argParser(parseHostAndPort)
          .default(parseHostAndPort(where), where),
      )
      .addOption(mdnsOption())
      .option('--name <text>', 'by which multicast DNS knows it')
      .option('--form', 'form the network of the dataset instead of looking for it');
  }
}
