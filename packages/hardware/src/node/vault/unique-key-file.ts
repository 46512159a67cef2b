/** The file of an operator's vault that holds its unique key: as it is, or wrapped by a passphrase. */
import {
  bytes,
  type Decoded,
  decode,
  encode,
  type Entropy,
  enumeration,
  Secret,
  SelvageError,
  struct,
  u32,
  variant,
} from '@selvage/core';
import { type Aead, type CryptoCore, shortestPassphrase } from '@selvage/crypto';
import { UniqueKey, uniqueKeyLength } from '../../board/unique-key.js';

const saltLength = 16;
const tagLength = 16;
/** Rounds of PBKDF2: about a third of a second. */
const usualIterations = 600_000;
const mostIterations = 100_000_000;
/** The key that wraps is another for every salt, so that one nonce serves. */
const nonce = new Uint8Array(13);
const none = new Uint8Array(0);

const wrappedKey = struct({
  salt: bytes(saltLength),
  iterations: u32,
  sealed: bytes(uniqueKeyLength + tagLength),
});

export const uniqueKeyFile = variant(enumeration(u32, { plain: 0x564b5031, wrapped: 0x564b5731 }), {
  plain: struct({ key: bytes(uniqueKeyLength) }),
  wrapped: wrappedKey,
});

/** How a key is kept from whoever can read its file. */
export interface KeyWrapping {
  readonly core: CryptoCore;
  readonly unlock: Secret | undefined;
}

/** Draws a unique key, and writes its file. @throws SelvageError `invalid-argument` for a passphrase that is too short */
export function newKeyFile({ core, unlock }: KeyWrapping, entropy: Entropy, iterations = usualIterations): Uint8Array {
  const key = UniqueKey.draw(entropy);
  try {
    if (unlock === undefined) return encode(uniqueKeyFile, { type: 'plain', value: { key: key.reveal() } });
    if (unlock.length < shortestPassphrase) {
      throw new SelvageError('invalid-argument', `a passphrase has ${shortestPassphrase} bytes at least`);
    }
    const salt = new Uint8Array(saltLength);
    entropy.fill(salt);
    const sealed = wrapping(core, unlock, { salt, iterations }, (aead) => aead.seal(nonce, none, key.reveal()));
    return encode(uniqueKeyFile, { type: 'wrapped', value: { salt, iterations, sealed } });
  } finally {
    key.dispose();
  }
}

/** The unique key of a file. @throws SelvageError `invalid-key` for a wrong or missing passphrase; `store-failed` */
export function readKeyFile({ core, unlock }: KeyWrapping, path: string, file: Uint8Array): UniqueKey {
  const value = decoded(path, file);
  if (value.type === 'plain') return uniqueKeyOf(core, value.value.key);
  if (unlock === undefined) {
    throw new SelvageError('invalid-key', 'the vault is locked by a passphrase, and none was given', {
      remedy: 'Give it in SELVAGE_VAULT_PASSPHRASE.',
    });
  }
  const { sealed } = value.value;
  const key = wrapping(core, unlock, value.value, (aead) => aead.open(nonce, none, sealed));
  if (key === undefined) throw new SelvageError('invalid-key', 'the passphrase is not the one that locks the vault');
  return uniqueKeyOf(core, key);
}

function decoded(path: string, file: Uint8Array): Exclude<Decoded<typeof uniqueKeyFile>, { type: 'unknown' }> {
  try {
    const value = decode(uniqueKeyFile, file);
    if (value.type !== 'unknown' && !(value.type === 'wrapped' && value.value.iterations > mostIterations))
      return value;
  } catch {
    // The same as another file in its place.
  }
  throw new SelvageError('store-failed', `${path} is damaged, or holds no key of a vault`, { details: { path } });
}

function uniqueKeyOf(core: CryptoCore, key: Uint8Array): UniqueKey {
  const secret = Secret.of(key);
  key.fill(0);
  return new UniqueKey(core, secret);
}

function wrapping<T>(
  core: CryptoCore,
  unlock: Secret,
  { salt, iterations }: { readonly salt: Uint8Array; readonly iterations: number },
  use: (aead: Aead) => T,
): T {
  const key = core.pbkdf2HmacSha256(unlock.reveal(), salt, iterations, 32);
  const aead = core.aesCcm(key, { nonceLength: nonce.length, tagLength });
  key.fill(0);
  try {
    return use(aead);
  } finally {
    aead.destroy();
  }
}
