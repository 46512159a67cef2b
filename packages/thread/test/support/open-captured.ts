import { concat, decode } from '@selvage/core';
import { nativeCore } from '@selvage/crypto';
import { announceSecurity } from '../../src/mac/announce-key.js';
import { FrameCipher } from '../../src/mac/frame-cipher.js';
import { headerLength, type MacFrame, macFrame } from '../../src/mac/frame/mac-frame.js';
import { sequenceDerivation, splitSequenceKeys } from '../../src/keys/sequence-keys.js';
import type { Capture, CapturedFrame } from './captures.js';

/** A captured frame, opened: with the key and the sender that opened it. */
export interface OpenedFrame {
  readonly frame: MacFrame;
  /** The body, without its frame check sequence. */
  readonly body: Uint8Array;
  readonly plaintext: Uint8Array;
  readonly key: Uint8Array;
  readonly sender: Uint8Array;
}

/** Key sequences that occur in the captures. */
const sequences = [0, 1, 2, 126, 127, 128, 129];

/** Opens a secured frame of a capture with what the capture's keys allow; `undefined` where none fits. */
export function openCaptured(capture: Capture, { node, psdu }: CapturedFrame): OpenedFrame | undefined {
  const body = psdu.subarray(0, psdu.length - 2);
  const frame = decode(macFrame, body);
  const { security, source } = frame;
  if (security?.frameCounter === undefined) return undefined;
  const at = headerLength(body.length, frame);
  const senders = capture.extendedAddresses.get(node) ?? [];
  for (const sender of source?.kind === 'extended' ? [source.extended, ...senders] : senders) {
    for (const [key, nonceSender] of candidates(capture, security.key, sender)) {
      const cipher = new FrameCipher(nativeCore, key, nonceSender);
      const plaintext = cipher.open(security.frameCounter, body.subarray(0, at), body.subarray(at));
      if (plaintext !== undefined) return { frame, body, plaintext, key, sender: nonceSender };
    }
  }
  return undefined;
}

/** The body that sealing an opened frame anew gives. */
export function sealAgain({ frame, body, plaintext, key, sender }: OpenedFrame): Uint8Array {
  const at = headerLength(body.length, frame);
  const sealed = concat(body.subarray(0, at), plaintext, new Uint8Array(4));
  new FrameCipher(nativeCore, key, sender).sealInPlace(
    sealed,
    at,
    at + plaintext.length,
    frame.security!.frameCounter!,
  );
  return sealed;
}

type KeyOf = NonNullable<MacFrame['security']>['key'];

function candidates(capture: Capture, key: KeyOf, sender: Uint8Array): (readonly [Uint8Array, Uint8Array])[] {
  switch (key.mode) {
    case 0:
      return capture.keks.map((kek) => [kek, sender]);
    case 1:
      return macKeys(capture)
        .filter(({ index }) => index === key.index)
        .map(({ mac }) => [mac, sender]);
    default:
      return [[announceSecurity.key, announceSecurity.extended]];
  }
}

const derived = new WeakMap<Capture, readonly { index: number; mac: Uint8Array }[]>();

function macKeys(capture: Capture): readonly { index: number; mac: Uint8Array }[] {
  const known = derived.get(capture);
  if (known !== undefined) return known;
  const made = capture.networkKeys.flatMap((networkKey) =>
    sequences.map((sequence) => {
      const derivation = sequenceDerivation(sequence);
      if (derivation.kind !== 'hmac-sha256') return { index: 0, mac: new Uint8Array() };
      const keys = splitSequenceKeys(sequence, nativeCore.hmac('sha256', networkKey, derivation.input));
      return { index: keys.index, mac: keys.mac.reveal() };
    }),
  );
  derived.set(capture, made);
  return made;
}
