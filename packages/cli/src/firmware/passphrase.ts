import type { Secret } from '@selvage/core';
import { readPassphrase } from '../ca/passphrase.js';
import type { KeyOpening } from '../keys/open-key.js';
import type { Surface } from '../terminal/surface.js';

/** The variable that holds the passphrase of a firmware key where no file does. */
export const passphraseVariable = 'SELVAGE_FIRMWARE_PASSPHRASE';

/** The passphrase of a key file. @throws SelvageError `invalid-argument` where none was given, `file-not-found` */
export function keyPassphrase({ env }: Surface, file: string | undefined): Secret {
  return readPassphrase({ option: '--passphrase-file', file, variable: passphraseVariable }, env);
}

/** How keys of a command are opened: the passphrase is read only for a file that is encrypted. */
export function keyOpening(surface: Surface, { passphraseFile }: { readonly passphraseFile?: string }): KeyOpening {
  return { surface, passphrase: () => keyPassphrase(surface, passphraseFile) };
}
