import { toHex } from '@selvage/core';
import type { AttestedLifeCycle } from './life-cycle.js';
import { verifyToken, type VerifyTokenOptions } from './verify-token.js';

/** What is noted of a device that was judged, ready to be kept: bytes are in hexadecimal. */
export interface JudgedDevice {
  /** When, milliseconds since 1970. */
  readonly at: number;
  readonly instance: string;
  readonly implementation: string;
  readonly lifeCycle: AttestedLifeCycle;
  readonly isolation?: string | undefined;
  readonly voucher: 'enrolled' | 'certified';
  readonly components: readonly JudgedComponent[];
}

/** A measured part of it. */
export interface JudgedComponent {
  readonly type?: string | undefined;
  readonly version?: string | undefined;
  readonly measurement: string;
  readonly signer: string;
}

/** What devices are judged by. */
export interface JudgeOptions extends Omit<VerifyTokenOptions, 'nonce'> {
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/**
 * A judge of devices, as an onboarding tool asks for one: it throws what {@link verifyToken} throws, and says what is to be
 * noted of a device that it takes.
 */
export function attestationJudge(
  options: JudgeOptions,
): (evidence: { readonly token: Uint8Array; readonly nonce: Uint8Array }) => JudgedDevice {
  return ({ token, nonce }) => {
    const { claims, voucher } = verifyToken(token, { ...options, nonce });
    const { instance, implementation, lifeCycle, isolation, components } = claims;
    return {
      at: Math.floor(options.now()),
      instance: toHex(instance),
      implementation: toHex(implementation),
      lifeCycle,
      isolation,
      voucher,
      components: components.map(({ type, version, measurement, signer }) => ({
        type,
        version,
        measurement: toHex(measurement),
        signer: toHex(signer),
      })),
    };
  };
}
