import { decode, FormatError, type Instant } from '@selvage/core';
import type { CryptoCore } from '@selvage/crypto';
import type { Ip6Prefix } from '../ip6/address/prefix.js';
import { addressText, isBroadcast, type MacAddress } from '../mac/address.js';
import { frameCheckLength } from '../mac/frame/frame-check.js';
import { commandIds, headerLength, type MacFrame, macFrame } from '../mac/frame/mac-frame.js';
import { AddressBook, type KnownShort } from './address-book.js';
import { FrameUnsealer, panOf } from './frame-unsealer.js';
import { MleReader } from './mle-reader.js';
import { PayloadReader, type SeenPayload } from './payload-reader.js';
import type { Openness, SeenFrame } from './seen-frame.js';
import { type ListenerKeys, SniffKeys } from './sniff-keys.js';

/** What {@link AirReader} is made of. */
export interface AirReaderOptions extends ListenerKeys {
  readonly core: CryptoCore;
  /** Context 0 of 6LoWPAN; without it packets that use it keep their addresses to themselves. */
  readonly meshLocalPrefix?: Ip6Prefix | undefined;
}

const noPayload: SeenPayload = { detail: '' };

/** Reads the air as somebody who only listens, with whatever keys there are. It keeps what it learns of the nodes. */
export class AirReader {
  readonly #book = new AddressBook();
  readonly #unsealer: FrameUnsealer;
  readonly #payloads: PayloadReader;
  readonly #keys: SniffKeys;

  constructor(options: AirReaderOptions) {
    const { core, meshLocalPrefix } = options;
    const keys = new SniffKeys(core, options);
    this.#keys = keys;
    this.#unsealer = new FrameUnsealer(core, keys, this.#book);
    this.#payloads = new PayloadReader(new MleReader(core, keys, this.#book), meshLocalPrefix);
  }

  /** Who had which short address first. */
  get shorts(): readonly KnownShort[] {
    return this.#book.firstShorts;
  }

  /** Has these keys, too, from now on. */
  learn(keys: ListenerKeys): void {
    this.#keys.learn(keys);
  }

  /** @param psdu with its frame check sequence */
  read(psdu: Uint8Array, now: Instant): SeenFrame {
    const body = psdu.subarray(0, Math.max(psdu.length - frameCheckLength, 0));
    try {
      return this.#read(decode(macFrame, body, 'frame'), body, psdu.length, now);
    } catch (error) {
      if (!(error instanceof FormatError)) throw error;
      return { type: 'malformed', length: psdu.length, link: 'clear', detail: error.message };
    }
  }

  #read(frame: MacFrame, body: Uint8Array, length: number, now: Instant): SeenFrame {
    const { source, destination, security, sequenceNumber } = frame;
    if (source?.kind === 'extended') this.#book.see(source.extended);
    if (destination?.kind === 'extended') this.#book.see(destination.extended);
    const unsealed = security === undefined ? undefined : this.#unsealer.open(frame, body);
    const link: Openness = security === undefined ? 'clear' : unsealed === undefined ? 'sealed' : 'opened';
    const content = security === undefined ? body.subarray(headerLength(body.length, frame)) : unsealed?.payload;
    const { detail, mle } = this.#content(frame, content, now);
    return {
      type: typeOf(frame),
      length,
      sequenceNumber,
      panId: panOf(frame),
      source: source && addressText(source),
      destination: destination && nameOf(destination),
      link,
      keySequence: unsealed?.keySequence ?? mle?.keySequence,
      mle,
      detail,
    };
  }

  #content(frame: MacFrame, content: Uint8Array | undefined, now: Instant): SeenPayload {
    const { source, destination, security } = frame;
    switch (frame.type) {
      case 'acknowledgement':
        return { detail: frame.framePending ? 'more to come' : '' };
      case 'command':
        return { detail: commandText(frame.command ?? content?.[0]) };
      case 'data':
        if (content === undefined) return { detail: 'sealed' };
        if (source === undefined || destination === undefined) return { detail: `${content.length} bytes` };
        return this.#payloads.read(content, { source, destination }, security !== undefined, panOf(frame), now);
      default:
        return noPayload;
    }
  }
}

function typeOf({ type }: MacFrame): SeenFrame['type'] {
  return type === 'beacon' || type === 'data' || type === 'acknowledgement' || type === 'command' ? type : 'other';
}

function nameOf(address: MacAddress): string {
  return isBroadcast(address) ? 'all' : addressText(address);
}

function commandText(id: number | undefined): string {
  switch (id) {
    case undefined:
      return 'sealed';
    case commandIds.dataRequest:
      return 'Data Request';
    case commandIds.beaconRequest:
      return 'Beacon Request';
    default:
      return `command ${id}`;
  }
}
