/** How {@link StoredKeyHome} writes a key. */
import {
  constant,
  type Decoded,
  decode,
  encode,
  enumeration,
  list,
  opaque,
  SelvageError,
  struct,
  u16,
  u32,
  u8,
  type Unknown,
} from '@selvage/core';
import type { HeldKey } from './held-keys.js';
import type { KeyAlgorithm, KeyUsage } from './key-handle.js';
import { requireMaterial } from './material.js';
import { checkedPolicy } from './policy.js';

const storedKey = struct({
  version: constant(u8, 1),
  order: u32,
  algorithm: enumeration<KeyAlgorithm>(u8, {
    'ecdsa-p256': 1,
    'ecdh-p256': 2,
    ed25519: 3,
    'hmac-sha256': 4,
    derive: 5,
  }),
  usages: list(u8, enumeration<KeyUsage>(u8, { sign: 1, agree: 2, derive: 3, mac: 4 })),
  material: opaque(u16),
});

/** The value that the store keeps; it holds the key itself. */
export function encodeKey({ order, policy, material }: HeldKey): Uint8Array {
  return encode(storedKey, { version: 1, order, ...policy, material });
}

/** The key of this id. @throws SelvageError `store-failed` where the value is no key */
export function decodeKey(id: string, value: Uint8Array): HeldKey {
  try {
    return heldKey(id, decode(storedKey, value));
  } catch (error) {
    throw new SelvageError('store-failed', `what is stored for key ${id} is no key`, { cause: error, details: { id } });
  }
}

function heldKey(id: string, { order, algorithm, usages, material }: Decoded<typeof storedKey>): HeldKey {
  const policy = checkedPolicy({ algorithm: known(algorithm), usages: usages.map(known) });
  requireMaterial(policy.algorithm, material);
  return { id, order, policy, material: Uint8Array.from(material) };
}

function known<Name extends string>(name: Name | Unknown): Name {
  if (typeof name === 'string') return name;
  throw new SelvageError('invalid-value', `${name.unknown} names nothing here`);
}
