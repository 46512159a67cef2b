import { mapped, u8 } from '@selvage/core';

/** dBm in two's complement; 127 stands for not known. */
export const rssi = mapped(
  u8,
  (byte) => (byte << 24) >> 24,
  (dBm) => dBm & 0xff,
);
