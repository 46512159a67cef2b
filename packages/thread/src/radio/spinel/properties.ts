import {
  bytes,
  type Codec,
  type Decoded,
  nested,
  opaque,
  remaining,
  sequence,
  struct,
  u16le,
  u32le,
  u8,
} from '@selvage/core';
import { longestPsdu } from '../../mac/room.js';
import { bool, i8, packed, u64le } from './numbers.js';

/** How a frame arrived: the value of `streamRaw` from the co-processor, and the acknowledgement after a transmission. */
export const rawReceived = struct({
  /** Its check sequence may be anything: the co-processor has looked at it. Empty where there is no frame. */
  psdu: opaque(u16le, { max: longestPsdu }),
  rssi: i8,
  noiseFloor: i8,
  flags: u16le,
  phy: nested(u16le, struct({ channel: u8, quality: u8, timestamp: u64le, rest: remaining })),
  vendor: nested(u16le, struct({ error: packed, rest: remaining })),
  /** Of secured acknowledgements, and whatever newer co-processors add. */
  rest: remaining,
});

/** The flags of a frame that arrived. */
export const receivedFlags = { badCheck: 0x0004, acknowledgedWithPending: 0x0010 } as const;

/** What is to be sent: the value of `streamRaw` from the host. */
export const rawTransmit = struct({
  psdu: opaque(u16le, { max: longestPsdu }),
  channel: u8,
  backOffs: u8,
  repetitions: u8,
  assess: bool,
  /** The frame counter is there, and so is the integrity code: the co-processor must not secure it once more. */
  headerUpdated: bool,
  isRepetition: bool,
  securityProcessed: bool,
  delay: u32le,
  delayBase: u32le,
  /** What is listened to afterwards. */
  channelAfter: u8,
  /** dBm; 127 for whatever is usual. */
  power: i8,
});

/** A frame that is to be sent. */
export type RawTransmit = Decoded<typeof rawTransmit>;

/** How something ended. After a transmission more follows: `transmitDone`. */
export const lastStatus = struct({ status: packed, rest: remaining });

/** What follows the status of a transmission; where that was good, the acknowledgement or an empty frame follows. */
export const transmitDone = struct({ framePending: bool, headerUpdated: bool, rest: remaining });

/** Statuses that matter to a radio; those from `resetFirst` on, up to `resetLast`, say that it was reset. */
export const statuses = {
  ok: 0,
  busy: 12,
  noAcknowledgement: 17,
  channelBusy: 18,
  resetFirst: 112,
  resetLast: 127,
} as const;

/** The properties of a radio co-processor: number and value. */
export const properties = {
  lastStatus: [0, lastStatus],
  protocolVersion: [1, struct({ major: packed, minor: packed })],
  /** Text that ends with a zero. */
  version: [2, remaining],
  hardwareAddress: [8, bytes(8)],
  enabled: [0x20, bool],
  channel: [0x21, u8],
  /** dBm. */
  sensitivity: [0x27, i8],
  /** 0 idle, 2 measuring energy. */
  scanState: [0x30, u8],
  scanMask: [0x31, sequence(u8)],
  /** Milliseconds. */
  scanPeriod: [0x32, u16le],
  /** As in the frames: reversed on the air, printed order here. */
  extendedAddress: [0x34, bytes(8)],
  shortAddress: [0x35, u16le],
  panId: [0x36, u16le],
  receiving: [0x37, bool],
  /** 0 off, 2 everything. */
  promiscuous: [0x38, u8],
  energy: [0x39, struct({ channel: u8, dBm: i8 })],
  streamRaw: [0x71, rawReceived],
  pendingEnabled: [0x1303, bool],
  pendingShort: [0x1304, sequence(u16le)],
  pendingExtended: [0x1305, sequence(bytes(8))],
} as const satisfies Record<string, readonly [number, Codec<unknown>]>;

/** A property by its name. */
export type PropertyName = keyof typeof properties;
/** The value of a property. */
export type PropertyValue<N extends PropertyName> = Decoded<(typeof properties)[N][1]>;
