/**
 * 32 bits that tell one datagram from another (FNV-1a). It is no authentication: whoever can choose the bytes can make
 * two that agree, and then only confuses the messages that come from one address of its own.
 */
export function checksum(bytes: Uint8Array): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < bytes.length; i++) hash = Math.imul(hash ^ (bytes[i] as number), 0x01000193);
  return hash;
}
