import { constant, type Decoded, opaque, SelvageError, struct, u16, u8 } from '@selvage/core';
import { scalarLength } from '../scalar/curve.js';

/** ECCurveType named_curve and NamedCurve secp256r1, RFC 8422 §5.4 and §5.1.1. */
const namedCurve = 3;
const secp256r1 = 0x0017;

/**
 * ```
 * struct { ECPoint X; ECSchnorrZKP zkp; } ECJPAKEKeyKP;
 * struct { ECPoint V; opaque r<1..2^8-1>; } ECSchnorrZKP;
 * ```
 * draft-cragie-tls-ecjpake-01 §6.1; the body of ClientKeyExchange. 165 bytes as we write it.
 */
export const ecjpakeKeyKp = struct({
  x: opaque(u8, { min: 1 }),
  zkp: struct({ v: opaque(u8, { min: 1 }), r: opaque(u8, { min: 1 }) }),
});
export type EcjpakeKeyKp = Decoded<typeof ecjpakeKeyKp>;

/**
 * ```
 * struct { ECJPAKEKeyKP ecjpake_key_kp_pair_list[2]; } ECJPAKEKeyKPPairList;
 * ```
 * draft-cragie-tls-ecjpake-01 §6.2; the contents of the ecjpake_key_kp_pair extension (256). 330 bytes as we write it.
 */
export const ecjpakeKeyKpPairList = struct({ first: ecjpakeKeyKp, second: ecjpakeKeyKp });

/**
 * ```
 * struct { ECParameters curve_params; ECJPAKEKeyKP ecjpake_key_kp; } ServerECJPAKEParams;
 * ```
 * draft-cragie-tls-ecjpake-01 §6.3; the body of ServerKeyExchange. 168 bytes as we write it.
 */
export const serverEcjpakeParams = struct({
  curveType: constant(u8, namedCurve),
  namedCurve: constant(u16, secp256r1),
  keyKp: ecjpakeKeyKp,
});

export const serverCurve = { curveType: namedCurve, namedCurve: secp256r1 } as const;

/**
 * The scalar of an `opaque r<1..2^8-1>`, 32 bytes: big-endian with as many leading zeros as the writer liked (Mbed TLS
 * writes none, we write all).
 * @throws SelvageError `invalid-scalar` for a number above 32 bytes
 */
export function scalarOfWire(r: Uint8Array): Uint8Array {
  let start = 0;
  while (start < r.length - 1 && r[start] === 0) start++;
  const digits = r.subarray(start);
  if (digits.length > scalarLength) {
    throw new SelvageError('invalid-scalar', `r has ${digits.length} bytes, more than P-256's order`, {
      fault: 'peer',
    });
  }
  const scalar = new Uint8Array(scalarLength);
  scalar.set(digits, scalarLength - digits.length);
  return scalar;
}
