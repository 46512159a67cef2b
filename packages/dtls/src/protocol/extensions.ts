import { type Decoded, enumeration, list, nested, opaque, remaining, struct, u8, u16, variant } from '@selvage/core';

/** ExtensionType: RFC 6066, 8422, 5246, 7366, 7627, 9146, 5746; 256 is draft-cragie-tls-ecjpake-01. */
const extensionType = enumeration(u16, {
  max_fragment_length: 1,
  supported_groups: 10,
  ec_point_formats: 11,
  signature_algorithms: 13,
  encrypt_then_mac: 22,
  extended_master_secret: 23,
  connection_id: 54,
  ecjpake_key_kp_pair: 256,
  renegotiation_info: 0xff01,
});

/** NamedCurve secp256r1, RFC 8422 §5.1.1: the one group of both stacks. */
export const secp256r1 = 23;
/** ECPointFormat uncompressed, RFC 8422 §5.1.2. */
export const uncompressed = 0;

/** SignatureAndHashAlgorithm, RFC 5246 §7.4.1.4.1, of ECDSA with each hash. */
export const signatureScheme = enumeration(u16, {
  ecdsa_sha256: 0x0403,
  ecdsa_sha384: 0x0503,
  ecdsa_sha512: 0x0603,
});
export type SignatureSchemeValue = Decoded<typeof signatureScheme>;
export type SignatureScheme = Extract<SignatureSchemeValue, string>;

/** MaxFragmentLength, RFC 6066 §4, in bytes of plaintext. */
const maximumFragmentLength = enumeration(u8, { '512': 1, '1024': 2, '2048': 3, '4096': 4 });
export type MaximumFragmentLength = 512 | 1024 | 2048 | 4096;

const empty = struct({});

const bodies = {
  max_fragment_length: maximumFragmentLength,
  supported_groups: list(u16, u16, { min: 2 }),
  ec_point_formats: list(u8, u8, { min: 1 }),
  signature_algorithms: list(u16, signatureScheme, { min: 2 }),
  encrypt_then_mac: empty,
  extended_master_secret: empty,
  connection_id: opaque(u8),
  // The value is the list of two ECJPAKEKeyKP, read by EcJpake, which verifies as it reads.
  ecjpake_key_kp_pair: remaining,
  renegotiation_info: opaque(u8),
};

/**
 * ```
 * struct { ExtensionType extension_type; opaque extension_data<0..2^16-1>; } Extension;
 * ```
 * RFC 5246 §7.4.1.4. Extensions that are not listed are kept as they came.
 */
const extension = variant(extensionType, bodies, { body: (codec) => nested(u16, codec) });

export type Extension = Decoded<typeof extension>;
export type ExtensionName = keyof typeof bodies;

export const extensions = list(u16, extension);
