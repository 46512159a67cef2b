import { SelvageError } from '@selvage/core';

/** The characters of a Thread joining credential (PSKd): digits and capitals without I, O, Q and Z, which look like others. */
export const pskdAlphabet = '0123456789ABCDEFGHJKLMNPRSTUVWXY';

/**
 * Checks a joining credential: 6 to 32 of those characters, as the Thread specification has them.
 * @throws SelvageError `invalid-argument` that names what is wrong.
 */
export function checkPskd(text: string): string {
  const stranger = [...text].find((character) => !pskdAlphabet.includes(character));
  const wrong =
    stranger !== undefined ? `“${stranger}” is not among its characters` : `it has ${text.length} characters`;
  if (stranger === undefined && text.length >= 6 && text.length <= 32) return text;
  throw new SelvageError('invalid-argument', `that is no joining passphrase: ${wrong}`, {
    remedy: 'give 6 to 32 of the digits and the capitals A to Y without I, O and Q, such as J01NME',
  });
}

/** The passphrase with its last character replaced by the next one: as close as a wrong guess can be. */
export function nearMiss(pskd: string): string {
  const next = (pskdAlphabet.indexOf(pskd.slice(-1)) + 1) % pskdAlphabet.length;
  return pskd.slice(0, -1) + pskdAlphabet.charAt(next);
}
