/**
 * An ETag of 8 bytes for a body that was given none, so that its blocks are told from those of another state of the resource
 * (RFC 7959 §2.4). Equal bodies have equal tags; it protects against change, not against somebody who forges.
 */
export function entityTag(body: Uint8Array): Uint8Array {
  let low = 0x811c9dc5;
  let high = 0x9e3779b9;
  for (let i = 0; i < body.length; i++) {
    const byte = body[i] as number;
    low = Math.imul(low ^ byte, 0x01000193);
    high = Math.imul((high ^ byte) + (low >>> 15), 0x85ebca6b);
  }
  const tag = new Uint8Array(8);
  new DataView(tag.buffer).setUint32(0, low ^ body.length);
  new DataView(tag.buffer).setUint32(4, high ^ (high >>> 13));
  return tag;
}
