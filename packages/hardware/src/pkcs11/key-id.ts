import { bytes, constant, decode, encode, type Entropy, FormatError, struct, toHex, u32 } from '@selvage/core';

/** CKA_ID of the keys that are made here: a mark, their order, and what makes them different. */
const ownId = struct({ mark: constant(u32, 0x53_4c_56_31), order: u32, random: bytes(12) });

/** A new CKA_ID. @throws SelvageError `entropy-failed` */
export function newKeyId(order: number, entropy: Entropy): Uint8Array {
  const random = new Uint8Array(12);
  entropy.fill(random);
  return encode(ownId, { mark: 0x53_4c_56_31, order, random });
}

/** Where a key made here stands among the others; `undefined` for a key of another program. */
export function orderOf(id: Uint8Array): number | undefined {
  try {
    return decode(ownId, id).order;
  } catch (error) {
    if (error instanceof FormatError) return undefined;
    throw error;
  }
}

/** The id of a handle: CKA_ID in hex, or the label where a program gave its key none. */
export function handleId(id: Uint8Array, label: string): string {
  return id.length > 0 ? toHex(id) : `label:${label}`;
}
