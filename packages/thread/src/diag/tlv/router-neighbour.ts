import { bytes, mapped, optionalTail, struct, u16, u32, u8 } from '@selvage/core';
import { rssi } from './rssi.js';

const tracksErrors = 0x80;

const neighbour = struct({
  tracksErrorRates: mapped(
    u8,
    (byte) => (byte & tracksErrors) !== 0,
    (does) => (does ? tracksErrors : 0),
  ),
  rloc16: u16,
  extended: bytes(8),
  version: u16,
  connectionTime: u32,
  linkMargin: u8,
  averageRssi: rssi,
  lastRssi: rssi,
  frameErrorRate: u16,
  messageErrorRate: u16,
});

/** A router that a router has a link with, as it sees it. */
export interface RouterNeighbourDetail {
  readonly tracksErrorRates: boolean;
  readonly rloc16: number;
  readonly extended: Uint8Array;
  readonly version: number;
  /** Seconds. */
  readonly connectionTime: number;
  /** dB. */
  readonly linkMargin: number;
  readonly averageRssi: number;
  readonly lastRssi: number;
  /** Parts of 65,535. */
  readonly frameErrorRate: number;
  readonly messageErrorRate: number;
}

/** TLV 31, one for each router in range (Thread 1.4): an empty one ends them, and is undefined here. */
export const routerNeighbour = optionalTail<RouterNeighbourDetail>(neighbour);
