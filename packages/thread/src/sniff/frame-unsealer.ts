import type { CryptoCore } from '@selvage/crypto';
import { announceSecurity } from '../mac/announce-key.js';
import { FrameCipher, securityLevel } from '../mac/frame-cipher.js';
import { headerLength, type MacFrame } from '../mac/frame/mac-frame.js';
import type { AddressBook } from './address-book.js';
import type { SniffKeys } from './sniff-keys.js';

/** What a secured frame says, and under which key sequence it said it. */
export interface Unsealed {
  readonly payload: Uint8Array;
  readonly keySequence?: number | undefined;
}

interface Candidate {
  readonly key: Uint8Array;
  readonly sender: Uint8Array;
  readonly keySequence?: number;
}

/** Opens frames for somebody who only listens: a short source says not who sent, so whoever was heard is tried. */
export class FrameUnsealer {
  readonly #core: CryptoCore;
  readonly #keys: SniffKeys;
  readonly #book: AddressBook;

  constructor(core: CryptoCore, keys: SniffKeys, book: AddressBook) {
    this.#core = core;
    this.#keys = keys;
    this.#book = book;
  }

  /** @param body the frame without its check sequence */
  open(frame: MacFrame, body: Uint8Array): Unsealed | undefined {
    const { security } = frame;
    if (security?.frameCounter === undefined || security.level !== securityLevel) return undefined;
    const at = headerLength(body.length, frame);
    for (const { key, sender, keySequence } of this.#candidates(frame)) {
      const cipher = new FrameCipher(this.#core, key, sender);
      const payload = cipher.open(security.frameCounter, body.subarray(0, at), body.subarray(at));
      cipher.destroy();
      if (payload === undefined) continue;
      if (keySequence !== undefined) this.#learn(frame, sender, keySequence);
      return { payload, keySequence };
    }
    return undefined;
  }

  *#candidates(frame: MacFrame): Generator<Candidate> {
    const { security } = frame;
    if (security === undefined) return;
    switch (security.key.mode) {
      case 0:
        for (const sender of this.#senders(frame)) {
          for (const key of this.#keys.joinerKeys) yield { key: key.reveal(), sender };
        }
        return;
      case 1: {
        const keys = this.#keys.ofIndex(security.key.index);
        for (const sender of this.#senders(frame)) {
          for (const { mac, sequence } of keys) yield { key: mac.reveal(), sender, keySequence: sequence };
        }
        return;
      }
      default:
        yield { key: announceSecurity.key, sender: announceSecurity.extended };
    }
  }

  *#senders(frame: MacFrame): Generator<Uint8Array> {
    const { source } = frame;
    if (source?.kind === 'extended') {
      yield source.extended;
      return;
    }
    const panId = panOf(frame);
    const likely = source && panId !== undefined ? this.#book.extendedOf(panId, source.short) : undefined;
    if (likely !== undefined) yield likely;
    yield* this.#book.extended;
  }

  #learn(frame: MacFrame, sender: Uint8Array, keySequence: number): void {
    this.#keys.prove(keySequence);
    const panId = panOf(frame);
    if (frame.source?.kind === 'short' && panId !== undefined) this.#book.learn(panId, frame.source.short, sender);
  }
}

/** The PAN that a frame's source is of. */
export function panOf({ sourcePan, destinationPan }: MacFrame): number | undefined {
  return sourcePan ?? destinationPan;
}
