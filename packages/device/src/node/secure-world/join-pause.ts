import type { Entropy, SelvageError } from '@selvage/core';
import type { JoinFailure } from '@selvage/thread';

/** Before the second try, ms: who was not found may be there in a moment; whom a person turned away waits for that person. */
const [soon, usual, turnedAway] = [250, 2000, 10_000] as const;
/** Twice as long after each try, up to this, ms. */
const longest = 300_000;
const byPerson: ReadonlySet<unknown> = new Set<JoinFailure>(['wrong-pskd', 'not-admitted', 'finalisation-rejected']);
/**
 * A commissioner is there, and expects others: of a long list a part at a time. The first and the longest pause, ms; as
 * much again is drawn, so that many who wait do not ask in the same moment.
 */
const expectedLater = [5000, 20_000] as const;

/**
 * How long a board waits before it tries again to join, milliseconds.
 * @param tries how many failed before this one
 */
export function joinPause({ details }: SelvageError, tries: number, entropy: Entropy): number {
  const failure = details?.['failure'];
  if (failure === 'not-in-steering-data') {
    const [first, most] = expectedLater;
    const random = new Uint8Array(1);
    entropy.fill(random);
    return Math.min(first * 2 ** tries, most) * (1 + (random[0] as number) / 256);
  }
  const first = details?.['step'] === 'discovery' ? soon : byPerson.has(failure) ? turnedAway : usual;
  return Math.min(first * 2 ** tries, longest);
}
