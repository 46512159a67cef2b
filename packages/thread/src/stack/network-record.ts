import type { CryptoCore, KeyHandle } from '@selvage/crypto';
import { Dataset } from '../dataset/dataset.js';
import { keysTag } from '../dataset/keys-tag.js';
import { deviceMode } from '../mle/tlv/mode.js';
import {
  bytes,
  constant,
  decode,
  type Decoded,
  encode,
  enumeration,
  list,
  opaque,
  struct,
  u16,
  u32,
  u8,
} from '@selvage/core';

const roles = enumeration(u8, { none: 0, child: 1, leader: 2, router: 3 });

const neighbour = struct({ extended: bytes(8), rloc16: u16, mode: deviceMode, timeout: u32, version: u16 });

/**
 * What is durable of a node's place in its network, beside keys, counters and datasets:
 * ```
 * struct {
 *   uint8 version = 1;
 *   uint8 role { none, child, leader, router };
 *   uint16 rloc16;
 *   uint32 keySequence;
 *   Neighbour neighbours<0..2^16-1>;   // a child's parent; a router's children
 * } NetworkRecord;
 * struct { opaque extended[8]; uint16 rloc16; uint8 mode; uint32 timeout; uint16 version } Neighbour;
 * ```
 */
export const networkRecord = struct({
  version: constant(u8, 1),
  role: roles,
  rloc16: u16,
  keySequence: u32,
  neighbours: list(u16, neighbour),
});

/** What a {@link networkRecord} says. */
export type NetworkRecord = Decoded<typeof networkRecord>;

/**
 * Who a node is, drawn once:
 * ```
 * struct { uint8 version = 1; opaque extended[8]; opaque interfaceId[8]; opaque slaacSecret[32] } IdentityRecord;
 * ```
 */
export const identityRecord = struct({
  version: constant(u8, 1),
  extended: bytes(8),
  interfaceId: bytes(8),
  slaacSecret: bytes(32),
});

/** What an {@link identityRecord} says. */
export type IdentityRecord = Decoded<typeof identityRecord>;

/**
 * A dataset, without its keys where the store is not sealed; its network key is in the key home under this name:
 * ```
 * struct { uint8 version = 2; opaque keyId<0..255>; opaque keysTag<0..255>; opaque tlvs<0..254> } DatasetRecord;
 * ```
 * The tag is empty where there is nothing to know again: the keys are in the TLVs, or were not at hand.
 */
export const datasetRecord = struct({
  version: constant(u8, 2),
  keyId: opaque(u8),
  keysTag: opaque(u8),
  tlvs: opaque(u8),
});

/** As it was before there were tags. */
const untaggedRecord = struct({ version: constant(u8, 1), keyId: opaque(u8), tlvs: opaque(u8) });

/** What a store has of a dataset. */
export interface StoredDataset {
  readonly dataset: Dataset;
  /** Under which its network key is in the key home. */
  readonly keyId: string;
  /** By which its keys are known again. */
  readonly keysTag: Uint8Array;
}

/** Reads a {@link datasetRecord}. @throws SelvageError of the codec */
export function readDataset(record: Uint8Array): StoredDataset {
  const { keyId, tlvs, ...read } =
    record[0] === 1 ? decode(untaggedRecord, record, 'datasetRecord') : decode(datasetRecord, record, 'datasetRecord');
  const { keysTag: tag = new Uint8Array(0) } = read as { readonly keysTag?: Uint8Array };
  return { dataset: Dataset.decode(tlvs), keyId: new TextDecoder().decode(keyId), keysTag: tag };
}

/**
 * A dataset as it is stored: under the name that its network key has in its home.
 * @param isSealed whether the store shows it to nobody; it is stored without its keys otherwise
 */
export function datasetBytes(core: CryptoCore, dataset: Dataset, { id }: KeyHandle, isSealed: boolean): Uint8Array {
  const stored = isSealed ? dataset : dataset.with({ networkKey: undefined, pskc: undefined });
  const tag = isSealed ? undefined : keysTag(core, dataset);
  const keyId = new TextEncoder().encode(id);
  return encode(datasetRecord, { version: 2, keyId, keysTag: tag ?? new Uint8Array(0), tlvs: stored.encode() });
}

/** Names in the node's store. */
export const recordNames = {
  identity: 'thread.identity',
  network: 'thread.network',
  active: 'thread.dataset.active',
  pending: 'thread.dataset.pending',
} as const;
