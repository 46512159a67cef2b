import { SelvageError } from '@selvage/core';

const client = /^[a-z0-9][a-z0-9-]{0,31}$/;
const label = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

/** @throws SelvageError `invalid-argument` */
export function checkClient(name: string): void {
  if (!client.test(name)) throw invalid(name, 'name for a client of the vault', 'Use 1 to 32 of a-z 0-9 -.');
}

/** @throws SelvageError `invalid-argument` */
export function checkLabel(name: string): void {
  if (!label.test(name))
    throw invalid(name, 'label', 'Use 1 to 64 of A-Z a-z 0-9 . _ - and start with a letter or digit.');
}

function invalid(name: string, what: string, remedy: string): SelvageError {
  return new SelvageError('invalid-argument', `${JSON.stringify(name.slice(0, 80))} is no ${what}`, { remedy });
}
