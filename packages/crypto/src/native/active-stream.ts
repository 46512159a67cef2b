import { writeFirstCounterBlock } from '../symmetric/ccm-format.js';
import { blockLength } from '../symmetric/parameters.js';
import type { ActiveMember, ActiveOwner } from './active-set.js';
import { CbcMac } from './cbc-mac.js';
import { KeyStream } from './key-stream.js';

/** What a counted stream holds while packets flow: cipher objects, key stream, and a seat among the active ones. */
export class ActiveStream implements ActiveMember {
  readonly owner: ActiveOwner;
  /** The owner's nonce, in which it writes the counter of the packet in hand. */
  readonly nonce: Uint8Array;
  readonly mac: CbcMac;
  readonly stream: KeyStream;

  newer: ActiveMember | undefined;
  older: ActiveMember | undefined;

  /** @param lowByte the place of the counter's least significant byte in the nonce. */
  constructor(owner: ActiveOwner, key: Uint8Array, nonce: Uint8Array, lowByte: number) {
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
