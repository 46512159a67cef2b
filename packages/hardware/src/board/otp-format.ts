import {
  bytes,
  bytesEqual,
  type Codec,
  constant,
  type Decoded,
  FormatError,
  fromHex,
  list,
  mapped,
  opaque,
  struct,
  u16,
  u8,
} from '@selvage/core';
import type { LifeCycle } from './life-cycle.js';

const [intact, burnt] = [fromHex('0000000000000000'), fromHex('a5c35a3ca5c35a3c')];

/** One fuse: eight bytes in one of two states that differ in half of their bits; every other state is damage. */
export const fuse: Codec<boolean> = mapped(
  bytes(8),
  (state) => {
    if (bytesEqual(state, intact)) return false;
    if (bytesEqual(state, burnt)) return true;
    throw new FormatError('invalid-value', 'a fuse is neither intact nor burnt');
  },
  (isBurnt) => (isBurnt ? burnt : intact),
);

/** How many root keys a board takes. */
export const mostRootKeys = 8;
const hashLength = 32;
/** A SubjectPublicKeyInfo of P-256 has 91 bytes, one of Ed25519 has 44. */
const spkiLimits = { min: 44, max: 128 };
/** A P-256 scalar. */
export const imageKeyLength = 32;

/** A root key's place: the key as the ROM has it, the hash that is burnt for it, and its revocation. */
const rootKeyFuses = struct({ publicKey: opaque(u8, spkiLimits), hash: bytes(hashLength), revoked: fuse });

/**
 * What is burnt into the chip:
 *
 *   format (1), life cycle: provisioned, secured, returned (8 each), debug lock (8),
 *   root keys: length of all (2), each SubjectPublicKeyInfo (1 + length), SHA-256 of it (32), revoked (8),
 *   image key (1 + 32, or 1 for none)
 */
export const fusesFormat = struct({
  format: constant(u8, 1),
  provisioned: fuse,
  secured: fuse,
  returned: fuse,
  debugLocked: fuse,
  rootKeys: list(u16, rootKeyFuses, { max: mostRootKeys * (1 + spkiLimits.max + hashLength + 8) }),
  imageKey: opaque(u8, { max: imageKeyLength }),
});

/** The fuses of a chip. */
export type Fuses = Decoded<typeof fusesFormat>;

/** The fuses of a chip that nothing was burnt into. */
export const intactFuses: Fuses = {
  format: 1,
  provisioned: false,
  secured: false,
  returned: false,
  debugLocked: false,
  rootKeys: [],
  imageKey: new Uint8Array(0),
};

/** How many fuses are burnt, a key counting as one: a number that only rises. */
export function burntCount({ provisioned, secured, returned, debugLocked, rootKeys, imageKey }: Fuses): number {
  const single = [provisioned, secured, returned, debugLocked, imageKey.length > 0].filter((isBurnt) => isBurnt).length;
  return single + rootKeys.length + rootKeys.filter(({ revoked }) => revoked).length;
}

/** The life cycle that the fuses say; undefined where a later one is burnt and an earlier one is not. */
export function lifeCycleOf({ provisioned, secured, returned }: Fuses): LifeCycle | undefined {
  if ((returned && !secured) || (secured && !provisioned)) return undefined;
  if (returned) return 'returned';
  if (secured) return 'secured';
  return provisioned ? 'provisioned' : 'virgin';
}
