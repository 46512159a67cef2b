import { enumeration, u8 } from '@selvage/core';

/** What one side of commissioning thinks of the other, TLV 16 (Thread 1.3 §8.10.1.17). */
export const commissioningState = enumeration(u8, { accept: 0x01, pending: 0x00, reject: 0xff });
