import { decode, type Instant } from '@selvage/core';
import { type MacAddress, broadcastPan, isBroadcast, sameExtended } from './address.js';
import type { Duplicates } from './duplicates.js';
import type { FrameOpener, Opened } from './frame-opener.js';
import { frameCheckLength } from './frame/frame-check.js';
import { headerLength, type MacFrame, macFrame } from './frame/mac-frame.js';
import type { ReceivedFrame } from '../radio/radio.js';
import type { LinkCounters } from './link-counters.js';
import type { LinkIndication } from './link-user.js';
import type { OwnIdentity } from './own-identity.js';

/** A frame that is for this node, with its source. */
export interface Addressed {
  readonly frame: MacFrame;
  readonly source: MacAddress;
  readonly destination: MacAddress;
  readonly body: Uint8Array;
}

/** The frame in a PSDU; `undefined` for what is none. */
export function readPsdu(psdu: Uint8Array): { readonly frame: MacFrame; readonly body: Uint8Array } | undefined {
  const body = psdu.subarray(0, Math.max(0, psdu.length - frameCheckLength));
  try {
    return { frame: decode(macFrame, body), body };
  } catch {
    return undefined;
  }
}

/** Whether a frame is for this node: its network or every network, this node or everybody (IEEE 802.15.4-2006 §7.5.6.2). */
export function addressed(frame: MacFrame, body: Uint8Array, identity: OwnIdentity): Addressed | undefined {
  const { destination, source } = frame;
  if (destination === undefined || source === undefined) return undefined;
  const destinationPan = frame.destinationPan ?? frame.sourcePan ?? identity.panId;
  if (destinationPan !== identity.panId && destinationPan !== broadcastPan) return undefined;
  if (!isOurs(destination, identity) && !isBroadcast(destination)) return undefined;
  // A frame with our own extended address as its source is an echo, or somebody who pretends to be us.
  if (source.kind === 'extended' && sameExtended(source.extended, identity.extended)) return undefined;
  return { frame, source, destination, body };
}

/** Opens a frame, or takes it as it is; `undefined` for one that is dropped. */
export function openFrame(
  { frame, source, destination, body }: Addressed,
  opener: FrameOpener,
  duplicates: Duplicates,
  counters: LinkCounters,
  now: Instant,
): Opened | undefined {
  const { security, payload, sequenceNumber } = frame;
  if (security !== undefined) {
    const at = headerLength(body.length, frame);
    return opener.open({ source, security, header: body.subarray(0, at), sealed: body.subarray(at) }, now);
  }
  if (frame.type === 'command') {
    counters.unacceptable++;
    return undefined;
  }
  const isRepeatable = !isBroadcast(destination) && sequenceNumber !== undefined;
  if (isRepeatable && duplicates.isRepetition(source, sequenceNumber, now)) {
    counters.duplicate++;
    return undefined;
  }
  return { payload: Uint8Array.from(payload), protection: { kind: 'none' }, neighbour: undefined };
}

/** What is handed up of a frame that was opened. */
export function indicationOf(
  { frame, source, destination }: Addressed,
  { payload, protection, neighbour }: Opened,
  { channel, rssi }: ReceivedFrame,
  identity: OwnIdentity,
): LinkIndication {
  const destinationPan = frame.destinationPan ?? frame.sourcePan ?? identity.panId;
  const sourcePan = frame.sourcePan ?? destinationPan;
  const { framePending } = frame;
  return {
    source,
    destination,
    destinationPan,
    sourcePan,
    payload,
    protection,
    neighbour,
    framePending,
    channel,
    rssi,
  };
}

function isOurs(address: MacAddress, { short, extended }: OwnIdentity): boolean {
  return address.kind === 'short' ? address.short === short : sameExtended(address.extended, extended);
}
