import { concat } from '@selvage/core';
import type { CryptoCore } from '@selvage/crypto';
import { pskdAlphabet } from '../pskd.js';
import type { FinishedLock } from './finished-lock.js';
import type { Overheard } from './overheard.js';

/** What came of trying words on a capture, without talking to anybody. */
export interface DictionaryResult {
  readonly words: number;
  /** Keys that were made from the words. */
  readonly keys: number;
  /** The word whose key opens the capture. */
  readonly found: string | undefined;
}

/** A dictionary that a good spy would have: every word one character away from the passphrase, and it itself. */
export function dictionaryAround(passphrase: string): string[] {
  const near = [...passphrase].flatMap((_, at) =>
    [...pskdAlphabet].map((character) => passphrase.slice(0, at) + character + passphrase.slice(at + 1)),
  );
  return [...new Set([passphrase, ...near])].sort();
}

/** Tries every word; `keysOf` says which premaster secrets a word could stand for. */
export function tryWords(
  words: readonly string[],
  lock: FinishedLock,
  keysOf: (word: Uint8Array) => readonly Uint8Array[],
): DictionaryResult {
  const encoder = new TextEncoder();
  let keys = 0;
  let found: string | undefined;
  for (const word of words) {
    const candidates = keysOf(encoder.encode(word));
    keys += candidates.length;
    if (candidates.some((candidate) => lock.opensWith(candidate))) found ??= word;
  }
  return { words: words.length, keys, found };
}

/** Plain PSK: the passphrase is the key, and the premaster secret follows from nothing else (RFC 4279 §2). */
export function pskKeys(word: Uint8Array): Uint8Array[] {
  const length = Uint8Array.of(word.length >>> 8, word.length);
  return [concat(length, new Uint8Array(word.length), length, word)];
}

/**
 * EC-JPAKE: all that can be made of a word and what was said aloud, in the form of the true premaster secret, which is
 * SHA-256 of the x coordinate of a point: the word itself, and the word times each public point. The true point is a
 * multiple by a number that never left its device.
 */
export function ecjpakeKeys(core: CryptoCore, overheard: Overheard): (word: Uint8Array) => Uint8Array[] {
  return (word) => {
    const scalar = new Uint8Array(32);
    scalar.set(word, scalar.length - word.length);
    const ofPoints = overheard.points.map(([, point]) => core.hash('sha256', core.p256.sharedSecret(scalar, point)));
    return [core.hash('sha256', word), ...pskKeys(word), ...ofPoints];
  };
}
