import { type Secret, SelvageError } from '@selvage/core';
import { readPassphrase } from '../../../ca/passphrase.js';
import { Questions } from '../../../terminal/question.js';
import type { Surface } from '../../../terminal/surface.js';

/** Where a secret comes from. */
export interface SecretSource {
  /** Such as `--pskc`. */
  readonly option: string;
  readonly variable: string;
  /** What a person is asked. */
  readonly question: string;
  /** What is said where nobody gave it; without it the option alone asks for it. */
  readonly missing?: string;
}

/**
 * The first line of a file, or what stands in the environment, or what a person types unseen.
 * @param file true or undefined where no file is named
 * @throws SelvageError `invalid-argument` where there is nobody to ask, `file-not-found`
 */
export async function secretLine(
  surface: Surface,
  file: string | true | undefined,
  source: SecretSource,
): Promise<Secret> {
  const { option, variable, question, missing } = source;
  const inEnvironment = (surface.env[variable] ?? '') !== '';
  if (typeof file === 'string' || inEnvironment) {
    const named = typeof file === 'string' ? file : undefined;
    return readPassphrase({ option, file: named, variable, mayBeSecret: missing === undefined }, surface.env);
  }
  const questions = new Questions(surface);
  const answer = questions.canAsk ? await questions.askSecret(question) : undefined;
  if (answer !== undefined) return answer;
  const typed = missing === undefined ? '' : 'type it behind the command, ';
  throw new SelvageError('invalid-argument', missing ?? `${option} was given, and nobody says what it is`, {
    remedy: `${typed}give ${option} a file that only you can read, or set ${variable}`,
  });
}
