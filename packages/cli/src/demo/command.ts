import type { Command } from 'commander';
import type { Surface } from '../terminal/surface.js';
import { addHandshakeCommand } from './handshake/command.js';

/** `selvage demo`. */
export function addDemoCommand(program: Command, surface: Surface, finish: (exitCode: number) => void): void {
  const demo = program.command('demo').summary('watch two strangers become acquainted, and an attacker fail to');
  demo.description('Exits 0 only if everything it claims was really observed, else 1 and says what was not.');
  addHandshakeCommand(demo, surface, finish);
}
