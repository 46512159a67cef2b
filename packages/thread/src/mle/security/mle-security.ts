import { decode, encode, FormatError } from '@selvage/core';
import type { CryptoCore } from '@selvage/crypto';
import type { ThreadKeys } from '../../keys/thread-keys.js';
import { extendedOfAddress } from '../../ip6/address/interface-id.js';
import { mleDatagram, mleSecurityHeader, mleSecurityLength } from '../mle-datagram.js';
import { type MleMessage, mleMessage } from '../mle-message.js';
import { openMle, sealMle } from './mle-cipher.js';

/** What MLE asks of a network's keys; `ThreadKeys` is it. */
export type MleKeys = Pick<ThreadKeys, 'current' | 'keysOf' | 'takeMleCounter'>;

/** How an MLE message was protected. */
export type MleProtection =
  /** Not at all: only discovery is. */
  | { readonly kind: 'clear' }
  /** By whoever has the network key, as `extended` says of itself. Whether it is fresh its neighbour entry says. */
  | {
      readonly kind: 'secured';
      readonly keySequence: number;
      readonly frameCounter: number;
      readonly extended: Uint8Array;
    };

/** What a datagram to the MLE port turned out to be. */
export type MleOpened =
  | { readonly kind: 'message'; readonly message: MleMessage; readonly protection: MleProtection }
  /** Sealed under a sequence whose keys are not here: `ThreadKeys.request` has them derived. */
  | { readonly kind: 'keys-wanted'; readonly keySequence: number }
  /** Not in the format of MLE, a command or protection that does not go together, or not authentic. */
  | { readonly kind: 'malformed' | 'unacceptable' | 'forged' };

/** Commands that are sent in clear, and only so (Thread 1.3 §8.4.4). */
const clearCommands: ReadonlySet<MleMessage['command']> = new Set(['discoveryRequest', 'discoveryResponse'] as const);

/**
 * Seals and opens MLE messages with a network's keys (Thread 1.3 §7.2). It keeps nothing of its peers: whether a
 * counter is fresh is for the neighbour table to say.
 */
export class MleSecurity {
  readonly #core: CryptoCore;
  #keys: MleKeys;

  constructor(core: CryptoCore, keys: MleKeys) {
    this.#core = core;
    this.#keys = keys;
  }

  /** The keys of another network key. */
  setKeys(keys: MleKeys): void {
    this.#keys = keys;
  }

  /**
   * The payload of a datagram from our link-local address `source`, sealed under the current sequence.
   * @returns undefined while no frame counter is durable
   */
  seal(message: MleMessage, source: Uint8Array, destination: Uint8Array): Uint8Array | undefined {
    const plain = encode(mleMessage, message, 'mle');
    // What goes out in clear takes no counter.
    if (clearCommands.has(message.command)) return encode(mleDatagram, { type: 'clear', value: plain });
    const { mle, sequence, index } = this.#keys.current;
    const frameCounter = this.#keys.takeMleCounter();
    if (frameCounter === undefined) return undefined;
    const security = { control: 0x15, frameCounter, keySequence: sequence, keyIndex: index } as const;
    const header = encode(mleSecurityHeader, security);
    const sealed = sealMle(this.#core, mle.reveal(), { source, destination, header, frameCounter }, plain);
    return encode(mleDatagram, { type: 'secured', value: { security, sealed } });
  }

  /** What a datagram from `source` to `destination` says. The key index is not looked at: the sequence is there. */
  open(datagram: Uint8Array, source: Uint8Array, destination: Uint8Array): MleOpened {
    try {
      const outer = decode(mleDatagram, datagram, 'mle');
      if (outer.type === 'unknown') return { kind: 'unacceptable' };
      if (outer.type === 'clear') return this.#readClear(outer.value);
      const { security, sealed } = outer.value;
      const { frameCounter, keySequence } = security;
      const keys = this.#keys.keysOf(keySequence);
      if (keys === undefined) return { kind: 'keys-wanted', keySequence };
      const header = datagram.subarray(1, 1 + mleSecurityLength);
      const plain = openMle(this.#core, keys.mle.reveal(), { source, destination, header, frameCounter }, sealed);
      if (plain === undefined) return { kind: 'forged' };
      const message = decode(mleMessage, plain, 'mle');
      if (clearCommands.has(message.command)) return { kind: 'unacceptable' };
      const extended = extendedOfAddress(source);
      return { kind: 'message', message, protection: { kind: 'secured', keySequence, frameCounter, extended } };
    } catch (error) {
      if (error instanceof FormatError) return { kind: 'malformed' };
      throw error;
    }
  }

  #readClear(plain: Uint8Array): MleOpened {
    const message = decode(mleMessage, plain, 'mle');
    if (!clearCommands.has(message.command)) return { kind: 'unacceptable' };
    return { kind: 'message', message, protection: { kind: 'clear' } };
  }
}
