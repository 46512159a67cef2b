import type { Command } from 'commander';
import type { Surface } from '../terminal/surface.js';
import { addDeviceCommand } from './device/command.js';
import type { Finish } from './perform.js';

/** The verbs for OCF: those of an owner first, then devices of this host. */
export function addOcfCommands(program: Command, surface: Surface, finish: Finish): void {
  addDeviceCommand(program, surface, finish);
}
