/** Time on the wall: what another process, or a disk, takes is no CPU time of this one. */

/** How long something took, µs. */
export async function timed(work: () => Promise<unknown> | void): Promise<number> {
  const begun = performance.now();
  await work();
  return 1000 * (performance.now() - begun);
}

/** How long each of `count` operations took, one after the other, µs. */
export async function timesOf(count: number, work: () => Promise<unknown> | void): Promise<number[]> {
  const times: number[] = [];
  for (let i = 0; i < count; i += 1) times.push(await timed(work));
  return times;
}

/** The value that this share of all is not above. */
export function quantile(times: readonly number[], share: number): number {
  const sorted = times.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
}

export function median(times: readonly number[]): number {
  return quantile(times, 0.5);
}
