/** Numbers of PKCS#11 v3.0 (OASIS), by their names there. */

/** Object classes. */
export const CKO = { PUBLIC_KEY: 0x02, PRIVATE_KEY: 0x03, SECRET_KEY: 0x04 } as const;

/** Key types. */
export const CKK = { EC: 0x03, GENERIC_SECRET: 0x10, SHA256_HMAC: 0x2b, EC_EDWARDS: 0x40 } as const;

/** Attributes. */
export const CKA = {
  CLASS: 0x000,
  TOKEN: 0x001,
  PRIVATE: 0x002,
  LABEL: 0x003,
  VALUE: 0x011,
  KEY_TYPE: 0x100,
  ID: 0x102,
  SENSITIVE: 0x103,
  SIGN: 0x108,
  VERIFY: 0x10a,
  DERIVE: 0x10c,
  VALUE_LEN: 0x161,
  EXTRACTABLE: 0x162,
  MODIFIABLE: 0x170,
  EC_PARAMS: 0x180,
  EC_POINT: 0x181,
} as const;

/** Mechanisms. */
export const CKM = {
  SHA256_HMAC: 0x251,
  SHA384_HMAC: 0x261,
  SHA512_HMAC: 0x271,
  GENERIC_SECRET_KEY_GEN: 0x350,
  EC_KEY_PAIR_GEN: 0x1040,
  ECDSA: 0x1041,
  ECDH1_DERIVE: 0x1050,
  EC_EDWARDS_KEY_PAIR_GEN: 0x1055,
  EDDSA: 0x1057,
} as const;

/** The name of a mechanism, for people. */
export function mechanismName(mechanism: number): string {
  const found = Object.entries(CKM).find(([, value]) => value === mechanism);
  return `CKM_${found?.[0] ?? `0x${mechanism.toString(16)}`}`;
}

/** CKD_NULL: a shared secret as it is. */
export const plainKeyDerivation = 1;
/** CKU_USER. */
export const ordinaryUser = 1;
/** CKF_SERIAL_SESSION | CKF_RW_SESSION. */
export const readWriteSession = 0x04 | 0x02;
/** CKF_OS_LOCKING_OK: the library may be called from several threads. */
export const threadsMayCall = 0x02;
