import { type Entropy, Secret, SelvageError } from '@selvage/core';

/** Digits that are drawn; one more checks them. */
const drawnDigits = 8;
const passcodeLength = drawnDigits + 1;

/** Verhoeff's scheme: how digits combine in the dihedral group of order 10, and how a digit's place permutes it. */
const combine = table(
  '0123456789 1234067895 2340178956 3401289567 4012395678 5987604321 6598710432 7659821043 8765932104 9876543210',
);
const permute = table('0123456789 1576283094 5803796142 8916043527 9453126870 4286573901 2793806415 7046913258');
const inverse = digits('0432156789');

/**
 * A one-time passcode (ePSKc) of Thread 1.4: eight digits that nobody can foresee and a check digit, which finds each
 * wrong digit and each pair that changed places.
 * @throws SelvageError `entropy-failed`
 */
export function drawOneTimePasscode(entropy: Entropy): Secret {
  let text = '';
  const byte = new Uint8Array(1);
  // 250 is the largest multiple of ten: a remainder of more would favour the small digits.
  while (text.length < drawnDigits) {
    entropy.fill(byte);
    const [value = 255] = byte;
    if (value < 250) text += String(value % 10);
  }
  return Secret.text(text + checkDigit(text));
}

/**
 * A one-time passcode as a person typed it; spaces and dashes may stand between its digits.
 * @throws SelvageError `one-time-passcode-invalid` where a digit is missing or wrong; never with the passcode itself
 */
export function oneTimePasscode(text: string): Secret {
  const typed = text.replaceAll(/[\s-]/g, '');
  if (!/^\d+$/.test(typed) || typed.length !== passcodeLength) {
    throw refusal(`has ${passcodeLength} digits`);
  }
  if (checkDigit(typed.slice(0, drawnDigits)) !== typed.at(-1)) throw refusal('does not check: a digit is wrong');
  return Secret.text(typed);
}

function checkDigit(text: string): string {
  let sum = 0;
  for (const [index, digit] of digits(text).reverse().entries()) {
    sum = at(combine, sum, at(permute, (index + 1) % permute.length, digit));
  }
  return String(inverse[sum]);
}

function at(rows: readonly (readonly number[])[], row: number, column: number): number {
  return rows[row]?.[column] ?? 0;
}

function table(rows: string): readonly (readonly number[])[] {
  return rows.split(' ').map((row) => digits(row));
}

function digits(text: string): number[] {
  return Array.from(text, Number);
}

function refusal(what: string): SelvageError {
  return new SelvageError('one-time-passcode-invalid', `the one-time passcode ${what}`, {
    remedy: 'type the nine digits as the border router shows them',
  });
}
