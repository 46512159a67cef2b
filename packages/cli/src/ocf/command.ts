import type { Command } from 'commander';
import type { Surface } from '../terminal/surface.js';
import { addFindingCommands } from './commands/finding.js';
import { addGrantingCommands } from './commands/granting.js';
import { addUsingCommands } from './commands/using.js';
import { addDeviceCommand } from './device/command.js';
import type { Finish } from '../terminal/perform.js';

/** The verbs for OCF: those of an owner first, then devices of this host. */
export function addOcfCommands(program: Command, surface: Surface, finish: Finish): void {
  program.commandsGroup('Find devices and own them:');
  addFindingCommands(program, surface, finish);
  program.commandsGroup('Use them:');
  addUsingCommands(program, surface, finish);
  program.commandsGroup('Say who may do what:');
  addGrantingCommands(program, surface, finish);
  program.commandsGroup('Be a device:');
  addDeviceCommand(program, surface, finish);
}
