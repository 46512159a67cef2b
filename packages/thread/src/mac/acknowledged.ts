import type { Instant } from '@selvage/core';
import { isBroadcast, type MacAddress, sameAddress } from './address.js';
import type { BuiltFrame } from './frame-builder.js';
import type { FrameOpener } from './frame-opener.js';
import { headerLength, type MacFrame } from './frame/mac-frame.js';
import type { OwnIdentity } from './own-identity.js';

/** What was sent, and to whom. */
export interface SentFrame {
  readonly frame: BuiltFrame;
  readonly destination: MacAddress;
}

/** Whether a frame to this address is acknowledged. */
export function awaitsAcknowledgement({ destination }: Pick<SentFrame, 'destination'>): boolean {
  return !isBroadcast(destination);
}

/**
 * Whether an acknowledgement is of the frame that was sent. One of a frame before 2015 has nothing but the sequence
 * number. One of a frame of 2015 names us, and is secured by its sender if the frame was.
 */
export function isOurAcknowledgement(
  acknowledgement: MacFrame,
  body: Uint8Array,
  { frame, destination }: SentFrame,
  { short, extended }: OwnIdentity,
  opener: FrameOpener,
  now: Instant,
): boolean {
  if (acknowledgement.sequenceNumber !== frame.sequenceNumber) return false;
  const is2015 = acknowledgement.version === 2015;
  if (!frame.is2015) return !is2015 && acknowledgement.security === undefined;
  if (!is2015) return false;
  const { security, destination: named } = acknowledgement;
  const isToUs =
    named !== undefined &&
    (sameAddress(named, { kind: 'extended', extended }) ||
      (short !== undefined && sameAddress(named, { kind: 'short', short })));
  if (!isToUs || frame.isSecured !== (security !== undefined)) return false;
  if (security === undefined) return true;
  const at = headerLength(body.length, acknowledgement);
  const sealed = { source: destination, security, header: body.subarray(0, at), sealed: body.subarray(at) };
  return opener.open(sealed, now) !== undefined;
}
