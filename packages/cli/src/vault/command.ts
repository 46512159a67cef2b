import { type Command, Option } from 'commander';
import type { KeyAlgorithm } from '@selvage/crypto';
import { type Finish, performToEnd } from '../terminal/perform.js';
import type { Surface } from '../terminal/surface.js';
import {
  destroyExamples,
  generateExamples,
  importExamples,
  publicExamples,
  showExamples,
  vaultExamples,
  vaultExitCodes,
} from './examples.js';
import { addVaultOptions, type VaultOptions } from './options.js';
import {
  destroy,
  type DestroyOptions,
  generate,
  type GenerateOptions,
  importFile,
  type ImportOptions,
  type PublicOptions,
  show,
  showPublic,
} from './verbs.js';

const algorithms: readonly KeyAlgorithm[] = ['ecdsa-p256', 'ed25519', 'ecdh-p256', 'hmac-sha256', 'derive'];
const label = ['<label>', 'what the key is called: vault:<label> elsewhere'] as const;

/** `selvage vault`. */
export function addVaultCommand(program: Command, surface: Surface, finish: Finish): void {
  const vault = program
    .command('vault')
    .summary("an operator's keys, in a process of their own")
    .description(
      'Keys that sign firmware, certificates and whatever else, where no other program has them: they lie sealed in a ' +
        'folder, a process of their own uses them, and none of its answers has a private key in it. An older copy of ' +
        'the store that is put back is noticed. Other verbs name a key as vault:<label>.',
    )
    .addHelpText('after', vaultExamples);
  addGenerate(vault, surface, finish);
  addImport(vault, surface, finish);
  addPublic(vault, surface, finish);
  addDestroy(vault, surface, finish);
  addShow(vault, surface, finish);
}

function addGenerate(vault: Command, surface: Surface, finish: Finish): void {
  addVaultOptions(vault.command('generate'), surface)
    .summary('make a key')
    .description('Makes a key in the vault, and the vault itself where there is none yet.')
    .argument(...label)
    .addOption(new Option('--type <type>', 'of which kind').choices(algorithms).default('ecdsa-p256'))
    .addHelpText('after', `${generateExamples}${vaultExitCodes}`)
    .action((name: string, options: GenerateOptions) =>
      performToEnd(surface, options, finish, (report) => generate(surface, report, name, options)),
    );
}

function addImport(vault: Command, surface: Surface, finish: Finish): void {
  addVaultOptions(vault.command('import'), surface)
    .summary('take a key out of a file')
    .description('Takes a private key of P-256 or Ed25519 into the vault, to sign with.')
    .argument(...label)
    .requiredOption('--key <file>', 'the private key, PKCS #8 or SEC 1, that only you can read')
    .option('--key-passphrase-file <file>', 'what it is encrypted with (or SELVAGE_KEY_PASSPHRASE)')
    .addHelpText('after', `${importExamples}${vaultExitCodes}`)
    .action((name: string, options: ImportOptions) =>
      performToEnd(surface, options, finish, (report) => importFile(surface, report, name, options)),
    );
}

function addPublic(vault: Command, surface: Surface, finish: Finish): void {
  addVaultOptions(vault.command('public'), surface)
    .summary('hand out a public key')
    .description('Gives the public key (PEM, SubjectPublicKeyInfo).')
    .argument(...label)
    .option('--out <file>', 'where it goes; standard output, where it is left out')
    .addHelpText('after', `${publicExamples}${vaultExitCodes}`)
    .action((name: string, options: PublicOptions) =>
      performToEnd(surface, options, finish, (report) => showPublic(surface, report, name, options)),
    );
}

function addDestroy(vault: Command, surface: Surface, finish: Finish): void {
  addVaultOptions(vault.command('destroy'), surface)
    .summary('destroy a key')
    .description('Destroys a key for good: there is no other copy.')
    .argument(...label)
    .option('--yes', 'do not ask', false)
    .addHelpText('after', `${destroyExamples}${vaultExitCodes}`)
    .action((name: string, options: DestroyOptions) =>
      performToEnd(surface, options, finish, (report) => destroy(surface, report, name, options)),
    );
}

function addShow(vault: Command, surface: Surface, finish: Finish): void {
  addVaultOptions(vault.command('show'), surface)
    .summary('list the keys')
    .description('Lists the keys of the vault.')
    .addHelpText('after', `${showExamples}${vaultExitCodes}`)
    .action((options: VaultOptions) =>
      performToEnd(surface, options, finish, (report) => show(surface, report, options)),
    );
}
