import type { SymmetricCore } from '../symmetric/core.js';
import { hkdf } from '../symmetric/hkdf.js';
import { pbkdf2AesCmacPrf128 } from '../symmetric/pbkdf2-cmac.js';
import { tlsPHash, tlsPrf } from '../symmetric/tls-prf.js';
import { aesCbc, cbcEncrypt } from './cbc.js';
import { aesCmac } from './cmac.js';
import { aesCcmCounted } from './counted-ccm.js';
import { aesCtr } from './ctr.js';
import { aesCcm, aesGcm } from './evp-aead.js';
import { createHash, hash, hmac } from './hash.js';
import { pbkdf2HmacSha256 } from './kdf.js';

/** Hashes, key derivation and ciphers on OpenSSL. */
export const nativeSymmetric: SymmetricCore = {
  engine: 'native',

  createHash,
  hash,
  hmac,
  hkdf: (algorithm, secret, salt, info, length) => hkdf(hmac, algorithm, secret, salt, info, length),
  tlsPHash: (algorithm, secret, seed, length) => tlsPHash(hmac, algorithm, secret, [seed], length),
  tlsPrf: (algorithm, secret, label, seed, length) => tlsPrf(hmac, algorithm, secret, label, seed, length),
  pbkdf2HmacSha256,
  pbkdf2AesCmacPrf128: (password, salt, iterations, length) =>
    pbkdf2AesCmacPrf128({ aesCmac, cbcEncrypt }, password, salt, iterations, length),
  aesCmac,

  aesCcm,
  aesCcmCounted,
  aesGcm,
  aesCbc,
  aesCtr,
};
