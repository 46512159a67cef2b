import { remaining, struct, type StructValue, u16 } from '@selvage/core';

/** `rotation time in hours (2) | flags (1 before Thread 1.2, then 2)`: Thread 1.3 §8.10.1.15. Flags are kept as they are. */
export const securityPolicy = struct({ rotationHours: u16, flags: remaining });

/** The value of a {@link securityPolicy}. */
export type SecurityPolicy = StructValue<(typeof securityPolicy)['fields']>;

/** A flag: the letter that OpenThread's tools write, its byte and bit, and whether the bit is 0 when it is on. */
interface Flag {
  readonly letter: string;
  readonly byte: number;
  readonly mask: number;
  readonly isInverse: boolean;
}

const flag = (letter: string, byte: number, mask: number, isInverse = false): Flag => ({
  letter,
  byte,
  mask,
  isInverse,
});

/** In the order in which OpenThread writes them. */
const flags: readonly Flag[] = [
  // Out-of-band commissioning may have the network key; native commissioning; routers of version 1.0; external commissioning.
  flag('o', 0, 0x80),
  flag('n', 0, 0x40),
  flag('r', 0, 0x20),
  flag('c', 0, 0x10),
  // Commercial commissioning; autonomous enrolment; network key provisioning; routers that are not commercial.
  flag('C', 0, 0x04, true),
  flag('e', 0, 0x02, true),
  flag('p', 0, 0x01, true),
  flag('R', 1, 0x40, true),
];
const thresholdMask = 0x07;

/** What a fresh network has: `672 onrc 0`. */
export const usualPolicy: SecurityPolicy = { rotationHours: 672, flags: Uint8Array.of(0xf7, 0xf8) };

/** Bytes of flags, at least 1. */
export const leastPolicyFlags = 1;

/** The letters of the flags that are on. */
export function policyLetters({ flags: bytes }: SecurityPolicy): string {
  return flags
    .filter(
      ({ byte, mask, isInverse }) => byte < bytes.length && (((bytes[byte] as number) & mask) === 0) === isInverse,
    )
    .map(({ letter }) => letter)
    .join('');
}

/** From which protocol version on routers are wanted (0 to 7, Thread 1.1 being 0). */
export function versionThreshold({ flags: bytes }: SecurityPolicy): number {
  return (bytes[1] ?? 0) & thresholdMask;
}

/** The policy with exactly these flags on; bits that have no letter stay. `undefined` for a letter that there is not. */
export function withLetters(policy: SecurityPolicy, letters: string): SecurityPolicy | undefined {
  const known = flags.map(({ letter }) => letter).join('');
  if ([...letters].some((letter) => !known.includes(letter))) return undefined;
  const bytes = Uint8Array.from([policy.flags[0] ?? 0, policy.flags[1] ?? 0xf8]);
  for (const { letter, byte, mask, isInverse } of flags) {
    const isOne = letters.includes(letter) !== isInverse;
    bytes[byte] = isOne ? (bytes[byte] as number) | mask : (bytes[byte] as number) & ~mask;
  }
  return { ...policy, flags: bytes };
}
