import { type Instant, type PeerAddress } from '@selvage/core';
import type { ResponseCode } from '../message/code.js';
import type { CoapMessage } from '../message/message.js';
import type { CoapOption } from '../message/option-codec.js';
import type { Peer } from '../messaging/peer.js';
import type { Timers } from '../messaging/timers.js';
import { first } from '../option/access.js';
import { type Block, type BlockSize } from '../option/block.js';
import { option } from '../option/registry.js';
import { requestKey } from '../option/request-key.js';
import { Assembly } from './assembly.js';
import { type TransferEntry, type TransferLimits, TransferTable } from './transfer-table.js';

/** What one block of a request's body leads to. */
export type UploadStep =
  /** Asks for the next block, 2.31. */
  | { readonly kind: 'continue'; readonly block: Block }
  | { readonly kind: 'refuse'; readonly code: ResponseCode; readonly options: readonly CoapOption[] }
  | { readonly kind: 'complete'; readonly body: Uint8Array };

/**
 * The bodies of requests that arrive in blocks (Block1, RFC 7959 §2.5): one a peer and request key, put together in
 * order and handed on whole or not at all. A block that does not follow is answered 4.08 and leaves what is there alone,
 * so that a stray or forged block ends no transfer.
 */
export class Uploads<Address extends PeerAddress> {
  readonly table: TransferTable<Address, Assembly>;
  readonly #largestBody: number;

  constructor(largestBody: number, limits: TransferLimits, timers: Timers) {
    this.#largestBody = largestBody;
    this.table = new TransferTable(limits, timers);
  }

  /** @param preferred the largest block that is wanted; a client that began with a larger one is asked to go on with it */
  take(peer: Peer<Address>, message: CoapMessage, block: Block, preferred: BlockSize, now: Instant): UploadStep {
    const { payload, options } = message;
    if (block.more && payload.length !== block.size) return refuse('4.00');
    if (payload.length > block.size) return refuse('4.00');
    const offset = block.number * block.size;
    const announced = first(options, option.size1) ?? 0;
    if (Math.max(offset + payload.length, announced) > this.#largestBody) return this.#tooLarge(peer, message, now);
    if (block.number === 0 && !block.more) return { kind: 'complete', body: payload };
    return this.#assemble(peer, message, block, offset, preferred, now);
  }

  #assemble(
    peer: Peer<Address>,
    message: CoapMessage,
    block: Block,
    offset: number,
    preferred: BlockSize,
    now: Instant,
  ): UploadStep {
    const key = requestKey(message.code, message.options);
    const entry =
      block.number === 0 ? this.table.add(peer, key, new Assembly(), 0, now) : this.table.find(peer, key, now);
    if (entry === undefined) return refuse(block.number === 0 ? '5.03' : '4.08');
    if (entry.value.length !== offset) return refuse('4.08');
    if (!this.#append(entry, message.payload, now)) return refuse('5.03');
    if (block.more) return { kind: 'continue', block: { ...block, size: smaller(block.size, preferred) } };
    this.table.delete(entry);
    return { kind: 'complete', body: entry.value.body() };
  }

  #append(entry: TransferEntry<Address, Assembly>, payload: Uint8Array, now: Instant): boolean {
    if (!this.table.grow(entry, payload.length, now)) {
      this.table.delete(entry);
      return false;
    }
    entry.value.append(payload);
    return true;
  }

  /** RFC 7959 §2.9.3: Size1 says how much would do. */
  #tooLarge(peer: Peer<Address>, message: CoapMessage, now: Instant): UploadStep {
    const entry = this.table.find(peer, requestKey(message.code, message.options), now);
    if (entry !== undefined) this.table.delete(entry);
    return refuse('4.13', [option.size1.of(this.#largestBody)]);
  }
}

function smaller(a: BlockSize, b: BlockSize): BlockSize {
  return a < b ? a : b;
}

function refuse(code: ResponseCode, options: readonly CoapOption[] = []): UploadStep {
  return { kind: 'refuse', code, options };
}
