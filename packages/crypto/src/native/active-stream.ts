import type { Aead } from '../core.js';
import { type CcmTagLength, longestCcmMessage, writeFirstCounterBlock } from '../symmetric/ccm-format.js';
import { blockLength } from '../symmetric/parameters.js';
import { CbcMac } from './cbc-mac.js';
import { aesCcm } from './evp-aead.js';
import { KeyStream } from './key-stream.js';

/** Who owns an active stream, and forgets it when it must rest. */
export interface StreamOwner {
  forget(): void;
}

/** What a counted stream holds while packets flow: cipher objects, key stream, and a seat among the active ones. */
export class ActiveStream {
  readonly owner: StreamOwner;
  /** The nonce of the packet in hand. */
  readonly nonce: Uint8Array;
  readonly longest: number;
  readonly mac: CbcMac;
  readonly stream: KeyStream;

  /** The neighbours in order of use, which the set of active streams keeps. */
  newer: ActiveStream | undefined;
  older: ActiveStream | undefined;

  readonly #tagLength: CcmTagLength;
  readonly #key: Uint8Array;
  #long: Aead | undefined;

  /** Takes over `nonce` and `key`, and zeroes both in the end. */
  constructor(owner: StreamOwner, key: Uint8Array, nonce: Uint8Array, lowByte: number, tagLength: CcmTagLength) {
    this.owner = owner;
    this.nonce = nonce;
    this.longest = longestCcmMessage(nonce.length);
    this.mac = new CbcMac(key);
    const firstCounterBlock = new Uint8Array(blockLength);
    writeFirstCounterBlock(firstCounterBlock, nonce);
    this.stream = new KeyStream(key, firstCounterBlock, lowByte);
    this.#key = key;
    this.#tagLength = tagLength;
  }

  /** The same cipher for long packets, where OpenSSL's own CCM is the faster. */
  get long(): Aead {
    return (this.#long ??= aesCcm(this.#key, { nonceLength: this.nonce.length, tagLength: this.#tagLength }));
  }

  destroy(): void {
    this.mac.destroy();
    this.stream.destroy();
    this.#long?.destroy();
    this.#key.fill(0);
    this.nonce.fill(0);
  }
}
