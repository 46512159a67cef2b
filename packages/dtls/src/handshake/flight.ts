import { encode } from '@selvage/core';
import { type HandshakeMessage, handshakeFragmentHeader, handshakeHeaderLength } from '../protocol/handshake.js';
import { ContentType } from '../protocol/record.js';
import type { RecordLayer } from '../record/record-layer.js';

/** One thing a flight carries: a handshake message or ChangeCipherSpec, each in its epoch. */
export type FlightItem =
  | { readonly kind: 'message'; readonly epoch: 0 | 1; readonly message: HandshakeMessage }
  | { readonly kind: 'change-cipher-spec' };

/** A flight as RFC 6347 §4.2.4 numbers them: what is sent, and sent again, together. */
export type Flight = readonly FlightItem[];

/** Messages of epoch 0. */
export function inTheClear(messages: readonly HandshakeMessage[]): Flight {
  return messages.map((message): FlightItem => ({ kind: 'message', epoch: 0, message }));
}

/** ChangeCipherSpec, and Finished under the new keys (RFC 5246 §7.1). */
export function finishedUnderKeys(finished: HandshakeMessage): Flight {
  return [{ kind: 'change-cipher-spec' }, { kind: 'message', epoch: 1, message: finished }];
}

const changeCipherSpec = Uint8Array.of(1);
/** The least content of a fragment worth a record of its own. */
const leastFragment = 16;

/**
 * Seals a flight into datagrams of at most `maximumDatagram` bytes: messages are fragmented where they must be and
 * records share datagrams where they can. Every sending takes fresh record numbers.
 */
export function sealFlight(flight: Flight, records: RecordLayer, maximumDatagram: number): Uint8Array[] {
  const packer = new DatagramPacker(maximumDatagram);
  for (const item of flight) {
    if (item.kind === 'change-cipher-spec') {
      packer.add(records.seal(ContentType.changeCipherSpec, 0, changeCipherSpec));
    } else {
      sealMessage(item.message, item.epoch, records, packer);
    }
  }
  return packer.finish();
}

function sealMessage(message: HandshakeMessage, epoch: 0 | 1, records: RecordLayer, packer: DatagramPacker): void {
  const { body } = message;
  let offset = 0;
  do {
    const remaining = body.length - offset;
    let space = records.plaintextFor(epoch, packer.space) - handshakeHeaderLength;
    if (space < Math.min(remaining, leastFragment)) {
      packer.next();
      space = Math.max(leastFragment, records.plaintextFor(epoch, packer.space) - handshakeHeaderLength);
    }
    const length = Math.min(remaining, space);
    packer.add(records.seal(ContentType.handshake, epoch, fragmentOf(message, offset, length)));
    offset += length;
  } while (offset < body.length);
}

function fragmentOf(message: HandshakeMessage, offset: number, length: number): Uint8Array {
  if (length === message.body.length) return message.raw;
  const fragment = new Uint8Array(handshakeHeaderLength + length);
  const header = {
    type: message.type,
    length: message.body.length,
    messageSequence: message.sequence,
    fragmentOffset: offset,
    fragmentLength: length,
  };
  fragment.set(encode(handshakeFragmentHeader, header));
  fragment.set(message.body.subarray(offset, offset + length), handshakeHeaderLength);
  return fragment;
}

/** Fills datagrams with records, in order. */
class DatagramPacker {
  readonly #maximum: number;
  readonly #datagrams: Uint8Array[] = [];
  #records: Uint8Array[] = [];
  #used = 0;

  constructor(maximum: number) {
    this.#maximum = maximum;
  }

  /** Bytes left in the datagram being filled. */
  get space(): number {
    return this.#maximum - this.#used;
  }

  add(record: Uint8Array): void {
    if (this.#used > 0 && this.#used + record.length > this.#maximum) this.next();
    this.#records.push(record);
    this.#used += record.length;
  }

  /** Closes the datagram being filled, if there is anything in it. */
  next(): void {
    if (this.#used === 0) return;
    const datagram = new Uint8Array(this.#used);
    let offset = 0;
    for (const record of this.#records) {
      datagram.set(record, offset);
      offset += record.length;
    }
    this.#datagrams.push(datagram);
    this.#records = [];
    this.#used = 0;
  }

  finish(): Uint8Array[] {
    this.next();
    return this.#datagrams;
  }
}
