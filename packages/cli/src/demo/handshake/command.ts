import { type Command, Option } from 'commander';
import { join } from 'node:path';
import type { Surface } from '../../terminal/surface.js';
import { demo, type DemoOptions } from './demo.js';

/** `selvage demo handshake`. */
export function addHandshakeCommand(parent: Command, surface: Surface, finish: (exitCode: number) => void): void {
  parent
    .command('handshake')
    .summary('two strangers become acquainted, and an attacker fails to')
    .description(
      `Two devices with nothing but a short passphrase run an EC-JPAKE handshake over loopback UDP. You see each message
decoded as it passes, then the same bytes as an eavesdropper has them, then an attacker who guesses wrong.

Exits 0 only if everything it claims was really observed, else 1 and says what was not.`,
    )
    .addOption(
      new Option('--passphrase <pskd>', 'the joiner’s passphrase, as on a Thread device’s label').default('J01NME'),
    )
    .addOption(new Option('--out <folder>', 'where the capture and its keys go').default(join('.selvage', 'handshake')))
    .option('--json', 'one JSON object a line, for programs')
    .action(async (options: DemoOptions) => finish((await demo(surface, options)) ? 0 : 1));
}
