import type { Instant, PeerAddress } from '@selvage/core';
import { type Representation, slice, tagged } from '../blockwise/representation.js';
import { blockSizeFor, fitsWhole, headLength } from '../blockwise/room.js';
import { responseCodeNumber, type ResponseCode } from '../message/code.js';
import { noBytes } from '../message/message.js';
import type { CoapOption } from '../message/option-codec.js';
import type { Peer } from '../messaging/peer.js';
import { inOrder } from '../option/access.js';
import { type Block, type BlockSize } from '../option/block.js';
import { requestKey } from '../option/request-key.js';
import type { SendingWorld } from './sending-world.js';

/** What a response answers, as far as its blocks depend on it. */
export interface Asked {
  /** The request's method and options. */
  readonly code: number;
  readonly options: readonly CoapOption[];
  /** The block that the client wants. */
  readonly block2: Block | undefined;
}

/** A message that carries a response or a block of it. */
export interface Composed extends Representation {
  /** What it is a block of, where that is to be kept for the others. */
  readonly whole?: Representation;
}

/**
 * The message that carries a response, or its first block: the client's block size if it named one, and never more than
 * the port carries (RFC 7959 §2.4).
 * @param added options of this message, not of the representation
 */
export function compose<Address extends PeerAddress>(
  world: SendingWorld<Address>,
  peer: Peer<Address>,
  asked: Asked,
  whole: Representation,
  added: readonly CoapOption[],
): Composed {
  const { code, payload } = whole;
  const options = inOrder(added.length === 0 ? whole.options : [...whole.options, ...added]);
  const limit = world.maximumPayload(peer.address);
  const head = headLength(options);
  if (asked.block2 === undefined && fitsWhole(head, payload.length, limit)) return { code, options, payload };
  const size = Math.min(asked.block2?.size ?? 1024, blockSizeFor(head, limit)) as BlockSize;
  const number = asked.block2 === undefined ? 0 : (asked.block2.number * asked.block2.size) / size;
  if (payload.length <= size && number === 0) return slice({ code, options, payload }, 0, size) as Representation;
  const kept = tagged(whole);
  const part = slice({ ...kept, options: [...kept.options, ...added] }, number, size) ?? plain('4.00');
  return { ...part, whole: kept };
}

/** Keeps what a message that is sent is a block of, so that its blocks are all of one state. */
export function keepRest<Address extends PeerAddress>(
  world: SendingWorld<Address>,
  peer: Peer<Address>,
  { code, options }: Asked,
  { whole }: Composed,
  now: Instant,
): void {
  if (whole !== undefined) world.downloads.add(peer, requestKey(code, options), whole, whole.payload.length, now);
}

/** A response without options or payload. */
export function plain(code: ResponseCode, options: readonly CoapOption[] = []): Representation {
  return { code: responseCodeNumber(code) as number, options: inOrder(options), payload: noBytes };
}
