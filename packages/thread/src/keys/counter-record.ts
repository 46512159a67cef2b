import { constant, type Decoded, decode, encode, struct, toHex, u32, u8 } from '@selvage/core';
import type { Derivation } from '@selvage/crypto';

/**
 * What is durable of a network key's counters:
 * ```
 * struct {
 *   uint8 version = 1;
 *   uint32 keySequence;
 *   uint32 macLimit, mleLimit;     // no frame or message of keySequence had these counters or greater ones
 * } CounterRecord;
 * ```
 */
export const counterRecord = struct({ version: constant(u8, 1), keySequence: u32, macLimit: u32, mleLimit: u32 });

/** What a {@link counterRecord} says. */
export type CounterRecord = Omit<Decoded<typeof counterRecord>, 'version'>;

const label = new TextEncoder().encode('Selvage frame counters');
const tagLength = 8;

/**
 * Names the record of a network key by a tag that says nothing of the key. Each network key has a record of its own,
 * so that a network that returns to an old key goes on with its counters.
 */
export const counterTag: Derivation = { kind: 'hmac-sha256', input: label };

/** The name in the store, from what {@link counterTag} derives. */
export function counterRecordName(derived: Uint8Array): string {
  return `thread.counters.${toHex(derived.subarray(0, tagLength))}`;
}

/** The bytes of a record. */
export function writeCounterRecord(record: CounterRecord): Uint8Array {
  return encode(counterRecord, { version: 1, ...record }, 'counterRecord');
}

/** @throws SelvageError of the codec. */
export function readCounterRecord(bytes: Uint8Array): CounterRecord {
  return decode(counterRecord, bytes, 'counterRecord');
}
