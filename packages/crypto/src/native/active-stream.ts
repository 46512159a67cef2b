import { writeFirstCounterBlock } from '../symmetric/ccm-format.js';
import { blockLength } from '../symmetric/parameters.js';
import { CbcMac } from './cbc-mac.js';
import { KeyStream } from './key-stream.js';

/** Who owns an active stream, and forgets it when it must rest. */
export interface StreamOwner {
  forget(): void;
}

/** What a counted stream holds while packets flow: cipher objects, key stream, and a seat among the active ones. */
export class ActiveStream {
  readonly owner: StreamOwner;
  /** The owner's nonce, in which it writes the counter of the packet in hand. */
  readonly nonce: Uint8Array;
  readonly mac: CbcMac;
  readonly stream: KeyStream;

  /** The neighbours in order of use, which the set of active streams keeps. */
  newer: ActiveStream | undefined;
  older: ActiveStream | undefined;

  /** @param lowByte the place of the counter's least significant byte in the nonce. */
  constructor(owner: StreamOwner, key: Uint8Array, nonce: Uint8Array, lowByte: number) {
    this.owner = owner;
    this.nonce = nonce;
    this.mac = new CbcMac(key);
    const firstCounterBlock = new Uint8Array(blockLength);
    writeFirstCounterBlock(firstCounterBlock, nonce);
    this.stream = new KeyStream(key, firstCounterBlock, lowByte);
  }

  destroy(): void {
    this.mac.destroy();
    this.stream.destroy();
  }
}
