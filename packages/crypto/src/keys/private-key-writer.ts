/**
 * Private keys as files to be kept: PKCS#8 (RFC 5958) in PEM, with a passphrase as PBES2 (RFC 8018 §6.2) of
 * PBKDF2-HMAC-SHA256 and AES-256-CBC, which OpenSSL and {@link readPrivateKey} read.
 */
import { concat, type Entropy, fromHex, Secret, SelvageError } from '@selvage/core';
import type { CryptoCore } from '../core.js';
import type { FileKey } from '../native/private-key-file.js';

/** What keeps a key file from whoever can read it. */
export interface KeyFileProtection {
  /** At least {@link shortestPassphrase} bytes: a file that was copied is tried against at leisure. */
  readonly passphrase: Secret;
  readonly entropy: Entropy;
  /** Rounds of PBKDF2; 600,000 by default, about a third of a second. */
  readonly iterations?: number | undefined;
}

/** Bytes of the shortest passphrase that is taken. */
export const shortestPassphrase = 8;
const usualIterations = 600_000;
const [saltLength, ivLength, cipherKeyLength] = [16, 16, 32];
const lineLength = 64;

/** AlgorithmIdentifiers of the two kinds of keys (RFC 5480 §2.1.1, RFC 8410 §3). */
const algorithms = {
  p256: fromHex('301306072a8648ce3d020106082a8648ce3d030107'),
  ed25519: fromHex('300506032b6570'),
} as const;

/** id-PBES2, id-PBKDF2, hmacWithSHA256 with its NULL, and aes256-CBC-PAD (RFC 8018 appendix C). */
const identifiers = {
  pbes2: fromHex('06092a864886f70d01050d'),
  pbkdf2: fromHex('06092a864886f70d01050c'),
  hmacWithSha256: fromHex('300c06082a864886f70d02090500'),
  aes256Cbc: fromHex('060960864801650304012a'),
} as const;

/**
 * The contents of a key file in PEM; with a protection, encrypted.
 * @throws SelvageError `invalid-argument` for a passphrase that is too short, `entropy-failed`
 */
export function writePrivateKey(core: CryptoCore, key: FileKey, protection?: KeyFileProtection): Secret {
  const info = privateKeyInfo(core, key);
  try {
    if (protection === undefined) return pem('PRIVATE KEY', info);
    return pem('ENCRYPTED PRIVATE KEY', encrypted(core, info, protection));
  } finally {
    info.fill(0);
  }
}

/** PrivateKeyInfo ::= SEQUENCE { version 0, algorithm, OCTET STRING of the key }. */
function privateKeyInfo(core: CryptoCore, { kind, key }: FileKey): Uint8Array {
  const inner = kind === 'p256' ? ecPrivateKey(core, key.reveal()) : element(0x04, key.reveal());
  const whole = sequence(integer(0), algorithms[kind], element(0x04, inner));
  inner.fill(0);
  return whole;
}

/** ECPrivateKey (RFC 5915 §3): version 1, the scalar, and the public key under [1]. */
function ecPrivateKey(core: CryptoCore, scalar: Uint8Array): Uint8Array {
  const publicKey = element(0x03, Uint8Array.of(0), core.p256.publicKey(scalar));
  return sequence(integer(1), element(0x04, scalar), element(0xa1, publicKey));
}

function encrypted(
  core: CryptoCore,
  info: Uint8Array,
  { passphrase, entropy, iterations = usualIterations }: KeyFileProtection,
): Uint8Array {
  if (passphrase.length < shortestPassphrase) {
    throw new SelvageError('invalid-argument', `the passphrase has ${passphrase.length} bytes`, {
      remedy: `give one of at least ${shortestPassphrase}, better several words`,
    });
  }
  const [salt, iv] = [new Uint8Array(saltLength), new Uint8Array(ivLength)];
  entropy.fill(salt);
  entropy.fill(iv);
  const cipherKey = core.pbkdf2HmacSha256(passphrase.reveal(), salt, iterations, cipherKeyLength);
  const padded = pad(info);
  const cipher = core.aesCbc(cipherKey);
  const ciphertext = cipher.encrypt(iv, padded);
  cipher.destroy();
  for (const bytes of [cipherKey, padded]) bytes.fill(0);
  const derivation = sequence(
    identifiers.pbkdf2,
    sequence(element(0x04, salt), integer(iterations), identifiers.hmacWithSha256),
  );
  const encryption = sequence(identifiers.aes256Cbc, element(0x04, iv));
  return sequence(sequence(identifiers.pbes2, sequence(derivation, encryption)), element(0x04, ciphertext));
}

/** PKCS#7 padding (RFC 5652 §6.3): whole blocks, and always at least one byte. */
function pad(bytes: Uint8Array): Uint8Array {
  const missing = ivLength - (bytes.length % ivLength);
  return concat(bytes, new Uint8Array(missing).fill(missing));
}

function pem(label: string, der: Uint8Array): Secret {
  const lines =
    Buffer.from(der)
      .toString('base64')
      .match(new RegExp(`.{1,${lineLength}}`, 'g')) ?? [];
  return Secret.text([`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ''].join('\n'));
}

function sequence(...parts: readonly Uint8Array[]): Uint8Array {
  return element(0x30, ...parts);
}

/** The contents here have less than 256 bytes. */
function element(tag: number, ...parts: readonly Uint8Array[]): Uint8Array {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  return concat(length < 0x80 ? Uint8Array.of(tag, length) : Uint8Array.of(tag, 0x81, length), ...parts);
}

/** A count, in the shortest form of a positive INTEGER. */
function integer(value: number): Uint8Array {
  const bytes = [value & 0xff];
  for (let rest = Math.floor(value / 256); rest > 0; rest = Math.floor(rest / 256)) bytes.unshift(rest & 0xff);
  if ((bytes[0] as number) >= 0x80) bytes.unshift(0);
  return element(0x02, Uint8Array.from(bytes));
}
