import { carveBytes, SelvageError } from '@selvage/core';
import {
  ContentType,
  dtls10,
  dtls12,
  maximumCiphertext,
  maximumPlaintext,
  maximumSequence,
  recordHeaderLength,
  recordLayout,
} from '../protocol/record.js';
import { writeSequence } from './additional-data.js';
import type { RecordCoordinates, RecordProtection } from './protection.js';
import { ReplayWindow } from './replay-window.js';

/** A record that passed: in epoch 0 as it came, in epoch 1 authentic. */
export interface OpenedRecord {
  readonly type: number;
  readonly epoch: number;
  readonly sequence: number;
  readonly payload: Uint8Array;
  /** Whether no authentic record of a later number came before it: only then may a peer's address move (RFC 9146 §6). */
  readonly newest: boolean;
}

/** Why records were dropped, each a count. A dropped record has no other effect. */
export interface RecordCounters {
  malformed: number;
  wrongVersion: number;
  wrongEpoch: number;
  wrongConnectionId: number;
  replayed: number;
  unauthentic: number;
  held: number;
}

/** Epoch 1 records that arrived before the keys are kept, so a reordered flight costs no retransmission. */
const maximumHeld = 8;
const maximumHeldBytes = 8192;

/**
 * Records of one connection, RFC 6347 §4.1: epochs 0 (plain) and 1 (protected; there is no renegotiation, so no other),
 * sequence numbers, replay window, connection IDs.
 */
export class RecordLayer {
  readonly counters: RecordCounters = {
    malformed: 0,
    wrongVersion: 0,
    wrongEpoch: 0,
    wrongConnectionId: 0,
    replayed: 0,
    unauthentic: 0,
    held: 0,
  };
  /** The connection ID the peer asked us to put into our records; empty or absent for none. */
  peerConnectionId: Uint8Array | undefined;
  /** The connection ID we asked for, which the peer's protected records then carry. */
  ownConnectionId: Uint8Array | undefined;
  /** The most plaintext in one of our records. */
  maximumPlaintext = maximumPlaintext;

  #plainSequence = 0;
  #sequence = 0;
  #write: RecordProtection | undefined;
  #read: RecordProtection | undefined;
  #window: ReplayWindow | undefined;
  #held: Uint8Array[] | undefined;
  #isOver = false;

  /** Starts the numbers of epoch 0 at `sequence`: a stateless server goes on from the client's (RFC 6347 §4.2.1). */
  startPlainSequence(sequence: number): void {
    this.#plainSequence = Math.max(this.#plainSequence, sequence);
  }

  /** Starts the numbers of epoch 1 at `sequence`: for a restored session. */
  startSequence(sequence: number): void {
    this.#sequence = sequence;
  }

  get readsProtected(): boolean {
    return this.#read !== undefined;
  }

  /** The keys of epoch 1, for writing. */
  protectWrites(protection: RecordProtection): void {
    this.#write = protection;
  }

  /** The keys of epoch 1, for reading; `undefined` takes them back (a key exchange that proved false). */
  protectReads(protection: RecordProtection | undefined): void {
    this.#read = protection;
    this.#window = protection && new ReplayWindow();
  }

  /** Records held back until there were keys for them. */
  takeHeld(): Uint8Array[] {
    const held = this.#held ?? [];
    this.#held = undefined;
    return held;
  }

