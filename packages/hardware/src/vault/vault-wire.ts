/**
 * What a client and the vault say to each other on a channel: an operation is a request and its answer, each declared
 * once. The first operation of a client is `hello`; until then, and to a client of another version, the vault does nothing.
 */
import {
  type Codec,
  type Decoded,
  enumeration,
  opaque,
  remaining,
  sequence,
  struct,
  u16,
  u32,
  u48,
  u8,
  variant,
} from '@selvage/core';
import { asciiText, hashCodec, keyId, keyInfo, policyCodec } from './key-format.js';

/** The vault's service on a channel. */
export const vaultService = 1;
/** The version of the operations below. */
export const vaultVersion = 1;

const nothing = struct({});
const label = asciiText(u8);
const storeName = asciiText(u8);

const derivation = variant(enumeration(u8, { hkdf: 1, 'tls-prf': 2, 'hmac-sha256': 3 }), {
  hkdf: struct({ hash: hashCodec, salt: opaque(u16), info: opaque(u16), length: u16 }),
  'tls-prf': struct({ hash: hashCodec, label, seed: opaque(u16), length: u16 }),
  'hmac-sha256': struct({ input: remaining }),
});

/** A value that does not fit a frame is read and written in parts, under the number of its transfer. */
const found = variant(enumeration(u8, { absent: 0, value: 1, transfer: 2 }), {
  absent: nothing,
  value: struct({ value: remaining }),
  transfer: struct({ transfer: u32, length: u32 }),
});

export const vaultOperations = {
  hello: operation(1, struct({ version: u16 }), struct({ version: u16, owner: label })),

  generate: operation(2, struct({ policy: policyCodec, label }), keyInfo),
  importKey: operation(3, struct({ policy: policyCodec, label, key: opaque(u16) }), keyInfo),
  publicKey: operation(4, struct({ id: keyId }), struct({ publicKey: remaining })),
  sign: operation(5, struct({ id: keyId, hash: hashCodec, message: remaining }), struct({ signature: remaining })),
  signTransfer: operation(6, struct({ id: keyId, hash: hashCodec, transfer: u32 }), struct({ signature: remaining })),
  agree: operation(7, struct({ id: keyId, publicKey: remaining }), struct({ secret: remaining })),
  mac: operation(8, struct({ id: keyId, message: remaining }), struct({ tag: remaining })),
  derive: operation(9, struct({ id: keyId, derivation }), struct({ key: remaining })),
  destroy: operation(10, struct({ id: keyId }), nothing),
  list: operation(11, nothing, struct({ keys: sequence(keyInfo) })),
  grant: operation(12, struct({ id: keyId, client: label }), nothing),

  get: operation(20, struct({ name: storeName }), found),
  put: operation(21, struct({ name: storeName, value: remaining }), nothing),
  putTransfer: operation(22, struct({ name: storeName, transfer: u32 }), nothing),
  delete: operation(23, struct({ name: storeName }), nothing),
  names: operation(24, struct({ after: storeName }), struct({ names: sequence(storeName) })),

  beginTransfer: operation(30, struct({ length: u32 }), struct({ transfer: u32 })),
  writeTransfer: operation(31, struct({ transfer: u32, offset: u32, bytes: remaining }), nothing),
  readTransfer: operation(32, struct({ transfer: u32, offset: u32 }), struct({ bytes: remaining })),
  endTransfer: operation(33, struct({ transfer: u32 }), nothing),

  seal: operation(40, struct({ label, data: remaining }), struct({ sealed: remaining })),
  open: operation(41, struct({ label, sealed: remaining }), struct({ data: remaining })),
  count: operation(42, struct({ name: storeName }), struct({ count: u48 })),
  advance: operation(43, struct({ name: storeName, to: u48 }), nothing),
  attest: operation(44, struct({ nonce: opaque(u8) }), struct({ token: remaining })),
  erase: operation(45, nothing, nothing),
} as const;

export type VaultOperations = typeof vaultOperations;
export type VaultOperationName = keyof VaultOperations;
export type RequestOf<Name extends VaultOperationName> = Decoded<VaultOperations[Name]['request']>;
export type AnswerOf<Name extends VaultOperationName> = Decoded<VaultOperations[Name]['answer']>;

/** One operation of the vault. */
export interface Operation<Request, Answer> {
  readonly number: number;
  readonly request: Codec<Request>;
  readonly answer: Codec<Answer>;
}

function operation<Request, Answer>(
  number: number,
  request: Codec<Request>,
  answer: Codec<Answer>,
): Operation<Request, Answer> {
  return { number, request, answer };
}
