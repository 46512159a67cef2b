import { readFileSync } from 'node:fs';
import { Command, CommanderError } from 'commander';
import { exitCode } from '@selvage/core';
import { addAttestCommand } from './attest/command.js';
import { addBenchCommand } from './bench/command.js';
import { addBoardCommand } from './board/command.js';
import { addCaCommand } from './ca/command.js';
import { addDemoCommand } from './demo/command.js';
import { addDtlsCommand } from './dtls/command.js';
import { addOcfCommands } from './ocf/command.js';
import { addFirmwareCommand } from './firmware/command.js';
import { errorLines } from './terminal/error-text.js';
import { optionDescription, usageError } from './terminal/help-text.js';
import { styleFor } from './terminal/style.js';
import type { Surface } from './terminal/surface.js';
import { addSimCommand } from './sim/command.js';
import { addThreadCommand } from './thread/command.js';
import { addVaultCommand } from './vault/command.js';

/** EX_USAGE of sysexits.h: what `invalid-argument` exits with, too. */
const usageExit = 64;

/**
 * Runs one command line, without the program's name. Returns the exit code: 0, or that of the error's row in the table
 * of `@selvage/core`; the error itself has been told on standard error.
 */
export async function run(words: readonly string[], surface: Surface): Promise<number> {
  let code = 0;
  const program = selvageProgram(surface, (exit) => (code = exit));
  try {
    await program.parseAsync([...words], { from: 'user' });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : usageExit;
    const { stderr, env } = surface;
    for (const line of errorLines(error, styleFor(stderr, env), stderr.columns)) stderr.write(`${line}\n`);
    return exitCode(error);
  }
}

/** Of this package, which stands one folder up in the sources as in the build. */
function version(): string {
  const text = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}

/** The command line's grammar. `finish` gets the exit code of a command that came to its end. */
function selvageProgram(surface: Surface, finish: (exitCode: number) => void): Command {
  const { stdout, stderr } = surface;
  const program = new Command('selvage')
    .version(version(), '--version', 'display the version')
    .description('Takes a site of IoT devices from sealed box to locked-down network.')
    .enablePositionalOptions()
    .exitOverride()
    .configureHelp({ subcommandTerm: (command) => command.name(), optionDescription })
    .showHelpAfterError('(--help explains each option, with examples)')
    .configureOutput({
      writeOut: (text) => stdout.write(text),
      writeErr: (text) => stderr.write(text),
      outputError: (text, write) => write(usageError(text, stderr.columns)),
      getOutHelpWidth: () => stdout.columns ?? 80,
      getErrHelpWidth: () => stderr.columns ?? 80,
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    });
  addOcfCommands(program, surface, finish);
  program.commandsGroup('See it at work:');
  addDemoCommand(program, surface, finish);
  program.commandsGroup('The layers by hand:');
  addDtlsCommand(program, surface, finish);
  addCaCommand(program, surface, finish);
  addAttestCommand(program, surface, finish);
  addBenchCommand(program, surface, finish);
  addVaultCommand(program, surface, finish);
  addFirmwareCommand(program, surface, finish);
  addThreadCommand(program, surface, finish);
  addSimCommand(program, surface, finish);
  addBoardCommand(program, surface, finish);
  program.addHelpCommand(helpCommand());
  program.addHelpText('after', examples);
  return program;
}

const examples = `
Examples:
  The whole of it, in about a minute, with nothing set up:
    $ selvage demo

  A device, and in a second terminal its owner:
    $ selvage device run light
    $ selvage discover
    $ selvage own --all
    $ selvage set light /switch value=true

Each command has examples of its own: selvage own --help. What went wrong, and
what to do, is said on standard error, or with --json in the last line on
standard output; scripts find it in the exit code.
`;

function helpCommand(): Command {
  return new Command('help').argument('[command]').description('explain a command').helpGroup('Help:');
}
