import { constant, type Decoded, enumeration, layout, remaining, struct, u32, u32le, u8, variant } from '@selvage/core';

/** The UDP port of MLE. */
export const mlePort = 19_788;
/** The only hop limit that MLE is sent and taken with: it was not forwarded. */
export const mleHopLimit = 255;

/** Security level 5 (ENC-MIC-32), key identifier mode 2: the only control byte of MLE. */
const securityControl = 0x15;

/**
 * ```
 * uint8 control = 15; uint32le frameCounter; uint32 keySequence; uint8 keyIndex;
 * ```
 * The auxiliary security header of an MLE message: key identifier mode 2 with the key sequence as key source
 * (Thread 1.3 §4.9, IEEE 802.15.4-2006 §7.6.2).
 */
export const mleSecurityHeader = struct({
  control: constant(u8, securityControl),
  frameCounter: u32le,
  keySequence: u32,
  keyIndex: u8,
});

/** Where the fields of a secured datagram lie, behind its first byte. */
export const mleSecurityLayout = layout(mleSecurityHeader);
/** Bytes of the security header. */
export const mleSecurityLength = 10;

/**
 * ```
 * uint8 suite { secured = 0, clear = 255 };
 * secured: MleSecurityHeader security; opaque sealed[…];      // ciphertext ‖ MIC of 4 bytes
 * clear:   opaque message[…];                                 // Discovery Request and Response alone
 * ```
 * What is in a UDP datagram of MLE.
 */
export const mleDatagram = variant(enumeration(u8, { secured: 0, clear: 255 }), {
  secured: struct({ security: mleSecurityHeader, sealed: remaining }),
  clear: remaining,
});

/** A datagram of MLE, still sealed. */
export type MleDatagram = Decoded<typeof mleDatagram>;
