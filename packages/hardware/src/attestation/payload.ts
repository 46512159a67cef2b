import {
  type CborInput,
  type CborMap,
  type CborValue,
  decodeCbor,
  encodeCbor,
  FormatError,
  SelvageError,
  toHex,
} from '@selvage/core';
import type { AttestationClaims, TokenProfile } from './claims.js';
import { type ClaimRow, claimTable, profileClaim } from './claim-table.js';
import { componentMaps } from './claim-types.js';
import { lifeCycleNumber } from './life-cycle.js';
import { refuseToken } from './refusal.js';

const limits = { depth: 6, items: 512, keys: 64 } as const;
const rows = Object.entries(claimTable) as readonly (readonly [keyof AttestationClaims, ClaimRow])[];

/** A token's payload before it is trusted: a map, and the profile that it claims to be of. */
export interface RawClaims {
  readonly map: CborMap;
  /** `undefined` for one that is not known here. */
  readonly profile: TokenProfile | undefined;
}

/** Reads the map of a payload; nothing of it is judged yet. @throws FormatError */
export function readPayload(payload: Uint8Array): RawClaims {
  const value = decodeCbor(payload, limits);
  if (!(value instanceof Map)) throw new FormatError('invalid-value', 'no map of claims');
  const map = value as CborMap;
  return { map, profile: profileOf(map) };
}

/** @returns `undefined` for a profile that is not known here */
function profileOf(map: CborMap): TokenProfile | undefined {
  const name = map.get(profileClaim.key);
  if (name !== undefined) return name === profileClaim.name ? 'psa-2023' : undefined;
  return map.has(claimTable.instance.keys['psa-iot-1'] as number) ? 'psa-iot-1' : undefined;
}

/** The instance id, by which the key is found: 01 and 32 bytes. @throws SelvageError `attestation-refused` */
export function instanceIn({ map, profile = 'psa-2023' }: RawClaims): Uint8Array {
  return claimIn(map, claimTable.instance, profile) as Uint8Array;
}

/** The nonce. @throws SelvageError `attestation-refused` */
export function nonceIn({ map, profile = 'psa-2023' }: RawClaims): Uint8Array {
  return claimIn(map, claimTable.nonce, profile) as Uint8Array;
}

/**
 * All claims, each with its type. Claims that are not known here are passed over (RFC 8392 §3).
 * @throws SelvageError `attestation-refused` for one that is missing, and for one that is not what it must be
 */
export function claimsIn(map: CborMap, profile: TokenProfile): AttestationClaims {
  const read = rows.map(([name, row]) => [name, claimIn(map, row, profile)] as const);
  return Object.fromEntries(read.filter(([, value]) => value !== undefined)) as unknown as AttestationClaims;
}

/**
 * The payload of a token of the profile of 2023.
 * @throws SelvageError `invalid-argument` for claims that no verifier would take
 */
export function writePayload(claims: AttestationClaims): Uint8Array {
  const map = new Map<number, CborInput>([[profileClaim.key, profileClaim.name]]);
  for (const [claim, row] of rows) {
    const value = written(claims, claim);
    if (value !== undefined) map.set(row.keys['psa-2023'] as number, value);
  }
  requireReadable(map as CborMap);
  return encodeCbor(map);
}

function written(claims: AttestationClaims, claim: keyof AttestationClaims): CborInput {
  if (claim === 'lifeCycle') return lifeCycleNumber(claims.lifeCycle);
  if (claim === 'components') return componentMaps(claims.components);
  return claims[claim];
}

function requireReadable(map: CborMap): void {
  try {
    claimsIn(map, 'psa-2023');
  } catch (error) {
    if (!(error instanceof SelvageError)) throw error;
    throw new SelvageError('invalid-argument', error.message, { details: error.details });
  }
}

function claimIn(map: CborMap, { words, keys, type, mandatory }: ClaimRow, profile: TokenProfile): unknown {
  const key = keys[profile];
  const value = key === undefined ? undefined : map.get(key);
  if (value === undefined && !mandatory.includes(profile)) return undefined;
  const read = type.read(value);
  if (read !== undefined) return read;
  throw refuseToken({ claim: words, expected: type.words, found: inWords(value) });
}

/** What stands where a claim belongs, in a few words. */
function inWords(value: CborValue): string {
  if (value === undefined) return 'nothing';
  if (value instanceof Uint8Array) return `${value.length} bytes (${toHex(value.subarray(0, 4))}…)`;
  if (typeof value === 'number' || typeof value === 'bigint') return String(value);
  if (typeof value === 'string') return `the text ${JSON.stringify(value.slice(0, 64))}`;
  if (Array.isArray(value)) return `an array of ${value.length}`;
  if (value instanceof Map) return 'a map';
  return value === true || value === false ? String(value) : 'null';
}
