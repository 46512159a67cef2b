import type { Command } from 'commander';
import type { Surface } from '../terminal/surface.js';

/** What every `vault` command has, as commander gives it. */
export interface VaultOptions {
  readonly vault: string;
  readonly passphraseFile?: string;
  readonly json: boolean;
}

/** The folder of the operator's vault where nobody names another. */
export function usualVault({ env }: Pick<Surface, 'env'>): string {
  return env['SELVAGE_VAULT'] ?? '.selvage/vault';
}

/** The variable with the passphrase that locks the vault. */
export const passphraseVariable = 'SELVAGE_VAULT_PASSPHRASE';

export function addVaultOptions(command: Command, surface: Surface): Command {
  return command
    .option('--vault <folder>', 'the folder that holds the vault (or SELVAGE_VAULT)', usualVault(surface))
    .option('--passphrase-file <file>', `what locks it, as the first line of a file (or ${passphraseVariable})`)
    .option('--json', 'one JSON object a line on standard output', false);
}
