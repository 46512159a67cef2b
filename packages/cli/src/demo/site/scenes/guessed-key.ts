import { type Entropy, Secret } from '@selvage/core';

/** A key as a stranger has it: of the right length, and out of the air. */
export function guessedKey(entropy: Entropy): Secret {
  const key = new Uint8Array(16);
  entropy.fill(key);
  return Secret.of(key);
}
