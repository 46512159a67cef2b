import { mapped, u8 } from '@selvage/core';

/** Who is to answer a Parent Request, TLV 14 (Thread 1.3 §4.4.15). */
export interface ScanMask {
  readonly routers: boolean;
  readonly endDevices: boolean;
  readonly reserved: number;
}

const bits = { routers: 0x80, endDevices: 0x40, reserved: 0x3f } as const;

/** `| R | E | reserved (6) |`. */
export const scanMask = mapped(
  u8,
  (mask): ScanMask => ({
    routers: (mask & bits.routers) !== 0,
    endDevices: (mask & bits.endDevices) !== 0,
    reserved: mask & bits.reserved,
  }),
  ({ routers, endDevices, reserved }) =>
    (routers ? bits.routers : 0) | (endDevices ? bits.endDevices : 0) | (reserved & bits.reserved),
);
