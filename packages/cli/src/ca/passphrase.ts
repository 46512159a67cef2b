import { existsSync } from 'node:fs';
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
  /** Whether the option's name says no `file`, so that somebody may have typed the secret itself: it is not repeated. */
  readonly mayBeSecret?: boolean;
}

/**
 * Reads a passphrase: the first line of the file, or the variable.
 * @throws SelvageError `invalid-argument` where there is none, `file-not-found`.
 */
export function readPassphrase(source: PassphraseSource, env: Surface['env']): Secret {
  const { option, file, variable } = source;
  const text = file === undefined ? env[variable] : firstLine(source, file);
  if (text !== undefined && text !== '') return Secret.text(text);
  const problem = file === undefined ? 'no passphrase was given' : `the first line of ${file} is empty`;
  throw new SelvageError('invalid-argument', problem, {
    remedy: `give ${option} a file that only you can read, or set ${variable}`,
  });
}

function firstLine({ option, variable, mayBeSecret = false }: PassphraseSource, file: string): string | undefined {
  if (mayBeSecret && !existsSync(file)) {
    throw new SelvageError('file-not-found', `${option} takes the name of a file, and there is no file of that name`, {
      remedy: `write it into a file that only you can read, as its first line, and name that; or set ${variable}`,
    });
  }
  return readOptionText(option, file).split(/\r?\n/, 1)[0];
}
