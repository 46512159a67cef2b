import { SelvageError, toHex } from '@selvage/core';

/** Why a token is refused. */
export interface Refusal {
  /** The claim or the part of the token that is not as it must be. */
  readonly claim: string;
  readonly expected: string;
  readonly found: string;
  readonly remedy?: string | undefined;
  readonly cause?: unknown;
}

/** `attestation-refused`, which names the claim, what was expected and what was found. */
export function refuseToken({ claim, expected, found, remedy, cause }: Refusal): SelvageError {
  return new SelvageError('attestation-refused', `the attestation's ${claim}: ${found} where ${expected} is expected`, {
    details: { claim, expected, found },
    remedy,
    ...(cause !== undefined && { cause }),
  });
}

/** Bytes of a hash for people: the first 16, so that they can be told apart. */
export function shortHex(bytes: Uint8Array): string {
  return bytes.length <= 16 ? toHex(bytes) : `${toHex(bytes.subarray(0, 16))}…`;
}
