import { concat, Secret, SelvageError } from '@selvage/core';
import type { CryptoCore } from '@selvage/crypto';

/** What a PSKc is made of, beside the passphrase. */
export interface PskcInputs {
  /** UTF-8, 1 to 16 bytes. */
  readonly networkName: Uint8Array;
  readonly extendedPanId: Uint8Array;
}

const rounds = 16_384;
const pskcLength = 16;
const [shortestPassphrase, longestPassphrase] = [6, 255] as const;
const salt = new TextEncoder().encode('Thread');

/**
 * The key that a commissioner proves to know: PBKDF2 with AES-CMAC-PRF-128 of the commissioning passphrase, 16,384
 * rounds, salt "Thread" ‖ extended PAN id ‖ network name (Thread 1.3 §8.4.1.1).
 * @throws SelvageError `invalid-length` for a passphrase of less than 6 or more than 255 bytes.
 */
export function derivePskc(core: CryptoCore, passphrase: Secret, inputs: PskcInputs): Secret {
  const { length } = passphrase;
  if (length < shortestPassphrase || length > longestPassphrase) {
    throw new SelvageError('invalid-length', `a commissioning passphrase has 6 to 255 bytes, not ${length}`);
  }
  const { networkName, extendedPanId } = inputs;
  const seasoned = concat(salt, extendedPanId, networkName);
  const bytes = core.pbkdf2AesCmacPrf128(passphrase.reveal(), seasoned, rounds, pskcLength);
  const pskc = Secret.of(bytes);
  bytes.fill(0);
  return pskc;
}
