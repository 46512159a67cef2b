/** Bytes before each PSDU on the air: preamble, start of frame, length (IEEE 802.15.4-2006 §6.3, 2.4 GHz). */
const synchronisation = 6;
/** 2 symbols of 16 µs, milliseconds. */
const byteTime = 0.032;

/** How long a PSDU holds the channel, milliseconds. */
export function airTime(psduLength: number): number {
  return (psduLength + synchronisation) * byteTime;
}
