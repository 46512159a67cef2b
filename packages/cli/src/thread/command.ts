import type { Command } from 'commander';
import type { Finish } from '../terminal/perform.js';
import type { Surface } from '../terminal/surface.js';
import { addBorderCommand } from './border/command.js';
import { addCommissioningCommands } from './commissioning/command.js';
import { addDatasetCommand } from './dataset/command.js';
import { addMeshCommands } from './mesh/command.js';
import { addNodeCommands } from './node/command.js';
import { addSniffCommand } from './sniff/command.js';

/** `selvage thread`. */
export function addThreadCommand(program: Command, surface: Surface, finish: Finish): void {
  const thread = program
    .command('thread')
    .summary('Thread networks: datasets, a node of your own, what is on the air')
    .description('Thread networks by hand.');
  addDatasetCommand(thread, surface, finish);
  addNodeCommands(thread, surface, finish);
  addMeshCommands(thread, surface, finish);
  addBorderCommand(thread, surface, finish);
  addCommissioningCommands(thread, surface, finish);
  addSniffCommand(thread, surface, finish);
}
