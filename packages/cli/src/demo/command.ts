import type { Command } from 'commander';
import type { Surface } from '../terminal/surface.js';
import { addHandshakeCommand } from './handshake/command.js';
import { addSiteShow } from './site/command.js';

/** `selvage demo`, and the shows beside it. */
export function addDemoCommand(program: Command, surface: Surface, finish: (exitCode: number) => void): void {
  const demo = program.command('demo').enablePositionalOptions();
  addSiteShow(demo, surface, finish);
  addHandshakeCommand(demo, surface, finish);
}
