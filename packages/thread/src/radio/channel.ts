import { SelvageError } from '@selvage/core';
import { longestPsdu } from '../mac/room.js';

/** The channels at 2.4 GHz. */
export const [firstChannel, lastChannel] = [11, 26] as const;

/** @throws SelvageError `value-out-of-range` */
export function requireChannel(channel: number): void {
  if (Number.isInteger(channel) && channel >= firstChannel && channel <= lastChannel) return;
  throw new SelvageError('value-out-of-range', `there is no channel ${channel}: ${firstChannel} to ${lastChannel} are`);
}

/** @throws SelvageError `payload-too-large` */
export function requirePsdu({ length }: Uint8Array): void {
  if (length <= longestPsdu) return;
  throw new SelvageError('payload-too-large', `a PSDU of ${length} bytes where ${longestPsdu} are allowed`);
}
