import { ByteWriter } from '@selvage/core';
import type { ThreadKeys } from '../keys/thread-keys.js';
import { integrityCodeLength, securityLevel } from './frame-cipher.js';
import type { FrameBuilder } from './frame-builder.js';
import { panFields } from './frame/address-fields.js';
import { frameCheckLength, writeFrameCheck } from './frame/frame-check.js';
import { type MacFrame, macFrame } from './frame/mac-frame.js';

/** From the end of a frame to its acknowledgement: 12 symbols (IEEE 802.15.4 aTurnaroundTime), milliseconds. */
export const turnaround = 0.192;

const noBytes = new Uint8Array(0);
const noCode = new Uint8Array(integrityCodeLength);

/**
 * What acknowledges a frame. A stranger's secured frame of 2015 is not answered: that would spend a frame counter on
 * anybody.
 */
export function acknowledgementOf(
  frame: MacFrame,
  framePending: boolean,
  isKnown: boolean,
  keys: ThreadKeys,
  builder: FrameBuilder,
): Uint8Array | undefined {
  const { version, sequenceNumber, security } = frame;
  if (version !== 2015) {
    return sequenceNumber === undefined ? undefined : immediateAcknowledgement(sequenceNumber, framePending);
  }
  if (security !== undefined && !isKnown) return undefined;
  return enhancedAcknowledgement(frame, framePending, keys, builder);
}

/** The immediate acknowledgement of a frame before 2015: nothing but its sequence number. */
export function immediateAcknowledgement(sequenceNumber: number, framePending: boolean): Uint8Array {
  const psdu = Uint8Array.of(framePending ? 0x12 : 0x02, 0x00, sequenceNumber, 0, 0);
  writeFrameCheck(psdu);
  return psdu;
}

/**
 * The enhanced acknowledgement of a frame of 2015 (IEEE 802.15.4-2015 §6.7.4.3), to its source, and secured if the frame
 * was; `undefined` where it would have to be secured and cannot: under a key sequence that is neither ours nor the one
 * that we left last, or while no frame counter is durable.
 */
export function enhancedAcknowledgement(
  frame: MacFrame,
  framePending: boolean,
  keys: ThreadKeys,
  builder: FrameBuilder,
): Uint8Array | undefined {
  const { security, source, panIdCompression, sequenceNumber } = frame;
  if (source === undefined) return undefined;
  const taken = security?.key.mode === 1 ? keys.takeMacCounterFor(security.key.index) : undefined;
  if (security !== undefined && taken === undefined) return undefined;
  const modes = { version: 2015, panIdCompression, destinationMode: source.kind, sourceMode: 'none' } as const;
  const destinationPan = panFields(modes).destination ? (frame.sourcePan ?? frame.destinationPan ?? 0xffff) : undefined;
  const writer = new ByteWriter();
  macFrame.encode(writer, {
    type: 'acknowledgement',
    version: 2015,
    framePending,
    acknowledgementRequest: false,
    panIdCompression,
    reserved: 0,
    ...(sequenceNumber !== undefined && { sequenceNumber }),
    ...(destinationPan !== undefined && { destinationPan }),
    destination: source,
    ...(security !== undefined &&
      taken !== undefined && {
        security: { level: securityLevel, frameCounter: taken.frameCounter, key: security.key, reserved: 0 },
        integrityCode: noCode,
      }),
    payload: noBytes,
  });
  writer.reserve(frameCheckLength);
  const psdu = writer.take();
  if (taken !== undefined) {
    const end = psdu.length - frameCheckLength - integrityCodeLength;
    builder.cipherOf(taken.keys).sealInPlace(psdu, end, end, taken.frameCounter);
  }
  writeFrameCheck(psdu);
  return psdu;
}
