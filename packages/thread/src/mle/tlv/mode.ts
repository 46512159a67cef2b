import { mapped, u8 } from '@selvage/core';

/** What kind of node a node is, TLV 1 (Thread 1.3 §4.4.2). */
export interface DeviceMode {
  /** False for a sleepy end device. */
  readonly receiverOnWhenIdle: boolean;
  /** Always true since Thread 1.1. */
  readonly secureDataRequests: boolean;
  /** May become a router, or at least resolves addresses. */
  readonly fullThreadDevice: boolean;
  /** Wants all of network data, not only what is stable. */
  readonly fullNetworkData: boolean;
  readonly reserved: number;
}

const bits = { receiver: 0x08, secure: 0x04, device: 0x02, data: 0x01, reserved: 0xf0 } as const;

/** `| reserved (4) | R | S | D | N |`. */
export const deviceMode = mapped(
  u8,
  (mode): DeviceMode => ({
    receiverOnWhenIdle: (mode & bits.receiver) !== 0,
    secureDataRequests: (mode & bits.secure) !== 0,
    fullThreadDevice: (mode & bits.device) !== 0,
    fullNetworkData: (mode & bits.data) !== 0,
    reserved: mode & bits.reserved,
  }),
  (mode) =>
    (mode.receiverOnWhenIdle ? bits.receiver : 0) |
    (mode.secureDataRequests ? bits.secure : 0) |
    (mode.fullThreadDevice ? bits.device : 0) |
    (mode.fullNetworkData ? bits.data : 0) |
    (mode.reserved & bits.reserved),
);
