import { Secret, SelvageError } from '@selvage/core';
import type { Surface } from '../terminal/surface.js';
import { readOptionText } from '../dtls/files.js';

/** Where a passphrase can come from; never from the command line, which other users of the machine can read. */
export interface PassphraseSource {
  /** The option that names a file, and the file, where it was given. */
  readonly option: string;
  readonly file: string | undefined;
  /** The variable that holds it where no file was given. */
  readonly variable: string;
}

/**
 * Reads a passphrase: the first line of the file, or the variable.
 * @throws SelvageError `invalid-argument` where there is none, `file-not-found`.
 */
export function readPassphrase({ option, file, variable }: PassphraseSource, env: Surface['env']): Secret {
  const text = file === undefined ? env[variable] : readOptionText(option, file).split(/\r?\n/, 1)[0];
  if (text !== undefined && text !== '') return Secret.text(text);
  const problem = file === undefined ? 'no passphrase was given' : `the first line of ${file} is empty`;
  throw new SelvageError('invalid-argument', problem, {
    remedy: `give ${option} a file that only you can read, or set ${variable}`,
  });
}
