import { SelvageError } from '../errors/error.js';

const pattern = /^[a-z0-9][a-z0-9._-]{0,127}$/;

/**
 * The names that every store takes: 1 to 128 of `a-z 0-9 . _ -`, not starting with a sign. They are file names on every
 * file system, also where upper and lower case are one.
 * @throws SelvageError `store-name-invalid`.
 */
export function checkStoreName(name: string): void {
  if (pattern.test(name)) return;
  throw new SelvageError('store-name-invalid', `${JSON.stringify(name)} is no name for a stored value`, {
    remedy: 'Use 1 to 128 of a-z 0-9 . _ - and start with a letter or digit.',
  });
}
