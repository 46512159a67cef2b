import { type Entropy, Secret, SelvageError } from '@selvage/core';

/** Digits and capital letters without those that look alike: I, O, Q and Z (Thread 1.3 §8.4.1.2). */
const alphabet = '0123456789ABCDEFGHJKLMNPRSTUVWXY';
const [shortest, longest] = [6, 32] as const;

/**
 * The passphrase of a joiner (PSKd), as it stands on the device's label: 6 to 32 characters of base32-thread. Small
 * letters and the spaces and dashes that people put between groups are taken for what they mean.
 * @throws SelvageError `joiner-passphrase-invalid` with what is wrong; never with the passphrase itself
 */
export function joinerPassphrase(text: string): Secret {
  const characters = [...text.replaceAll(/[\s-]/g, '').toUpperCase()];
  if (characters.length < shortest || characters.length > longest) {
    throw refusal(`has ${characters.length} characters where ${shortest} to ${longest} are allowed`);
  }
  const wrong = characters.findIndex((character) => !alphabet.includes(character));
  if (wrong >= 0) {
    throw refusal(`has a character at place ${wrong + 1} that no joiner passphrase has`);
  }
  return Secret.text(characters.join(''));
}

/** What each character that is drawn says, bits; and as many of them as nobody guesses, even with all tries there are. */
const [characterBits, drawnLength] = [5, 12] as const;

/** A passphrase that nobody can foresee, as a maker puts it on a label: 60 bits. @throws SelvageError `entropy-failed` */
export function drawJoinerPassphrase(entropy: Entropy): Secret {
  const drawn = new Uint8Array(drawnLength);
  entropy.fill(drawn);
  const characters = Array.from(drawn, (byte) => alphabet[byte >> (8 - characterBits)]);
  drawn.fill(0);
  return Secret.text(characters.join(''));
}

function refusal(what: string): SelvageError {
  return new SelvageError('joiner-passphrase-invalid', `the joiner passphrase ${what}`, {
    remedy: 'type it as on the label: digits and letters, but none of the letters I, O, Q and Z',
  });
}
