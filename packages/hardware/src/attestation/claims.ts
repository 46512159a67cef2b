import type { AttestedLifeCycle } from './life-cycle.js';

/** The profiles of tokens: RFC 9783's, and the one before it. */
export type TokenProfile = 'psa-2023' | 'psa-iot-1';

/** A measured part of what was booted (RFC 9783 §4.4.1). */
export interface AttestedComponent {
  /** What part it is, such as `firmware`. */
  readonly type?: string | undefined;
  /** Hash of its code: 32, 48 or 64 bytes. */
  readonly measurement: Uint8Array;
  readonly version?: string | undefined;
  /** Hash of the key that signed it, 32, 48 or 64 bytes. */
  readonly signer: Uint8Array;
  /** How it was measured, such as `SHA256`. */
  readonly algorithm?: string | undefined;
}

/** What a device says of itself (RFC 9783 §4). */
export interface AttestationClaims {
  /** What the verifier asked with: 32, 48 or 64 bytes. */
  readonly nonce: Uint8Array;
  /** Which device it is: a UEID of 33 bytes, the first of them 01 (RFC 9711 §4.2.1). */
  readonly instance: Uint8Array;
  /** What kind of root of trust it has, 32 bytes. */
  readonly implementation: Uint8Array;
  /** Drawn at each boot, 8 to 32 bytes. */
  readonly bootSeed?: Uint8Array | undefined;
  /** Who in the device asked: negative for the normal world, positive for the secure one; never 0. */
  readonly client: number;
  readonly lifeCycle: AttestedLifeCycle;
  readonly components: readonly AttestedComponent[];
  /** Thirteen digits of a product, a hyphen and five of its version. */
  readonly certification?: string | undefined;
  /** Where a verifier might be: a hint. Nobody connects anywhere because a token says so. */
  readonly verificationService?: string | undefined;
  /**
   * How the normal world is confined, such as `namespaces` or `permission-only`: a private claim of ours, as nothing in
   * the profile says it.
   */
  readonly isolation?: string | undefined;
}

/** Who in a device asks for a token: the normal world, whose numbers are negative. */
export const normalWorldClient = -1;
