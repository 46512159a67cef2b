import { type Command, Option } from 'commander';
import { join } from 'node:path';
import type { Surface } from '../../terminal/surface.js';
import { demo, type DemoOptions } from './demo.js';

const examples = `
Examples:
  The whole show, with a passphrase of your own:
    $ selvage demo handshake
    $ selvage demo handshake --passphrase D0ZENW0RDS

  For a program; capture and keys in a folder of your choice:
    $ selvage demo handshake --json --out capture

Exit codes: 0 all was observed · 1 something was not · 64 an option cannot be
  used · 74 the disk
`;

/** `selvage demo handshake`. */
export function addHandshakeCommand(parent: Command, surface: Surface, finish: (exitCode: number) => void): void {
  parent
    .command('handshake')
    .summary('two strangers become acquainted, and an attacker fails to')
    .description(
      'Two devices with nothing but a short passphrase run an EC-JPAKE handshake over loopback UDP. You see each ' +
        'message decoded as it passes, then the same bytes as an eavesdropper has them, then an attacker who guesses ' +
        'wrong.\n\nExits 0 only if everything it claims was really observed, else 1 and says what was not.',
    )
    .addOption(
      new Option('--passphrase <pskd>', 'the joiner’s passphrase, as on a Thread device’s label').default('J01NME'),
    )
    .addOption(new Option('--out <folder>', 'where the capture and its keys go').default(join('.selvage', 'handshake')))
    .option('--json', 'one JSON object a line on standard output')
    .addHelpText('after', examples)
    .action(async (options: DemoOptions) => finish((await demo(surface, options)) ? 0 : 1));
}
