import { type Clock, type Entropy, type Instant, Secret } from '@selvage/core';
import type { CryptoCore } from '@selvage/crypto';
import { pinKey } from '../../security/pin.js';
import type { Uuid } from '../../uuid/uuid.js';

/** What PINs are made with. */
export interface PinOptions {
  readonly core: CryptoCore;
  readonly entropy: Entropy;
  readonly clock: Clock;
}

/** Digits of a PIN. */
const digits = 8;
/** How long a PIN is good for, ms. */
const lifetime = 600_000;
/** Guesses at one PIN. */
const guessesEach = 3;
/** Guesses at all PINs: so many at once, and then one in so many ms; a new PIN does not give more. */
const guessesAtOnce = 12;
const guessEvery = 10_000;

/**
 * The PIN of a transfer by Random PIN. Whoever does not know it can only guess, and each handshake that claims to know
 * it is a guess: a PIN takes three, and beyond a dozen one guess in ten seconds is let through, whatever PIN it is for.
 */
export class TransferPin {
  readonly #options: PinOptions;
  #current: { readonly key: Secret; readonly until: Instant; guesses: number } | undefined;
  #tokens = guessesAtOnce;
  #refilledAt: Instant;

  constructor(options: PinOptions) {
    this.#options = options;
    this.#refilledAt = options.clock.now();
  }

  /** Makes a PIN for the device as it is named now; the one before is void. */
  renew(device: Uuid): string {
    const { core, entropy, clock } = this.#options;
    const pin = randomDigits(entropy);
    this.void();
    this.#current = { key: pinKey(core, Secret.text(pin), device), until: clock.now() + lifetime, guesses: 0 };
    return pin;
  }

  /** The key that the PIN makes, for one handshake; `undefined` where there is none, or no guess is left. */
  keyForGuess(): Secret | undefined {
    const now = this.#options.clock.now();
    if (this.#current === undefined || now >= this.#current.until) return undefined;
    this.#refill(now);
    if (this.#current.guesses >= guessesEach || this.#tokens < 1) return undefined;
    this.#current.guesses++;
    this.#tokens--;
    return this.#current.key;
  }

  /** Whether a key is that of the PIN which is good now. */
  isCurrent(key: Secret | undefined): boolean {
    return key !== undefined && key === this.#current?.key;
  }

  /** Forgets the PIN; returns whether there was one. */
  void(): boolean {
    const had = this.#current !== undefined;
    this.#current?.key.dispose();
    this.#current = undefined;
    return had;
  }

  #refill(now: Instant): void {
    const earned = Math.floor((now - this.#refilledAt) / guessEvery);
    this.#tokens = Math.min(guessesAtOnce, this.#tokens + earned);
    this.#refilledAt += earned * guessEvery;
  }
}

/** Decimal digits, all equally likely. */
function randomDigits(entropy: Entropy): string {
  const bytes = new Uint8Array(4);
  const count = 10 ** digits;
  const limit = Math.floor(2 ** 32 / count) * count;
  for (;;) {
    entropy.fill(bytes);
    const number = new DataView(bytes.buffer).getUint32(0);
    if (number < limit) return String(number % count).padStart(digits, '0');
  }
}
