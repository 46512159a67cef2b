import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';

/**
 * Describes tests that need another program. Where it is missing they are skipped with the reason in their title; in
 * continuous integration, which installs it, they fail.
 */
export function describeWith(program: string, debianPackage: string, title: string, tests: () => void): void {
  if (spawnSync(program, ['--version']).error === undefined) {
    describe(title, tests);
    return;
  }
  const reason = `${program} not found: apt-get install ${debianPackage}`;
  if (process.env['CI'] === 'true') describe(title, () => it(`finds ${program}`, () => expect.fail(reason)));
  else describe.skip(`${title} (skipped: ${reason})`, tests);
}
