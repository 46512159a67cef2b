import { type Decoded, FormatError, mapped, remaining, struct, u8 } from '@selvage/core';
import { packed } from './numbers.js';

const [pattern, patternMask, interfaceShift, interfaceMask, transactionMask] = [0x80, 0xc0, 4, 0x03, 0x0f] as const;

/** `10 | interface (2) | transaction (4)`: transaction 0 is a notice that nobody asked for. */
const header = mapped(
  u8,
  (byte) => {
    if ((byte & patternMask) !== pattern) throw new FormatError('invalid-value', `no spinel header: ${byte}`);
    return { interface: (byte >> interfaceShift) & interfaceMask, transaction: byte & transactionMask };
  },
  ({ interface: id, transaction }) => {
    if ((id & interfaceMask) !== id || (transaction & transactionMask) !== transaction) {
      throw new FormatError('value-out-of-range', 'no interface or transaction of spinel', { fault: 'caller' });
    }
    return pattern | (id << interfaceShift) | transaction;
  },
);

/** `header | command (packed) | …`: what one HDLC frame carries. */
export const spinelFrame = struct({ header, command: packed, body: remaining });

/** A frame whose command is about a property. */
export type SpinelFrame = Decoded<typeof spinelFrame>;

/** The commands that host and co-processor exchange. */
export const commands = { reset: 1, get: 2, set: 3, is: 6 } as const;

/** What follows the commands get, set and is. */
export const propertyBody = struct({ property: packed, value: remaining });

/** Transactions that may be under way: 0 is none. */
export const lastTransaction = transactionMask;
