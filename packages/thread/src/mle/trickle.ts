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
/** Of a router without neighbours that route (Thread 1.3 §5.16). */
const mostInterval = 12_000;

/** The timer begins anew: something changed. @param fraction random, 0 to 1 */
export function startTrickle(now: Instant, fraction: number, interval: number = leastInterval): Trickle {
  return { interval, sendAt: now + (interval / 2) * (1 + fraction), endsAt: now + interval, hasSent: false };
}

/** One step of the timer; `send` where an advertisement is due. */
export function stepTrickle(
  trickle: Trickle,
  now: Instant,
  fraction: number,
): { readonly trickle: Trickle; readonly send: boolean } {
  const send = !trickle.hasSent && now >= trickle.sendAt;
  if (now < trickle.endsAt) return { trickle: send ? { ...trickle, hasSent: true } : trickle, send };
  return { trickle: startTrickle(now, fraction, Math.min(2 * trickle.interval, mostInterval)), send };
}

/** When {@link stepTrickle} wants to be called. */
export function trickleDeadline({ hasSent, sendAt, endsAt }: Trickle): Instant {
  return hasSent ? endsAt : sendAt;
}
