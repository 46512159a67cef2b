import { constant, type Decoded, list, opaque, remaining, struct, u8, u16, u24 } from '@selvage/core';
import { secp256r1, signatureScheme } from './extensions.js';

/** ECCurveType named_curve, RFC 8422 §5.4. */
const namedCurve = 3;

/**
 * ```
 * struct { ECParameters curve_params; ECPoint public; } ServerECDHParams;
 * ```
 * RFC 8422 §5.4, with the only curve of both stacks: 03 ‖ 0017 ‖ opaque point<1..2^8-1>.
 */
export const serverEcdhParameters = struct({
  curveType: constant(u8, namedCurve),
  namedCurve: constant(u16, secp256r1),
  point: opaque(u8, { min: 1 }),
});

/** `struct { SignatureAndHashAlgorithm algorithm; opaque signature<0..2^16-1>; } DigitallySigned;` RFC 5246 §4.7. */
export const digitallySigned = struct({ scheme: signatureScheme, signature: opaque(u16) });

/** ServerKeyExchange of the ECDHE_ECDSA suites, RFC 8422 §5.4. */
export const ecdheEcdsaServerKeyExchange = struct({ parameters: serverEcdhParameters, signed: digitallySigned });

/** ServerKeyExchange of PSK suites: the identity hint alone, RFC 4279 §2. */
export const pskServerKeyExchange = struct({ identityHint: opaque(u16) });

/** ServerKeyExchange of ECDHE_PSK, RFC 5489 §2. */
export const ecdhePskServerKeyExchange = struct({ identityHint: opaque(u16), parameters: serverEcdhParameters });

/** ServerKeyExchange of ECDH_anon: the parameters without a signature, RFC 8422 §5.4. */
export const ecdhAnonServerKeyExchange = struct({ parameters: serverEcdhParameters });

/** ClientKeyExchange of ECDHE and ECDH_anon, RFC 8422 §5.7. */
export const ecdhClientKeyExchange = struct({ point: opaque(u8, { min: 1 }) });

/** ClientKeyExchange of PSK, RFC 4279 §2. */
export const pskClientKeyExchange = struct({ identity: opaque(u16) });

/** ClientKeyExchange of ECDHE_PSK, RFC 5489 §2. */
export const ecdhePskClientKeyExchange = struct({ identity: opaque(u16), point: opaque(u8, { min: 1 }) });

/** Both EC-JPAKE key exchanges are an ECJPAKEKeyKP (the server's after its ECParameters), which EcJpake reads. */
export const ecjpakeKeyExchange = struct({ roundTwo: remaining });

/** `ASN.1Cert certificate_list<0..2^24-1>`, leaf first; RFC 5246 §7.4.2. */
export const certificate = struct({ chain: list(u24, opaque(u24, { min: 1 })) });

/** ClientCertificateType ecdsa_sign, RFC 8422 §5.5. */
export const ecdsaSign = 64;

/** CertificateRequest, RFC 5246 §7.4.4: certificate types, signature algorithms, names of authorities in DER. */
export const certificateRequest = struct({
  certificateTypes: list(u8, u8, { min: 1 }),
  signatureAlgorithms: list(u16, signatureScheme, { min: 2 }),
  certificateAuthorities: list(u16, opaque(u16, { min: 1 })),
});
export type CertificateRequest = Decoded<typeof certificateRequest>;

/** CertificateVerify, RFC 5246 §7.4.8: a signature over all handshake messages so far. */
export const certificateVerify = struct({ signed: digitallySigned });

/** verify_data of Finished, RFC 5246 §7.4.9: 12 bytes in every suite here. */
export const verifyDataLength = 12;