  /** The most plaintext that fits into one record in `space` bytes of datagram; may be negative. */
  plaintextFor(epoch: 0 | 1, space: number): number {
    if (epoch === 0) return Math.min(this.maximumPlaintext, space - recordHeaderLength);
    const connectionId = this.peerConnectionId?.length ?? 0;
    const header = recordHeaderLength + (connectionId > 0 ? connectionId + 1 : 0);
    return Math.min(this.maximumPlaintext, space - header - (this.#write?.maximumExpansion ?? 0));
  }

  /**
   * One record, ready to send.
   * @throws SelvageError `sequence-exhausted` when the epoch has no number left.
   */
  seal(type: number, epoch: 0 | 1, payload: Uint8Array): Uint8Array {
    if (epoch === 0) return plainRecord(type, this.#plainSequence++, payload);
    const protection = this.#write;
    if (protection === undefined) throw new SelvageError('wrong-state', 'no keys to protect a record with yet');
    if (this.#sequence > maximumSequence) {
      throw new SelvageError('sequence-exhausted', 'epoch 1 has used every sequence number', {
        remedy: 'open a new session',
      });
    }
    const sequence = this.#sequence++;
    const connectionId = this.peerConnectionId;
    if (connectionId !== undefined && connectionId.length > 0) {
      return sealWithConnectionId(protection, { type, epoch, sequence, connectionId }, payload);
    }
    const sealedLength = protection.sealedLength(payload.length);
    const out = carveBytes(recordHeaderLength + sealedLength);
    writeHeader(out, type, epoch, sequence, recordHeaderLength, sealedLength);
    protection.seal({ type, epoch, sequence, connectionId: undefined }, payload, out, recordHeaderLength);
    return out;
  }

  /**
   * Opens every record of a datagram in turn. What is wrong with one is counted; the rest is read all the same, unless one
   * of them was the end.
   */
  read(datagram: Uint8Array, deliver: (record: OpenedRecord) => void): void {
    let offset = 0;
    while (offset < datagram.length && !this.#isOver) {
      const length = this.#readOne(datagram, offset, deliver);
      if (length === 0) {
        this.counters.malformed++;
        return;
      }
      offset += length;
    }
  }

  destroy(): void {
    this.#isOver = true;
    this.#write?.destroy();
    this.#read?.destroy();
    this.#held = undefined;
  }

  /** Returns the bytes the record takes, or 0 when no record can be made out. */
  #readOne(datagram: Uint8Array, start: number, deliver: (record: OpenedRecord) => void): number {
    const type = datagram[start] ?? 0;
    const ownId = type === ContentType.tls12Cid ? this.ownConnectionId : undefined;
    const headerLength = recordHeaderLength + (ownId?.length ?? 0);
    if (datagram.length - start < headerLength) return 0;
    const length = readUint16(datagram, start + headerLength - 2);
    const end = start + headerLength + length;
    if (end > datagram.length || length > maximumCiphertext) return 0;

    const version = readUint16(datagram, start + recordLayout.version.offset);
    const epoch = readUint16(datagram, start + recordLayout.epoch.offset);
    const sequence = readUint48(datagram, start + recordLayout.sequence.offset);
    const fragment = datagram.subarray(start + headerLength, end);
    if (epoch === 0) this.#readPlain(type, version, sequence, fragment, deliver);
    else if (version !== dtls12) this.counters.wrongVersion++;
    else if (epoch !== 1) this.counters.wrongEpoch++;
    else if (!this.#carriesOwnId(datagram, start, ownId)) this.counters.wrongConnectionId++;
    else if (this.#read === undefined) this.#hold(datagram.subarray(start, end));
    else this.#readProtected(this.#read, { type, epoch, sequence, connectionId: ownId }, fragment, deliver);
    return headerLength + length;
  }

  /** Epoch 0 has no replay window: whoever can forge a number could close it to the real peer. */
  #readPlain(
    type: number,
    version: number,
    sequence: number,
    payload: Uint8Array,
    deliver: (record: OpenedRecord) => void,
  ): void {
    if (version !== dtls12 && version !== dtls10) this.counters.wrongVersion++;
    else if (payload.length > maximumPlaintext) this.counters.malformed++;
    else deliver({ type, epoch: 0, sequence, payload, newest: false });
  }

  #readProtected(
    protection: RecordProtection,
    at: RecordCoordinates,
    fragment: Uint8Array,
    deliver: (record: OpenedRecord) => void,
  ): void {
    const window = this.#window as ReplayWindow;
    if (!window.isFresh(at.sequence)) {
      this.counters.replayed++;
      return;
    }
    const plaintext = protection.open(at, fragment);
    if (plaintext === undefined) {
      this.counters.unauthentic++;
      deliver({ type: unauthenticRecord, epoch: 1, sequence: at.sequence, payload: fragment, newest: false });
      return;
    }
    const newest = at.sequence > window.newest;
    window.accept(at.sequence);
    if (at.connectionId === undefined) {
      deliver({ type: at.type, epoch: 1, sequence: at.sequence, payload: plaintext, newest });
      return;
    }
    const inner = innerPlaintext(plaintext);
    if (inner === undefined) this.counters.malformed++;
    else deliver({ ...inner, epoch: 1, sequence: at.sequence, newest });
  }

  /** Once a connection ID is agreed every protected record carries it, so one without it is not the peer's. */
  #carriesOwnId(datagram: Uint8Array, start: number, ownId: Uint8Array | undefined): boolean {
    if (ownId === undefined) return (this.ownConnectionId?.length ?? 0) === 0;
    const offset = start + recordHeaderLength - 2;
    return ownId.every((byte, index) => datagram[offset + index] === byte);
  }

  #hold(record: Uint8Array): void {
    this.#held ??= [];
    const bytes = this.#held.reduce((sum, entry) => sum + entry.length, record.length);
    if (this.#held.length >= maximumHeld || bytes > maximumHeldBytes) return;
    this.#held.push(record.slice());
    this.counters.held++;
  }
}

/** Not a ContentType: tells the handshake that a protected record did not open, which may mean that the keys differ. */
export const unauthenticRecord = -1;

function plainRecord(type: number, sequence: number, payload: Uint8Array): Uint8Array {
  const out = carveBytes(recordHeaderLength + payload.length);
  writeHeader(out, type, 0, sequence, recordHeaderLength, payload.length);
  out.set(payload, recordHeaderLength);
  return out;
}

function sealWithConnectionId(
  protection: RecordProtection,
  content: RecordCoordinates & { readonly connectionId: Uint8Array },
  payload: Uint8Array,
): Uint8Array {
  // DTLSInnerPlaintext = content ‖ real_type ‖ zeros (none), RFC 9146 §4.
  const inner = carveBytes(payload.length + 1);
  inner.set(payload);
  inner[payload.length] = content.type;
  const at = { ...content, type: ContentType.tls12Cid };
  const headerLength = recordHeaderLength + at.connectionId.length;
  const sealedLength = protection.sealedLength(inner.length);
  const out = carveBytes(headerLength + sealedLength);
  writeHeader(out, at.type, at.epoch, at.sequence, headerLength, sealedLength);
  out.set(at.connectionId, recordHeaderLength - 2);
  protection.seal(at, inner, out, headerLength);
  return out;
}

/** Strips the padding of RFC 9146 §4: the last byte that is not zero is the content's type. */
function innerPlaintext(plaintext: Uint8Array): { type: number; payload: Uint8Array } | undefined {
  let end = plaintext.length - 1;
  while (end >= 0 && plaintext[end] === 0) end--;
  const type = plaintext[end];
  return type === undefined ? undefined : { type, payload: plaintext.subarray(0, end) };
}

function writeHeader(
  out: Uint8Array,
  type: number,
  epoch: number,
  sequence: number,
  headerLength: number,
  fragmentLength: number,
): void {
  out[0] = type;
  out[recordLayout.version.offset] = dtls12 >>> 8;
  out[recordLayout.version.offset + 1] = dtls12 & 0xff;
  writeSequence(out, recordLayout.epoch.offset, epoch, sequence);
  out[headerLength - 2] = fragmentLength >>> 8;
  out[headerLength - 1] = fragmentLength;
}

function readUint16(bytes: Uint8Array, offset: number): number {
  return ((bytes[offset] ?? 0) << 8) | (bytes[offset + 1] ?? 0);
}

function readUint48(bytes: Uint8Array, offset: number): number {
  return (
    readUint16(bytes, offset) * 0x1_0000_0000 + readUint16(bytes, offset + 2) * 0x1_0000 + readUint16(bytes, offset + 4)
  );
}
