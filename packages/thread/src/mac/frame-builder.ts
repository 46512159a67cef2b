import { ByteWriter } from '@selvage/core';
import type { CryptoCore } from '@selvage/crypto';
import type { SequenceKeys } from '../keys/sequence-keys.js';
import type { ThreadKeys } from '../keys/thread-keys.js';
import { type MacAddress, isBroadcast } from './address.js';
import { announceSecurity } from './announce-key.js';
import { FrameCipher, integrityCodeLength, securityLevel } from './frame-cipher.js';
import { frameCheckLength, writeFrameCheck } from './frame/frame-check.js';
import { encodedLength, type MacFrame, macFrame } from './frame/mac-frame.js';
import type { SecurityHeader } from './frame/security-header.js';
import type { LinkRequest, SendProtection } from './link-request.js';
import type { OwnIdentity } from './own-identity.js';
import { longestPsdu } from './room.js';

/** Why a frame cannot be built. `wait`: there will be a frame counter as soon as it is durable. */
export type BuildFailure = 'wait' | 'impossible';

/** A frame as it goes on the air, as often as it is sent. */
export interface BuiltFrame {
  readonly psdu: Uint8Array;
  readonly sequenceNumber: number;
  readonly is2015: boolean;
  readonly isSecured: boolean;
}

/** What a frame is made from: a request of the layers above, or a command of the link's own. */
export type FrameContent = LinkRequest & { readonly command?: number };

const noCode = new Uint8Array(integrityCodeLength);

/** Builds and seals the frames of one node: each gets the next sequence number and, if secured, the next counter. */
export class FrameBuilder {
  readonly #core: CryptoCore;
  readonly #identity: OwnIdentity;
  #keys: ThreadKeys;
  #sequenceNumber: number;
  #cipher: { readonly sequence: number; readonly extended: Uint8Array; readonly cipher: FrameCipher } | undefined;

  constructor(core: CryptoCore, identity: OwnIdentity, keys: ThreadKeys, firstSequenceNumber: number) {
    this.#core = core;
    this.#identity = identity;
    this.#keys = keys;
    this.#sequenceNumber = firstSequenceNumber;
  }

  setKeys(keys: ThreadKeys): void {
    this.#keys = keys;
    this.#dropCipher();
  }

  build(content: FrameContent, more: boolean): BuiltFrame | BuildFailure {
    const source = this.#source(content.source);
    if (source === undefined) return 'impossible';
    const security = this.#security(content.protection);
    if (security === 'wait') return 'wait';
    const sequenceNumber = this.#sequenceNumber;
    const frame = this.#frame(content, source, security?.header, sequenceNumber, more);
    const writer = new ByteWriter(encodedLength(frame) + frameCheckLength);
    macFrame.encode(writer, frame);
    writer.reserve(frameCheckLength);
    const psdu = writer.take();
    if (psdu.length > longestPsdu) return 'impossible';
    this.#sequenceNumber = (sequenceNumber + 1) & 0xff;
    if (security !== undefined) {
      seal(psdu, frame, security);
      if (security.cipher !== this.#cipher?.cipher) security.cipher.destroy();
    }
    writeFrameCheck(psdu);
    return { psdu, sequenceNumber, is2015: frame.version === 2015, isSecured: security !== undefined };
  }

  /** Our cipher of a key sequence: the current one's is kept, another one's is for one frame. */
  cipherOf({ sequence, mac }: SequenceKeys): FrameCipher {
    if (sequence === this.#keys.current.sequence) return this.#ownCipher();
    return new FrameCipher(this.#core, mac.reveal(), this.#identity.extended);
  }

  #ownCipher(): FrameCipher {
    const { sequence, mac } = this.#keys.current;
    const { extended } = this.#identity;
    if (this.#cipher?.sequence === sequence && this.#cipher.extended === extended) return this.#cipher.cipher;
    this.#dropCipher();
    const cipher = new FrameCipher(this.#core, mac.reveal(), extended);
    this.#cipher = { sequence, extended, cipher };
    return cipher;
  }

  #dropCipher(): void {
    this.#cipher?.cipher.destroy();
    this.#cipher = undefined;
  }

  #source(kind: MacAddress['kind']): MacAddress | undefined {
    const { short, extended } = this.#identity;
    if (kind === 'extended') return { kind, extended };
    return short === undefined ? undefined : { kind, short };
  }

  #frame(
    content: FrameContent,
    source: MacAddress,
    security: SecurityHeader | undefined,
    sequenceNumber: number,
    more: boolean,
  ): MacFrame {
    const { destination, command, elements, payload } = content;
    const { panId } = this.#identity;
    const destinationPan = content.destinationPan ?? panId;
    const panIdCompression = destinationPan === panId;
    const is2015 = elements !== undefined;
    const bothExtended = destination.kind === 'extended' && source.kind === 'extended';
    const frame: { -readonly [K in keyof MacFrame]: MacFrame[K] } = {
      type: command === undefined ? 'data' : 'command',
      version: is2015 ? 2015 : 2006,
      framePending: more,
      acknowledgementRequest: !isBroadcast(destination),
      // Between extended addresses a frame of 2015 names the destination's PAN only without compression.
      panIdCompression: is2015 && bothExtended ? false : panIdCompression,
      reserved: 0,
      sequenceNumber,
      destinationPan,
      destination,
      source,
      payload,
    };
    if (!panIdCompression && !(is2015 && bothExtended)) frame.sourcePan = panId;
    if (elements !== undefined) frame.elements = elements;
    if (command !== undefined) frame.command = command;
    if (security !== undefined) {
      frame.security = security;
      frame.integrityCode = noCode;
    }
    return frame;
  }

  #security(protection: SendProtection): FrameSecurity | 'wait' | undefined {
    if (protection.kind === 'none') return undefined;
    if (protection.kind === 'given') {
      const { key, frameCounter } = protection;
      const cipher = new FrameCipher(this.#core, key, this.#identity.extended);
      return { header: header({ mode: 0 }, frameCounter), cipher, frameCounter };
    }
    const frameCounter = this.#keys.takeMacCounter();
    if (frameCounter === undefined) return 'wait';
    if (protection.kind === 'announce') {
      const { key, extended, source, index } = announceSecurity;
      const cipher = new FrameCipher(this.#core, key, extended);
      return { header: header({ mode: 2, source, index }, frameCounter), cipher, frameCounter };
    }
    const { index } = this.#keys.current;
    return { header: header({ mode: 1, index }, frameCounter), cipher: this.#ownCipher(), frameCounter };
  }
}

interface FrameSecurity {
  readonly header: SecurityHeader;
  readonly cipher: FrameCipher;
  readonly frameCounter: number;
}

function header(key: SecurityHeader['key'], frameCounter: number): SecurityHeader {
  return { level: securityLevel, frameCounter, key, reserved: 0 };
}

function seal(psdu: Uint8Array, { payload }: MacFrame, { cipher, frameCounter }: FrameSecurity): void {
  const payloadEnd = psdu.length - frameCheckLength - integrityCodeLength;
  cipher.sealInPlace(psdu, payloadEnd - payload.length, payloadEnd, frameCounter);
}
