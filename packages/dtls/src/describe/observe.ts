import { ByteReader, SelvageError } from '@selvage/core';
import { readFragments } from '../handshake/reassembly.js';
import { type HandshakeMessage, handshakeMessage } from '../protocol/handshake.js';
import { type DtlsRecord, record } from '../protocol/record.js';
import type { MessageDescription } from './description.js';
import { describeHandshake } from './handshake.js';

/** One record as anybody sees it who reads the wire and has no key. */
export interface ObservedRecord {
  readonly type: DtlsRecord['type'];
  readonly version: number;
  /** 0 in the clear, above it protected. */
  readonly epoch: number;
  readonly sequence: number;
  /** What the record carries: in the clear, or sealed. */
  readonly fragment: Uint8Array;
  /** The handshake messages that stand whole and in the clear in this record; what is fragmented is left out. */
  readonly messages: readonly HandshakeMessage[];
}

/**
 * Reads a datagram from outside, without keys and without state: for a timeline, a sniffer, an attack in a test. It ends
 * where the bytes stop being DTLS records, or at a record with a connection ID, whose length only its receiver knows.
 */
export function observeDatagram(datagram: Uint8Array): ObservedRecord[] {
  const reader = new ByteReader(datagram);
  const records: ObservedRecord[] = [];
  while (reader.remaining > 0) {
    const read = readQuietly(() => record.decode(reader));
    if (read === undefined || read.type === 'tls12_cid') return records;
    const { type, version, epoch, sequence, fragment } = read;
    const inTheClear = type === 'handshake' && epoch === 0;
    const messages = inTheClear ? (readQuietly(() => wholeMessages(fragment)) ?? []) : [];
    records.push({ type, version, epoch, sequence, fragment, messages });
  }
  return records;
}

/** A message that {@link observeDatagram} found, in words. */
export function describeObserved(message: HandshakeMessage): MessageDescription {
  return describeHandshake(message, 0);
}

function wholeMessages(payload: Uint8Array): HandshakeMessage[] {
  return readFragments(payload)
    .filter((part) => part.fragmentOffset === 0 && part.fragment.length === part.length)
    .map((part) => handshakeMessage(part.type, part.messageSequence, part.fragment));
}

function readQuietly<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof SelvageError) return undefined;
    throw error;
  }
}
