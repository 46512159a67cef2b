import { closeSync, openSync, readSync, writeSync } from 'node:fs';

/** Where in a slot the firmware itself is, behind the header; and the bit that is changed. */
const [place, bit] = [4096, 0x01];

/** What somebody does to a board's flash with a soldering iron: one bit of the firmware is another. */
export function changeInFlash(slot: string): void {
  const file = openSync(slot, 'r+');
  try {
    const byte = Buffer.alloc(1);
    readSync(file, byte, 0, 1, place);
    byte[0] = (byte[0] as number) ^ bit;
    writeSync(file, byte, 0, 1, place);
  } finally {
    closeSync(file);
  }
}
