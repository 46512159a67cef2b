import { type Command, Option } from 'commander';
import { wholeNumber } from '../../../dtls/options.js';
import { type Finish, performToEnd } from '../../../terminal/perform.js';
import type { Surface } from '../../../terminal/surface.js';
import { channelList, panNumber } from '../../dataset/options.js';
import { typeList } from '../../mesh/options.js';
import * as examples from '../examples.js';
import { addWayIn } from '../way-in/options.js';
import { type AnnounceOptions, announceVerb } from './announce.js';
import { type DiagnosisOptions, diagnosisVerb } from './diagnosis.js';
import { type EnergyOptions, energyVerb } from './energy.js';
import type { SurveyOptions } from './options.js';
import { panIdVerb } from './pan-id.js';
import { whomArgument } from './whom.js';

const allChannels = Array.from({ length: 16 }, (_, index) => 11 + index);
const [longestPeriod, mostTimes, longestWait] = [0xffff, 255, 3600] as const;

/** `selvage thread commissioner energy`, `panid`, `announce` and `diag`: what nodes do for a commissioner. */
export function addSurveyCommands(commissioner: Command, surface: Surface, finish: Finish): void {
  waiting(looking(addWayIn(commissioner.command('energy'), surface)))
    .argument(...whomArgument)
    .summary('how strong is what nodes hear on channels')
    .description('Has nodes measure channels, their network not left (MGMT_ED_SCAN), and shows what each heard.')
    .option('--count <number>', 'how often each channel', wholeNumber(1, mostTimes), 1)
    .option('--period <ms>', 'between one channel and the next', wholeNumber(0, longestPeriod), 100)
    .option('--duration <ms>', 'of a measurement', wholeNumber(1, longestPeriod), 100)
    .addHelpText('after', `${examples.energyExamples}${examples.commissioningExitCodes}`)
    .action((node: string, options: EnergyOptions) =>
      performToEnd(surface, options, finish, () => energyVerb(surface, node, options)),
    );

  waiting(looking(addWayIn(commissioner.command('panid'), surface)))
    .argument('<pan>', 'the PAN id, 4 hexadecimal digits', panNumber)
    .argument(...whomArgument)
    .summary('whether a PAN id is used already')
    .description(
      'Has nodes ask on channels which PANs are there (MGMT_PANID_QUERY), before a network moves to that id.',
    )
    .addHelpText('after', `${examples.panIdExamples}${examples.commissioningExitCodes}`)
    .action((panId: number, node: string, options: SurveyOptions) =>
      performToEnd(surface, options, finish, () => panIdVerb(surface, panId, node, options)),
    );

  looking(addWayIn(commissioner.command('announce'), surface))
    .argument(...whomArgument)
    .summary('call back nodes that were left on other channels')
    .description('Has nodes say on channels where the network is (MGMT_ANNOUNCE_BEGIN): who was left there comes.')
    .option('--count <number>', 'how often on each channel', wholeNumber(1, mostTimes), 3)
    .option('--period <ms>', 'between one channel and the next', wholeNumber(1, longestPeriod), 200)
    .addHelpText('after', `${examples.announceExamples}${examples.commissioningExitCodes}`)
    .action((node: string, options: AnnounceOptions) =>
      performToEnd(surface, options, finish, () => announceVerb(surface, node, options)),
    );

  waiting(addWayIn(commissioner.command('diag'), surface))
    .argument(...whomArgument)
    .summary('what nodes say of themselves, through a border agent')
    .description(
      'Asks nodes by Network Diagnostics, through the UDP proxy of a border agent, or as a node of the network.',
    )
    .option('--types <list>', 'what to ask, by name or number', typeList)
    .addHelpText('after', `${examples.diagnosisExamples}${examples.commissioningExitCodes}`)
    .action((node: string, options: DiagnosisOptions) =>
      performToEnd(surface, options, finish, () => diagnosisVerb(surface, node, options)),
    );
}

function looking(command: Command): Command {
  return command.addOption(
    new Option('--channels <list>', 'where, such as 11-26 or 15,20').argParser(channelList).default(allChannels, 'all'),
  );
}

function waiting(command: Command): Command {
  return command.option('--wait <seconds>', 'for answers, beyond what it takes', wholeNumber(1, longestWait), 3);
}
