import { decode, FormatError } from '@selvage/core';
import type { CryptoCore } from '@selvage/crypto';
import { isLinkLocal } from '../ip6/address/classes.js';
import { extendedOfAddress } from '../ip6/address/interface-id.js';
import { mleDatagram } from '../mle/mle-datagram.js';
import { MleSecurity } from '../mle/security/mle-security.js';
import type { AddressBook } from './address-book.js';
import type { SeenMle } from './seen-frame.js';
import type { SniffKeys } from './sniff-keys.js';

/** Opens MLE messages for a listener, and learns from them who has which short address. */
export class MleReader {
  readonly #core: CryptoCore;
  readonly #keys: SniffKeys;
  readonly #book: AddressBook;

  constructor(core: CryptoCore, keys: SniffKeys, book: AddressBook) {
    this.#core = core;
    this.#keys = keys;
    this.#book = book;
  }

  /** What an MLE datagram says; undefined where it is none. */
  read(
    datagram: Uint8Array,
    source: Uint8Array,
    destination: Uint8Array,
    panId: number | undefined,
  ): SeenMle | undefined {
    const sequence = sequenceIn(datagram);
    if (sequence === 'none') return undefined;
    const opened = sequence === 'clear' ? this.#open(datagram, source, destination, undefined) : undefined;
    if (opened !== undefined) return opened;
    if (sequence === 'clear') return undefined;
    for (const keys of this.#keys.ofSequence(sequence)) {
      const seen = this.#open(datagram, source, destination, keys);
      if (seen === undefined) continue;
      this.#keys.prove(sequence);
      this.#learn(seen, source, destination, panId);
      return seen;
    }
    return { openness: 'sealed', keySequence: sequence };
  }

  #open(
    datagram: Uint8Array,
    source: Uint8Array,
    destination: Uint8Array,
    keys: ReturnType<SniffKeys['ofSequence']>[number] | undefined,
  ): SeenMle | undefined {
    const view = { current: keys as NonNullable<typeof keys>, keysOf: () => keys, takeMleCounter: () => undefined };
    const opened = new MleSecurity(this.#core, view).open(datagram, source, destination);
    if (opened.kind !== 'message') return undefined;
    const { message, protection } = opened;
    if (protection.kind === 'clear') return { openness: 'clear', message };
    return { openness: 'opened', message, keySequence: protection.keySequence };
  }

  #learn({ message }: SeenMle, source: Uint8Array, destination: Uint8Array, panId: number | undefined): void {
    if (message === undefined || panId === undefined || !isLinkLocal(source)) return;
    const sender = extendedOfAddress(source);
    this.#book.see(sender);
    for (const tlv of message.tlvs) {
      if (tlv.type === 'sourceAddress') this.#book.learn(panId, tlv.value, sender);
      if (tlv.type === 'address16' && message.command === 'childIdResponse' && isLinkLocal(destination)) {
        this.#book.learn(panId, tlv.value, extendedOfAddress(destination));
      }
    }
  }
}

function sequenceIn(datagram: Uint8Array): number | 'clear' | 'none' {
  try {
    const outer = decode(mleDatagram, datagram);
    if (outer.type === 'secured') return outer.value.security.keySequence;
    return outer.type === 'clear' ? 'clear' : 'none';
  } catch (error) {
    if (error instanceof FormatError) return 'none';
    throw error;
  }
}
