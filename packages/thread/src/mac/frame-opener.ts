import { type Instant, toHex } from '@selvage/core';
import type { CryptoCore } from '@selvage/crypto';
import { keyIndex, nearSequence, sequenceAhead } from '../keys/key-index.js';
import type { SequenceKeys } from '../keys/sequence-keys.js';
import type { ThreadKeys } from '../keys/thread-keys.js';
import type { MacAddress } from './address.js';
import { announceSecurity } from './announce-key.js';
import { FrameCipher, securityLevel } from './frame-cipher.js';
import type { SecurityHeader } from './frame/security-header.js';
import type { LinkCounters } from './link-counters.js';
import type { FrameProtection, LinkEvent } from './link-user.js';
import type { NeighbourEntry } from './neighbour-entry.js';
import type { NeighbourTable } from './neighbour-table.js';

/** A frame that was opened, or `undefined` for one that is dropped; the counters say why. */
export interface Opened {
  readonly payload: Uint8Array;
  readonly protection: FrameProtection;
  readonly neighbour: NeighbourEntry | undefined;
}

/** A secured frame as it came. */
export interface SealedFrame {
  readonly source: MacAddress;
  readonly security: SecurityHeader;
  /** All before the payload. */
  readonly header: Uint8Array;
  /** Ciphertext ‖ integrity code. */
  readonly sealed: Uint8Array;
}

/** Key sequences beyond the next are tried at most this often, milliseconds: a derivation each is the key home's work. */
const leapInterval = 1000;

/** Opens the secured frames of neighbours: key, freshness, integrity, in this order, and only then anything changes. */
export class FrameOpener {
  readonly #core: CryptoCore;
  readonly #neighbours: NeighbourTable;
  readonly #counters: LinkCounters;
  readonly #tell: (event: LinkEvent) => void;
  readonly #given = new Map<string, Uint8Array>();
  #keys: ThreadKeys;
  #nextLeap: Instant = -Infinity;
  #nextRequest: Instant = -Infinity;

  constructor(
    core: CryptoCore,
    neighbours: NeighbourTable,
    keys: ThreadKeys,
    counters: LinkCounters,
    tell: (event: LinkEvent) => void,
  ) {
    this.#core = core;
    this.#neighbours = neighbours;
    this.#keys = keys;
    this.#counters = counters;
    this.#tell = tell;
  }

  setKeys(keys: ThreadKeys): void {
    this.#keys = keys;
  }

  /** The keys of key id mode 0, by the sender's extended address in hexadecimal. */
  get given(): Map<string, Uint8Array> {
    return this.#given;
  }

  open(frame: SealedFrame, now: Instant): Opened | undefined {
    const { security } = frame;
    const { level, frameCounter, key } = security;
    if (level !== securityLevel || frameCounter === undefined || key.mode === 3) return this.#drop('unacceptable');
    switch (key.mode) {
      case 0:
        return this.#openGiven(frame, frameCounter);
      case 1:
        return this.#openNetwork(frame, key.index, frameCounter, now);
      case 2:
        return this.#openAnnounce(frame, key, frameCounter);
    }
  }

  #openNetwork(frame: SealedFrame, index: number, frameCounter: number, now: Instant): Opened | undefined {
    const neighbour = this.#neighbours.entry(frame.source);
    if (neighbour === undefined) return this.#drop('stranger');
    const keys = this.#keysFor(neighbour, index);
    if (keys === undefined) return this.#leap(frame, neighbour, index, frameCounter, now);
    const { sequence } = keys;
    const freshness = neighbour.freshness(sequence, frameCounter);
    if (freshness !== 'fresh') return this.#drop(freshness);
    const cipher = neighbour.cipher(sequence, () => this.#cipher(keys, neighbour));
    const payload = cipher.open(frameCounter, frame.header, frame.sealed);
    if (payload === undefined) return this.#drop('forged');
    neighbour.accept(sequence, frameCounter);
    this.#keys.observe(sequence, false, now);
    return { payload, protection: { kind: 'network', keySequence: sequence }, neighbour };
  }

  /** The current sequence, the ones beside it, and that of a neighbour that was left behind: it can still ask us. */
  #keysFor(neighbour: NeighbourEntry, index: number): SequenceKeys | undefined {
    const near = this.#keys.keysByIndex(index);
    if (near !== undefined) return near;
    const { keySequence } = neighbour;
    const isBehind = keySequence < this.#keys.current.sequence && keyIndex(keySequence) === index;
    if (!isBehind || nearSequence(index, this.#keys.current.sequence) !== undefined) return undefined;
    const keys = this.#keys.keysOf(keySequence);
    if (keys === undefined) this.#keys.request(keySequence);
    return keys;
  }

  /**
   * A neighbour uses a sequence that we do not know: we may have slept through a switch. The least sequence ahead with
   * this index is tried, once its keys are derived. If the frame is authentic we were left behind; but a frame may be
   * a replay, so that it moves nothing: MLE asks the neighbour with a challenge.
   */
  #leap(frame: SealedFrame, neighbour: NeighbourEntry, index: number, frameCounter: number, now: Instant): undefined {
    const ahead = sequenceAhead(index, this.#keys.current.sequence);
    if (ahead === undefined || now < this.#nextLeap) return this.#drop('stranger');
    const keys = this.#keys.keysOf(ahead);
    if (keys === undefined) {
      // They will be there when the neighbour sends again. A flood of indices has no more than these derived.
      if (now >= this.#nextRequest && this.#keys.request(ahead)) this.#nextRequest = now + leapInterval;
      return this.#drop('stranger');
    }
    const cipher = this.#cipher(keys, neighbour);
    const isAuthentic = cipher.open(frameCounter, frame.header, frame.sealed) !== undefined;
    cipher.destroy();
    this.#nextLeap = now + leapInterval;
    if (isAuthentic) this.#tell({ kind: 'left-behind', neighbour, keySequence: ahead });
    return this.#drop(isAuthentic ? 'stranger' : 'forged');
  }

  #openGiven({ source, header, sealed }: SealedFrame, frameCounter: number): Opened | undefined {
    if (source.kind !== 'extended') return this.#drop('stranger');
    const key = this.#given.get(toHex(source.extended));
    if (key === undefined) return this.#drop('stranger');
    return this.#openOnce(key, source.extended, frameCounter, header, sealed, { kind: 'given' });
  }

  #openAnnounce(
    { header, sealed }: SealedFrame,
    key: Extract<SecurityHeader['key'], { mode: 2 | 3 }>,
    frameCounter: number,
  ): Opened | undefined {
    const { index, source, key: known, extended } = announceSecurity;
    if (key.index !== index || toHex(key.source) !== toHex(source)) return this.#drop('unacceptable');
    return this.#openOnce(known, extended, frameCounter, header, sealed, { kind: 'announce' });
  }

  #openOnce(
    key: Uint8Array,
    sender: Uint8Array,
    frameCounter: number,
    header: Uint8Array,
    sealed: Uint8Array,
    protection: FrameProtection,
  ): Opened | undefined {
    const cipher = new FrameCipher(this.#core, key, sender);
    const payload = cipher.open(frameCounter, header, sealed);
    cipher.destroy();
    return payload === undefined ? this.#drop('forged') : { payload, protection, neighbour: undefined };
  }

  #cipher({ mac }: SequenceKeys, { extended }: NeighbourEntry): FrameCipher {
    return new FrameCipher(this.#core, mac.reveal(), extended);
  }

  #drop(reason: 'unacceptable' | 'stranger' | 'forged' | 'replayed' | 'duplicate'): undefined {
    this.#counters[reason]++;
    return undefined;
  }
}
