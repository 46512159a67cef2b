const [topBit, width] = [0x80_00, 0xff_ff] as const;

/** CRC-16-CCITT (x^16 + x^12 + x^5 + 1), most significant bit first, from 0. */
export const crcCcitt = (bytes: Uint8Array): number => remainder(bytes, 0x1021);
/** CRC-16-ANSI (x^16 + x^15 + x^2 + 1), most significant bit first, from 0. */
export const crcAnsi = (bytes: Uint8Array): number => remainder(bytes, 0x8005);

function remainder(bytes: Uint8Array, polynomial: number): number {
  let crc = 0;
  for (const byte of bytes) {
    crc ^= byte << 8;
    for (let bit = 0; bit < 8; bit++) crc = (crc & topBit) === 0 ? crc << 1 : ((crc << 1) ^ polynomial) & width;
  }
  return crc & width;
}
