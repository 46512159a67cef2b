import { constantTimeEqual, type CryptoCore } from '@selvage/crypto';
import type { Dataset } from './dataset.js';

const label = new TextEncoder().encode('Selvage dataset keys');
const tagLength = 16;

/**
 * By what the two keys of a dataset are known again: HMAC-SHA-256(network key, label ‖ PSKc), 16 bytes, which say nothing of
 * either to whoever has not the network key. Undefined for a dataset without both.
 */
export function keysTag(core: CryptoCore, dataset: Dataset): Uint8Array | undefined {
  const [networkKey, pskc] = [dataset.get('networkKey'), dataset.get('pskc')];
  if (networkKey === undefined || pskc === undefined) return undefined;
  return core.hmac('sha256', networkKey.reveal(), label, pskc.reveal()).subarray(0, tagLength);
}

/**
 * A dataset that was stored without its keys, with those of `known`, which are its own if they have the tag that was stored
 * beside it. As it is where they are others: half of them, or older ones, would be given to others as the network's.
 */
export function withKnownKeys(core: CryptoCore, stored: Dataset, tag: Uint8Array, known: Dataset): Dataset {
  const found = keysTag(core, known);
  if (found === undefined || !constantTimeEqual(found, tag)) return stored;
  return stored.with({ networkKey: known.get('networkKey'), pskc: known.get('pskc') });
}
