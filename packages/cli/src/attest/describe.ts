import { toHex } from '@selvage/core';
import type { AttestationClaims, UnverifiedToken, VerifiedToken } from '@selvage/hardware';
import { dataLines } from '../ca/describe.js';

/** What a token says, as plain data. */
export function describeToken({
  claims,
  profile,
  algorithm,
}: VerifiedToken | UnverifiedToken): Record<string, unknown> {
  const { instance, lifeCycle, implementation, isolation, client, nonce, bootSeed } = claims;
  return {
    profile,
    algorithm: algorithm ?? 'none',
    instance: toHex(instance),
    lifeCycle,
    isolation: isolation ?? 'not said',
    implementation: toHex(implementation),
    client: client < 0 ? `normal world (${client})` : `secure world (${client})`,
    nonce: toHex(nonce),
    ...(bootSeed && { bootSeed: toHex(bootSeed) }),
    ...hintsOf(claims),
    components: claims.components.map(({ measurement, signer, ...texts }) => ({
      ...texts,
      measurement: toHex(measurement),
      signer: toHex(signer),
    })),
  };
}

/** The same in lines: a name and a value each, and a paragraph for each component. */
export function tokenLines({ components, ...rest }: Record<string, unknown>): string[] {
  const parts = (components as Record<string, unknown>[]).flatMap(({ type = 'without a name', ...measured }) => [
    '',
    ...dataLines({ component: type, ...measured }),
  ]);
  return [...dataLines(rest), ...parts];
}

/** Where others may say more of the device: nobody is asked because a token says so. */
function hintsOf({ certification, verificationService }: AttestationClaims): Record<string, string> {
  return {
    ...(certification !== undefined && { certification }),
    ...(verificationService !== undefined && { verificationService }),
  };
}
