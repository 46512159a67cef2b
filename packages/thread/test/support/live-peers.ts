import { describe } from 'vitest';

/** Describes tests that need programs that nobody packages: skipped, with the reason in their title, where one is missing. */
export function describeWithPeers(title: string, missing: readonly (string | undefined)[], tests: () => void): void {
  const reasons = missing.filter((reason) => reason !== undefined);
  if (reasons.length === 0) describe(title, tests);
  else describe.skip(`${title} (skipped: ${reasons.join('; ')})`, tests);
}
