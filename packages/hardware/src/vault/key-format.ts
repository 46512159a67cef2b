/** Keys as the vault writes them: to its store, and to its clients. */
import {
  bytes,
  type Codec,
  constant,
  type Decoded,
  decode,
  encode,
  enumeration,
  FormatError,
  fromHex,
  list,
  mapped,
  type NumberCodec,
  opaque,
  SelvageError,
  struct,
  toHex,
  u16,
  u32,
  u8,
  type Unknown,
} from '@selvage/core';
import type { HashAlgorithm, HeldKey, KeyAlgorithm, KeyHandle, KeyPolicy, KeyUsage } from '@selvage/crypto';
import type { VaultKeyHandle } from './vault.js';

/** A name, of printable ASCII; empty for none. */
export function asciiText(lengthCodec: NumberCodec): Codec<string> {
  return mapped(
    opaque(lengthCodec),
    (value) => {
      if (value.some((byte) => byte < 0x20 || byte > 0x7e)) throw new FormatError('invalid-value', 'a name is ASCII');
      return String.fromCharCode(...value);
    },
    (value) => new TextEncoder().encode(value),
  );
}

/** A codec of numbers that all have names: another one is an error. */
function known<Name extends string>(codec: Codec<Name | Unknown>): Codec<Name> {
  return mapped(
    codec,
    (value) => {
      if (typeof value === 'string') return value;
      throw new FormatError('invalid-value', `${value.unknown} names nothing here`);
    },
    (value) => value,
  );
}

export const hashCodec = known(enumeration<HashAlgorithm | 'none'>(u8, { none: 0, sha256: 1, sha384: 2, sha512: 3 }));

/** The id of a handle is its 16 bytes in hex. */
export const keyId: Codec<string> = mapped(bytes(16), toHex, fromHex);
const idPattern = /^[0-9a-f]{32}$/;

/** @throws SelvageError `key-not-found` for an id that no key of a vault can have */
export function requireKeyId({ id }: Pick<KeyHandle, 'id'>): string {
  if (idPattern.test(id)) return id;
  throw new SelvageError('key-not-found', 'the vault has no key of such an id', { details: { id: id.slice(0, 80) } });
}

export const policyCodec = struct({
  algorithm: known(
    enumeration<KeyAlgorithm>(u8, { 'ecdsa-p256': 1, 'ecdh-p256': 2, ed25519: 3, 'hmac-sha256': 4, derive: 5 }),
  ),
  usages: list(u8, known(enumeration<KeyUsage>(u8, { sign: 1, agree: 2, derive: 3, mac: 4 }))),
});

/** A key as its clients see it. */
export const keyInfo = struct({
  id: keyId,
  policy: policyCodec,
  publicKey: opaque(u8),
  owner: asciiText(u8),
  label: asciiText(u8),
});

export function infoOf({ id, algorithm, usages, publicKey, owner, label }: VaultKeyHandle): Decoded<typeof keyInfo> {
  const policy = { algorithm, usages };
  return { id, policy, publicKey: publicKey ?? new Uint8Array(0), owner, label: label ?? '' };
}

export function handleOf({ id, policy, publicKey, owner, label }: Decoded<typeof keyInfo>): VaultKeyHandle {
  return Object.freeze({
    id,
    algorithm: policy.algorithm,
    usages: Object.freeze([...policy.usages]),
    publicKey: publicKey.length > 0 ? publicKey.slice() : undefined,
    owner,
    label: label === '' ? undefined : label,
  });
}

/** What the store keeps of a key; it holds the key itself. */
export const keyRecord = struct({
  version: constant(u8, 1),
  order: u32,
  policy: policyCodec,
  label: asciiText(u8),
  granted: list(u16, asciiText(u8)),
  material: opaque(u16),
});

/** A key, and what the vault knows of it. */
export interface VaultKey extends HeldKey {
  readonly label: string | undefined;
  /** The clients that may use it beside its owner. */
  readonly granted: readonly string[];
}

export function encodeKey({ order, policy, label = '', granted, material }: VaultKey): Uint8Array {
  return encode(keyRecord, { version: 1, order, policy, label, granted, material });
}

/** @throws SelvageError `store-failed` where the value is no key */
export function decodeKey(id: string, value: Uint8Array): VaultKey {
  try {
    const { order, policy, label, granted, material } = decode(keyRecord, value);
    return { id, order, policy: frozen(policy), label: label || undefined, granted, material: material.slice() };
  } catch (error) {
    throw new SelvageError('store-failed', `what is stored for key ${id} is no key`, { cause: error, details: { id } });
  }
}

function frozen({ algorithm, usages }: KeyPolicy): KeyPolicy {
  return { algorithm, usages: Object.freeze([...usages]) };
}
