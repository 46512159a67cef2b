import type { Instant } from '@selvage/core';

/** When advertisements are due: often after a change, ever less often later (RFC 6206, without suppression). */
export interface Trickle {
  /** Milliseconds. */
  readonly interval: number;
  readonly sendAt: Instant;
  readonly endsAt: Instant;
  readonly hasSent: boolean;
}

const leastInterval = 1000;
/** The longest interval of a router with few neighbours that route, of one with many, and what each adds (OpenThread's). */
const [shortest, longest, perNeighbour] = [12_000, 32_000, 4_000] as const;

/** The longest interval with so many neighbouring routers of a good link (Thread 1.3 §5.16). */
export function mostInterval(neighbours: number): number {
  return Math.min(longest, Math.max(shortest, (neighbours + 1) * perNeighbour));
}

/** The timer begins. @param fraction random, 0 to 1 */
export function startTrickle(now: Instant, fraction: number, interval: number = leastInterval): Trickle {
  return { interval, sendAt: now + (interval / 2) * (1 + fraction), endsAt: now + interval, hasSent: false };
}

/** Something changed: neighbours hear of it soon. An interval that is the shortest already goes on (RFC 6206 §4.2). */
export function resetTrickle(trickle: Trickle, now: Instant, fraction: number): Trickle {
  return trickle.interval === leastInterval ? trickle : startTrickle(now, fraction);
}

/** One step of the timer; `send` where an advertisement is due. @param most milliseconds, of {@link mostInterval} */
export function stepTrickle(
  trickle: Trickle,
  now: Instant,
  fraction: number,
  most: number,
): { readonly trickle: Trickle; readonly send: boolean } {
  const send = !trickle.hasSent && now >= trickle.sendAt;
  if (now < trickle.endsAt) return { trickle: send ? { ...trickle, hasSent: true } : trickle, send };
  return { trickle: startTrickle(now, fraction, Math.min(2 * trickle.interval, most)), send };
}

/** When {@link stepTrickle} wants to be called. */
export function trickleDeadline({ hasSent, sendAt, endsAt }: Trickle): Instant {
  return hasSent ? endsAt : sendAt;
}
