import { bytesEqual } from '@selvage/core';
import type { CoapMessage } from '../message/message.js';
import { first, without } from '../option/access.js';
import { type Block } from '../option/block.js';
import { option } from '../option/registry.js';
import { Assembly } from './assembly.js';
import type { Representation } from './representation.js';

/** What a block did to the body it belongs to. */
export type DownloadStep =
  /** It follows; this is the block to ask for next. */
  | { readonly kind: 'next'; readonly block: Block }
  | { readonly kind: 'complete'; readonly whole: Representation }
  /** It is of another state of the resource: what is here is worth nothing any more. */
  | { readonly kind: 'changed' }
  | { readonly kind: 'too-large' }
  | { readonly kind: 'broken'; readonly problem: string };

/** A response that arrives in blocks (Block2, RFC 7959 §2.4), put together in order, all of one ETag. */
export class Download {
  readonly #assembly = new Assembly();
  readonly #maximumBody: number;
  readonly #head: CoapMessage;
  readonly #etag: Uint8Array | undefined;

  /** @param head the message with the first block */
  constructor(head: CoapMessage, maximumBody: number) {
    this.#head = head;
    this.#maximumBody = maximumBody;
    this.#etag = first(head.options, option.etag);
  }

  /** Takes the next block, that of the head first. */
  take(message: CoapMessage, block: Block | undefined): DownloadStep {
    const { payload, options, code } = message;
    if (block === undefined) return { kind: 'broken', problem: 'a message without Block2' };
    if (!this.#isSameState(message)) return { kind: 'changed' };
    if (code !== this.#head.code) return { kind: 'broken', problem: 'a block of another response code' };
    if (block.number * block.size !== this.#assembly.length) return { kind: 'broken', problem: 'a block out of order' };
    if (block.more ? payload.length !== block.size : payload.length > block.size) {
      return { kind: 'broken', problem: `a block of ${payload.length} bytes where ${block.size} were announced` };
    }
    const announced = first(options, option.size2) ?? 0;
    const length = this.#assembly.length + payload.length;
    if (Math.max(length, announced) > this.#maximumBody) return { kind: 'too-large' };
    this.#assembly.append(payload);
    if (block.more) return { kind: 'next', block: { number: length / block.size, more: false, size: block.size } };
    return { kind: 'complete', whole: this.#whole() };
  }

  #isSameState({ options }: CoapMessage): boolean {
    const etag = first(options, option.etag);
    if (etag === undefined || this.#etag === undefined) return etag === this.#etag;
    return bytesEqual(etag, this.#etag);
  }

  #whole(): Representation {
    const { code, options } = this.#head;
    return { code, options: withoutBlocks(options), payload: this.#assembly.body() };
  }
}

/** The options of a representation: those that say where a block stood are taken out. */
export function withoutBlocks(options: CoapMessage['options']): CoapMessage['options'] {
  return without(options, option.block1, option.block2, option.size1, option.size2);
}
