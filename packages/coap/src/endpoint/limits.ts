import type { PeerLimits } from '../messaging/peer-table.js';

/** How much an endpoint keeps and does for others, whatever they send. */
export interface CoapLimits extends PeerLimits {
  /** Requests that are being handled, at most; a further one is answered 5.03. */
  readonly exchanges: number;
  /** The same of one peer. */
  readonly exchangesPerPeer: number;
  /** Own requests under way, at most. */
  readonly requests: number;
  /** Bytes of a body, sent to us in blocks or fetched by us in blocks. */
  readonly body: number;
  /** Bodies in the making or being fetched block by block, at most; of each of the two kinds. */
  readonly transfers: number;
  /** The same of one peer. */
  readonly transfersPerPeer: number;
  /** Bytes of all those bodies; of each of the two kinds. */
  readonly transferBytes: number;
  /**
   * How long such a body is kept after its last block, ms; by default a little more than twice MAX_TRANSMIT_SPAN, as the
   * answer to a block and the next block may each take that long.
   */
  readonly transferLifetime: number;
  /** Observers, at most; a further one is served, and not told of changes. */
  readonly observers: number;
  /** The same of one peer. */
  readonly observersPerPeer: number;
}

/** The limits where none are given: enough for a device with many clients, too little to drown it. */
export const defaultLimits: CoapLimits = {
  peers: 4096,
  receivedPerPeer: 64,
  received: 16_384,
  waitingPerPeer: 256,
  exchanges: 1024,
  exchangesPerPeer: 64,
  requests: 4096,
  body: 65_536,
  transfers: 64,
  transfersPerPeer: 4,
  transferBytes: 1_048_576,
  transferLifetime: 100_000,
  observers: 1024,
  observersPerPeer: 32,
};
