import type { Content } from '../messaging/delivery.js';
import { has, inOrder } from '../option/access.js';
import { type Block, type BlockSize } from '../option/block.js';
import { option } from '../option/registry.js';
import { entityTag } from './entity-tag.js';

/** A response as a whole: what is cut into blocks, and what the blocks are put together to. */
export type Representation = Content;

/** One block of a representation, as it goes out. */
export interface Slice extends Representation {
  readonly more: boolean;
}

/** The representation with an ETag, which its blocks need to be known as parts of one. */
export function tagged(whole: Representation): Representation {
  if (has(whole.options, option.etag)) return whole;
  return { ...whole, options: inOrder([...whole.options, option.etag.of(entityTag(whole.payload))]) };
}

/** A block of a representation; undefined where it has none of that number. Size2 stands in the first (RFC 7959 §4). */
export function slice(whole: Representation, number: number, size: BlockSize): Slice | undefined {
  const { payload } = whole;
  const start = number * size;
  if (start >= payload.length && number > 0) return undefined;
  const end = Math.min(start + size, payload.length);
  const more = end < payload.length;
  const block: Block = { number, more, size };
  const added = [option.block2.of(block), ...(number === 0 && more ? [option.size2.of(payload.length)] : [])];
  return {
    code: whole.code,
    options: inOrder([...whole.options, ...added]),
    payload: payload.subarray(start, end),
    more,
  };
}
