import type { SymmetricCore } from '../symmetric/core.js';
import { pbkdf2AesCmacPrf128 } from '../symmetric/pbkdf2-cmac.js';
import { tlsPHash, tlsPrf } from '../symmetric/tls-prf.js';
import { aesCbc, cbcEncrypt } from './cbc.js';
import { aesCcm } from './ccm.js';
import { aesCmac } from './cmac.js';
import { aesCcmCounted } from './counted-ccm.js';
import { aesCtr } from './ctr.js';
import { aesGcm } from './gcm.js';
import { createHash, hash, hmac } from './hash.js';
import { hkdf, pbkdf2HmacSha256 } from './kdf.js';

/** Hashes, key derivation and ciphers in JavaScript alone. */
export const portableSymmetric: SymmetricCore = {
  engine: 'portable',

  createHash,
  hash,
  hmac,
  hkdf,
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
