import { type Command, InvalidArgumentError, Option } from 'commander';
import { fromHex } from '@selvage/core';
import { keyForms } from '../keys/key-reference.js';
import { type Finish, performToEnd } from '../terminal/perform.js';
import type { Surface } from '../terminal/surface.js';
import {
  firmwareExamples,
  firmwareExitCodes,
  fixSigExamples,
  inspectExamples,
  keygenExamples,
  signExamples,
  verifyExamples,
} from './examples.js';
import { fixSig, type FixSigOptions } from './fix-sig.js';
import { inspect } from './inspect.js';
import { keygen, type KeygenOptions } from './keygen.js';
import { PairedOptionsCommand } from './paired-options.js';
import { sign } from './sign.js';
import {
  addCommonOptions,
  addDetachedOptions,
  addImageOptions,
  addRefusedOptions,
  addSealOptions,
  addSlotOptions,
  type FirmwareOptions,
  type SignCommandOptions,
} from './sign-options.js';
import { gather, integer } from './values.js';
import { verify, type VerifyCommandOptions } from './verify.js';

/** `selvage firmware`. */
export function addFirmwareCommand(program: Command, surface: Surface, finish: Finish): void {
  const firmware = program
    .command('firmware')
    .summary('sign firmware images, and verify them')
    .description(
      "Firmware images in MCUboot's format: what is signed here boots on a microcontroller, and what imgtool signs " +
        'boots here. Keys are of P-256 or Ed25519: a file, a key of the vault, or one in a PKCS#11 token.',
    )
    .addHelpText('after', firmwareExamples);
  addKeygen(firmware, surface, finish);
  addSign(firmware, surface, finish);
  addVerify(firmware, surface, finish);
  addInspect(firmware, surface, finish);
  addFixSig(firmware, surface, finish);
}

function addKeygen(firmware: Command, surface: Surface, finish: Finish): void {
  addCommonOptions(firmware.command('keygen'))
    .summary('make a key to sign with')
    .description('Makes a key and gives out its public key, to a file or to standard output.')
    .addOption(new Option('-t, --type <type>', 'which kind').choices(['ecdsa-p256', 'ed25519']).default('ecdsa-p256'))
    .requiredOption('-k, --key <key>', `where it goes: ${keyForms}; a file is encrypted`)
    .option('--pub <file>', 'where its public key goes')
    .option('--no-passphrase', 'leave the file in the clear: for tests')
    .addHelpText('after', `${keygenExamples}${firmwareExitCodes}`)
    .action((options: KeygenOptions) => performToEnd(surface, options, finish, () => keygen(surface, options)));
}

function addSign(firmware: Command, surface: Surface, finish: Finish): void {
  const command = new PairedOptionsCommand('sign').copyInheritedSettings(firmware);
  firmware.addCommand(command.alias('create'));
  command
    .summary('make a signed image of a payload')
    .description('Signs a payload, and writes it as an image or as a whole slot.')
    .argument('<infile>', 'the payload')
    .argument('<outfile>', 'the image')
    .option('-k, --key <key>', `the key to sign with: ${keyForms}`);
  addCommonOptions(command);
  addRefusedOptions(addDetachedOptions(addSlotOptions(addSealOptions(addImageOptions(command)))));
  command
    .addHelpText('after', `${signExamples}${firmwareExitCodes}`)
    .action((input: string, output: string, options: SignCommandOptions) =>
      performToEnd(surface, options, finish, () => sign(surface, { input, output }, options)),
    );
}

function addVerify(firmware: Command, surface: Surface, finish: Finish): void {
  addCommonOptions(firmware.command('verify'))
    .summary('check an image as a device does')
    .description(
      'Checks form, flags, TLVs, hash, signer, signature and security counter; says which check failed, with the values.',
    )
    .argument('<image>', 'the image, or a whole slot')
    .option('-k, --key <key>', `who may have signed: ${keyForms} (may be repeated)`, gather)
    .option('--key-hash <hex>', 'the same by the SHA-256 of the key, for images that carry it', gatherHash)
    .option('--decrypt <file>', 'the private key of the devices, for an encrypted payload')
    .option('--minimum-counter <n>', 'the security counter that a device has stored', integer(0, 0xffff_ffff))
    .addHelpText('after', `${verifyExamples}${firmwareExitCodes}`)
    .action((file: string, options: VerifyCommandOptions) =>
      performToEnd(surface, options, finish, () => verify(surface, file, options)),
    );
}

function addInspect(firmware: Command, surface: Surface, finish: Finish): void {
  addCommonOptions(firmware.command('inspect'))
    .summary('show an image field by field')
    .description('Shows each field with its offset, also of a damaged image, and verifies nothing.')
    .argument('<image>', 'the image, or a whole slot')
    .addHelpText('after', `${inspectExamples}${firmwareExitCodes}`)
    .action((file: string, options: FirmwareOptions) =>
      performToEnd(surface, options, finish, () => inspect(surface, file, options)),
    );
}

function addFixSig(firmware: Command, surface: Surface, finish: Finish): void {
  const command = addCommonOptions(firmware.command('fix-sig'))
    .summary('put in a signature that was made elsewhere')
    .description('Makes an image of what sign --vector-to-sign payload wrote and a signature over it, which it checks.')
    .argument('<vector>', 'what was signed')
    .argument('<outfile>', 'the image')
    .requiredOption('--sig <file>', 'the signature, base64')
    .requiredOption('--pubkey <key>', `whose it is: ${keyForms}`);
  addSlotOptions(addSealOptions(command))
    .addHelpText('after', `${fixSigExamples}${firmwareExitCodes}`)
    .action((input: string, output: string, options: FixSigOptions) =>
      performToEnd(surface, options, finish, () => fixSig(surface, { input, output }, options)),
    );
}

function gatherHash(text: string, before: readonly Uint8Array[] = []): readonly Uint8Array[] {
  if (/^[0-9a-f]{64}$/i.test(text)) return [...before, fromHex(text)];
  throw new InvalidArgumentError('Give a SHA-256 in hexadecimal: 64 digits.');
}
