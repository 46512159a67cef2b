import { type Command, InvalidArgumentError } from 'commander';
import { fromHex } from '@selvage/core';
import { type Finish, performToEnd } from '../terminal/perform.js';
import type { Surface } from '../terminal/surface.js';
import { attestExamples, attestExitCodes, showExamples, verifyExamples } from './examples.js';
import { show } from './show.js';
import { verify, type VerifyOptions } from './verify.js';

/** `selvage attest`. */
export function addAttestCommand(program: Command, surface: Surface, finish: Finish): void {
  const attest = program
    .command('attest')
    .summary('what a device says that it was booted from')
    .description(
      'Attestation tokens of devices (PSA tokens, RFC 9783): which instance it is, in which state of its life, how its ' +
        'firmware is confined, and what was measured when it booted, signed by the vault. selvage own asks for one ' +
        'before it owns a device; here are those that were kept in files.',
    )
    .addHelpText('after', attestExamples);
  addVerify(attest, surface, finish);
  addShow(attest, surface, finish);
}

function addVerify(attest: Command, surface: Surface, finish: Finish): void {
  attest
    .command('verify')
    .summary('judge a token')
    .description(
      'Verifies that a token is the answer to a nonce, signed by a device that is known or whose manufacturer is, and ' +
        'that what it says is what the reference values accept. The first that is not so is told.',
    )
    .argument('<token>', 'the file')
    .requiredOption('--nonce <hex>', 'what the device was asked with: 32, 48 or 64 bytes', hex)
    .option('--reference <file>', 'what the device should be (JSON); without it only what it says is shown')
    .option('--trust <root.pem>', 'a manufacturer who vouches for its devices (may be repeated)', gather)
    .option('--key <key>', "the device's own key, where it was noted: its public half is enough")
    .option('--accept-old-profile', 'take tokens from before RFC 9783 as well', false)
    .option('--json', 'one JSON object a line on standard output', false)
    .addHelpText('after', `${verifyExamples}${attestExitCodes}`)
    .action((file: string, options: VerifyOptions) =>
      performToEnd(surface, options, finish, (report) => verify(surface, report, file, options)),
    );
}

function addShow(attest: Command, surface: Surface, finish: Finish): void {
  attest
    .command('show')
    .summary('show what a token says, without judging it')
    .description('Shows what a token says. Nothing is verified: anybody could have written it.')
    .argument('<token>', 'the file')
    .option('--json', 'one JSON object a line on standard output', false)
    .addHelpText('after', `${showExamples}${attestExitCodes}`)
    .action((file: string, options: { json: boolean }) =>
      performToEnd(surface, options, finish, (report) => show(report, file)),
    );
}

function hex(text: string): Uint8Array {
  if (/^([0-9a-fA-F]{2})+$/.test(text) && [64, 96, 128].includes(text.length)) return fromHex(text);
  throw new InvalidArgumentError('it needs 64, 96 or 128 hexadecimal digits.');
}

function gather(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
}
