import { bytes, mapped, optionalTail, sequence, struct, u16, u32, u8 } from '@selvage/core';
import { rssi } from './rssi.js';

const bits = { receiver: 0x80, device: 0x40, data: 0x20, csl: 0x10, errorRates: 0x08 } as const;

const flags = mapped(
  u8,
  (byte) => ({
    receiverOnWhenIdle: (byte & bits.receiver) !== 0,
    fullThreadDevice: (byte & bits.device) !== 0,
    fullNetworkData: (byte & bits.data) !== 0,
    cslSynchronised: (byte & bits.csl) !== 0,
    tracksErrorRates: (byte & bits.errorRates) !== 0,
  }),
  (value) =>
    (value.receiverOnWhenIdle ? bits.receiver : 0) |
    (value.fullThreadDevice ? bits.device : 0) |
    (value.fullNetworkData ? bits.data : 0) |
    (value.cslSynchronised ? bits.csl : 0) |
    (value.tracksErrorRates ? bits.errorRates : 0),
);

const detail = struct({
  flags,
  rloc16: u16,
  extended: bytes(8),
  version: u16,
  /** Seconds: of the child, since it was heard, since it attached. */
  timeout: u32,
  age: u32,
  connectionTime: u32,
  supervisionInterval: u16,
  /** dB. */
  linkMargin: u8,
  averageRssi: rssi,
  lastRssi: rssi,
  /** Parts of 65,535: frames, and messages, that did not arrive. */
  frameErrorRate: u16,
  messageErrorRate: u16,
  queuedMessages: u16,
  /** In units of 160 µs; 0 without CSL. */
  cslPeriod: u16,
  cslTimeout: u32,
  cslChannel: u8,
});

/** A child as the Child TLV has it, with all that its parent knows. */
export interface ChildDetail {
  readonly flags: {
    readonly receiverOnWhenIdle: boolean;
    readonly fullThreadDevice: boolean;
    readonly fullNetworkData: boolean;
    readonly cslSynchronised: boolean;
    readonly tracksErrorRates: boolean;
  };
  readonly rloc16: number;
  readonly extended: Uint8Array;
  readonly version: number;
  readonly timeout: number;
  readonly age: number;
  readonly connectionTime: number;
  readonly supervisionInterval: number;
  readonly linkMargin: number;
  readonly averageRssi: number;
  readonly lastRssi: number;
  readonly frameErrorRate: number;
  readonly messageErrorRate: number;
  readonly queuedMessages: number;
  readonly cslPeriod: number;
  readonly cslTimeout: number;
  readonly cslChannel: number;
}

/** TLV 29, one for each child (Thread 1.4): an empty one ends them, and is undefined here. */
export const childDetail = optionalTail<ChildDetail>(detail);

const addressesOf = struct({ rloc16: u16, addresses: sequence(bytes(16)) });

/** Addresses that a child registered. */
export interface ChildAddresses {
  readonly rloc16: number;
  /** 16 bytes each. */
  readonly addresses: readonly Uint8Array[];
}

/** TLV 30, one for each child that has addresses (Thread 1.4): an empty one ends them, and is undefined here. */
export const childAddresses = optionalTail<ChildAddresses>(addressesOf);
