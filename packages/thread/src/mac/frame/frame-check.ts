/** Bytes of the frame check sequence. */
export const frameCheckLength = 2;

/** The CRC of each byte: polynomial x^16 + x^12 + x^5 + 1, least significant bit first. */
const table = Uint16Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let i = 0; i < 8; i++) crc = (crc & 1) === 0 ? crc >> 1 : (crc >> 1) ^ 0x8408;
  return crc;
});

/** The frame check sequence of the first `length` bytes (IEEE 802.15.4-2006 §7.2.1.9: the ITU-T CRC of 16 bits). */
export function frameCheck(bytes: Uint8Array, length: number): number {
  let crc = 0;
  for (let i = 0; i < length; i++) crc = (crc >> 8) ^ (table[(crc ^ (bytes[i] as number)) & 0xff] as number);
  return crc;
}

/** Writes the frame check sequence over the last two bytes of a PSDU. */
export function writeFrameCheck(psdu: Uint8Array): void {
  const at = psdu.length - frameCheckLength;
  const check = frameCheck(psdu, at);
  psdu[at] = check & 0xff;
  psdu[at + 1] = check >> 8;
}

/** Whether a PSDU is what was sent: long enough for a check sequence, and the right one. */
export function hasGoodCheck(psdu: Uint8Array): boolean {
  const at = psdu.length - frameCheckLength;
  if (at < 0) return false;
  const check = frameCheck(psdu, at);
  return psdu[at] === (check & 0xff) && psdu[at + 1] === check >> 8;
}
