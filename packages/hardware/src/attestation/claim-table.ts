import type { AttestationClaims, TokenProfile } from './claims.js';
import * as types from './claim-types.js';

/** One claim: where it stands in each profile, what it must be, and whether it must be there. */
export interface ClaimRow {
  /** As refusals call it. */
  readonly words: string;
  /** `undefined` where a profile does not have it. */
  readonly keys: Readonly<Record<TokenProfile, number | undefined>>;
  readonly type: types.ClaimType<unknown>;
  /** Profiles in which it must be. */
  readonly mandatory: readonly TokenProfile[];
}

const both: readonly TokenProfile[] = ['psa-2023', 'psa-iot-1'];
const none: readonly TokenProfile[] = [];

/** The claims (RFC 9783 §4 and appendix A), in the order in which a verifier asks for them. */
export const claimTable = {
  nonce: row('nonce', [10, -75008], types.hash),
  instance: row('instance id', [256, -75009], types.instance),
  implementation: row('implementation id', [2396, -75003], types.implementation),
  bootSeed: row('boot seed', [268, -75004], types.bootSeed, ['psa-iot-1']),
  client: row('client id', [2394, -75001], types.client),
  lifeCycle: row('life cycle', [2395, -75002], types.lifeCycle),
  components: row('software components', [2399, -75006], types.components),
  certification: row('certification reference', [2398, -75005], types.certification, none),
  verificationService: row('verification service', [2400, -75010], types.text, none),
  /** For private use (RFC 8392 §9.1: below −65536). */
  isolation: row('isolation of the normal world', [-76001, undefined], types.isolation, none),
} as const satisfies Readonly<Record<keyof AttestationClaims, ClaimRow>>;

/** Where a token names its profile, and what it must say (RFC 9783 §4.5.1). */
export const profileClaim = { key: 265, name: 'tag:psacertified.org,2023:psa#tfm' } as const;

/** The profile before: it is known by its keys, as its name was free, and could be left out. */
export const oldProfileClaim = { key: -75000, name: 'PSA_IOT_PROFILE_1' } as const;

function row(
  words: string,
  [key, oldKey]: readonly [number, number | undefined],
  type: types.ClaimType<unknown>,
  mandatory = both,
): ClaimRow {
  return { words, keys: { 'psa-2023': key, 'psa-iot-1': oldKey }, type, mandatory };
}
