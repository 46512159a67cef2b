import { decode } from '@selvage/core';
import { headerLength, macFrame } from '../../src/mac/frame/mac-frame.js';
import type { LinkPair } from '../../src/lowpan/link-pair.js';
import { longestPsdu } from '../../src/mac/room.js';
import type { Capture } from './captures.js';
import { openCaptured } from './open-captured.js';

/** A data frame of a capture with its payload in clear. */
export interface LowpanFrame {
  /** Counted from 1, as the notes do. */
  readonly number: number;
  readonly milliseconds: number;
  readonly node: number;
  readonly link: LinkPair;
  readonly payload: Uint8Array;
  readonly secured: boolean;
  /** Bytes of payload that such a frame has room for. */
  readonly room: number;
  /** Sent again as it was: the same bytes as a frame before. */
  readonly isRepetition: boolean;
}

/** Every data frame of a capture that carries something. */
export function lowpanFrames(capture: Capture): LowpanFrame[] {
  const seen = new Set<string>();
  return capture.frames.flatMap((captured, index) => {
    const body = captured.psdu.subarray(0, -2);
    const frame = decode(macFrame, body);
    const { source, destination } = frame;
    if (frame.type !== 'data' || source === undefined || destination === undefined) return [];
    const secured = frame.security !== undefined;
    const payload = secured
      ? openCaptured(capture, captured)?.plaintext
      : body.subarray(headerLength(body.length, frame));
    if (payload === undefined || payload.length === 0) return [];
    const name = body.toString();
    const isRepetition = seen.has(name);
    seen.add(name);
    const { milliseconds, node } = captured;
    const room = payload.length + longestPsdu - captured.psdu.length;
    const link = { source, destination };
    return [{ number: index + 1, milliseconds, node, link, payload, secured, room, isRepetition }];
  });
}
