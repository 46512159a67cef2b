import type { Command } from 'commander';
import type { Finish } from '../terminal/perform.js';
import type { Surface } from '../terminal/surface.js';
import { addBorderCommand } from './border/command.js';
import { addCommissioningCommands } from './commissioning/command.js';
import { addDatasetCommand } from './dataset/command.js';
import { addMeshCommands } from './mesh/command.js';
import { addNodeCommands } from './node/command.js';
import { addSniffCommand } from './sniff/command.js';

const threadExamples = `
Examples:
  Make a network, lead it until Ctrl-C, and look at it from a second terminal:
    $ selvage thread dataset new --name home --channel 15 > home.dataset
    $ selvage thread form home.dataset
    $ selvage thread topology home.dataset

  Let a device in by its passphrase: the network's border agent, whoever lets
  it in, and the device, each in a terminal of its own:
    $ selvage thread border-agent home.dataset --form --listen 127.0.0.1:49191
    $ selvage thread commission 18b4300000000002 J01NME --at 127.0.0.1:49191 --dataset home.dataset
    $ selvage thread joiner start J01NME --eui64 18b4300000000002
`;

/** `selvage thread`. */
export function addThreadCommand(program: Command, surface: Surface, finish: Finish): void {
  const thread = program
    .command('thread')
    .summary('Thread networks: datasets, a node of your own, what is on the air')
    .description(
      "Thread networks by hand: on the ether of OpenThread's simulation on this host, or by a radio co-processor.",
    )
    .addHelpText('after', threadExamples);
  addDatasetCommand(thread, surface, finish);
  addNodeCommands(thread, surface, finish);
  addMeshCommands(thread, surface, finish);
  addBorderCommand(thread, surface, finish);
  addCommissioningCommands(thread, surface, finish);
  addSniffCommand(thread, surface, finish);
}
