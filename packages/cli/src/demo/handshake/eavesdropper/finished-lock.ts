import { concat } from '@selvage/core';
import type { CryptoCore } from '@selvage/crypto';
import type { Overheard } from './overheard.js';

const keyLength = 16;
const fixedIvLength = 4;
const explicitNonceLength = 8;
const tagLength = 8;

/**
 * The one test that a capture gives for a premaster secret: do the keys that follow from it open the client's Finished?
 * For suites with AES-128-CCM-8 (RFC 6655 §3, RFC 5246 §6.3 and §6.2.3.3) and the extended master secret (RFC 7627).
 */
export class FinishedLock {
  readonly #core: CryptoCore;
  readonly #overheard: Overheard;
  readonly #sessionHash: Uint8Array;

  constructor(core: CryptoCore, overheard: Overheard) {
    this.#core = core;
    this.#overheard = overheard;
    this.#sessionHash = core.hash('sha256', ...overheard.transcript);
  }

  /** Whether this premaster secret is the one. */
  opensWith(premaster: Uint8Array): boolean {
    const { clientRandom, serverRandom } = this.#overheard;
    const master = this.#core.tlsPrf('sha256', premaster, 'extended master secret', this.#sessionHash, 48);
    const seed = concat(serverRandom, clientRandom);
    const block = this.#core.tlsPrf('sha256', master, 'key expansion', seed, 2 * (keyLength + fixedIvLength));
    return this.#opens(block.subarray(0, keyLength), block.subarray(2 * keyLength, 2 * keyLength + fixedIvLength));
  }

  #opens(clientKey: Uint8Array, clientIv: Uint8Array): boolean {
    const { fragment, epoch, sequence, version } = this.#overheard.clientFinished;
    const length = fragment.length - explicitNonceLength - tagLength;
    const additionalData = Uint8Array.of(0, epoch, 0, 0, 0, 0, 0, sequence, 22, version >>> 8, version, 0, length);
    const aead = this.#core.aesCcm(clientKey, { nonceLength: fixedIvLength + explicitNonceLength, tagLength });
    const nonce = concat(clientIv, fragment.subarray(0, explicitNonceLength));
    const opened = aead.open(nonce, additionalData, fragment.subarray(explicitNonceLength));
    aead.destroy();
    return opened !== undefined;
  }
}
