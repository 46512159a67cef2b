import { ByteWriter, fromHex } from '@selvage/core';
import type { ReceivedFrame } from '../radio/radio.js';
import { broadcast, broadcastPan } from './address.js';
import type { BuiltFrame } from './frame-builder.js';
import { frameCheckLength, writeFrameCheck } from './frame/frame-check.js';
import { commandIds, encodedLength, type MacFrame, macFrame } from './frame/mac-frame.js';
import type { OwnIdentity } from './own-identity.js';

/** Who said that a PAN is there. */
export interface Beacon {
  readonly panId: number;
  /** 8 bytes in printed order; undefined for one that has a short address. */
  readonly extended: Uint8Array | undefined;
  readonly channel: number;
  /** dBm. */
  readonly rssi: number;
}

/** Superframe specification of a network without superframes, no guaranteed time slots, no pending addresses. */
const contentOfBeacon = fromHex('ff0f0000');
const common = {
  version: 2006,
  framePending: false,
  acknowledgementRequest: false,
  panIdCompression: false,
  reserved: 0,
} as const;

/** Asks who is there (IEEE 802.15.4-2006 §7.3.7). */
export function beaconRequest(sequenceNumber: number): BuiltFrame {
  const command = commandIds.beaconRequest;
  const to = { destination: broadcast, destinationPan: broadcastPan };
  return built({ ...common, type: 'command', sequenceNumber, ...to, command, payload: new Uint8Array(0) });
}

/** Says that a PAN is there, and nothing of its network (IEEE 802.15.4-2006 §7.2.2.1). */
export function beaconOf({ panId, extended }: OwnIdentity, sequenceNumber: number): BuiltFrame {
  const source = { kind: 'extended', extended } as const;
  const payload = contentOfBeacon;
  return built({ ...common, type: 'beacon', sequenceNumber, source, sourcePan: panId, payload });
}

/** Whether a frame asks everybody who is there. */
export function isBeaconRequest({ type, command, security, source, destinationPan }: MacFrame): boolean {
  const isAsked = type === 'command' && command === commandIds.beaconRequest && security === undefined;
  return isAsked && source === undefined && destinationPan === broadcastPan;
}

/**
 * What a beacon says; undefined for one that does not say which PAN it is of, or that is secured, as none of Thread's is.
 * OpenThread's end behind their addresses.
 */
export function readBeacon(frame: MacFrame, { channel, rssi }: ReceivedFrame): Beacon | undefined {
  const { source, sourcePan: panId, security } = frame;
  if (security !== undefined || source === undefined || panId === undefined) return undefined;
  return { panId, extended: source.kind === 'extended' ? source.extended.slice() : undefined, channel, rssi };
}

function built(frame: MacFrame & { readonly sequenceNumber: number }): BuiltFrame {
  const writer = new ByteWriter(encodedLength(frame) + frameCheckLength);
  macFrame.encode(writer, frame);
  writer.reserve(frameCheckLength);
  const psdu = writer.take();
  writeFrameCheck(psdu);
  return { psdu, sequenceNumber: frame.sequenceNumber, is2015: false, isSecured: false };
}
