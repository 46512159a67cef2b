import type { Expectation, TestFunctions } from '@selvage/core/testing';

/** What came of a run: the tests and comparisons that were made, and what failed, by name. */
export interface Tally {
  readonly tests: number;
  readonly checks: number;
  readonly failures: readonly string[];
}

/** A test runner of the least kind, the same in Node and in a page. */
export async function runSuite(suite: (functions: TestFunctions) => void): Promise<Tally> {
  const path: string[] = [];
  const tests: { name: string; body: () => void | Promise<void> }[] = [];
  const tally = { tests: 0, checks: 0, failures: [] as string[] };
  let current = '';

  const check = (good: boolean, actual: unknown, expected: unknown): void => {
    if (good) {
      tally.checks++;
    } else {
      tally.failures.push(`${current}: ${JSON.stringify(actual)} instead of ${JSON.stringify(expected)}`);
    }
  };
  const expect = (actual: unknown): Expectation => ({
    toBe: (expected) => {
      check(Object.is(actual, expected), actual, expected);
    },
    toEqual: (expected) => {
      check(JSON.stringify(actual) === JSON.stringify(expected), actual, expected);
    },
  });

  suite({
    describe: (name, body) => {
      path.push(name);
      body();
      path.pop();
    },
    it: (name, body) => {
      tests.push({ name: [...path, name].join(' > '), body });
    },
    expect,
  });
  for (const { name, body } of tests) {
    current = name;
    tally.tests++;
    try {
      await body();
    } catch (error) {
      tally.failures.push(`${name}: ${String(error)}`);
    }
  }
  return tally;
}
