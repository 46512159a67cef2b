import { ByteReader } from '@selvage/core';
import { type HandshakeFragment, readFragments } from '../../src/handshake/reassembly.js';
import { type DtlsRecord, record } from '../../src/protocol/record.js';

/** The records of a datagram, none of which carries a connection ID. */
export function recordsOf(datagram: Uint8Array): DtlsRecord[] {
  const reader = new ByteReader(datagram);
  const records: DtlsRecord[] = [];
  while (reader.remaining > 0) records.push(record.decode(reader));
  return records;
}

/** The pieces of handshake messages that passed in the clear. */
export function handshakeFragments(passed: readonly { readonly payload: Uint8Array }[]): HandshakeFragment[] {
  return passed
    .flatMap(({ payload }) => recordsOf(payload))
    .filter(({ type, epoch }) => type === 'handshake' && epoch === 0)
    .flatMap(({ fragment }) => readFragments(fragment));
}
