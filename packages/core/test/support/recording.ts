import { expect } from 'vitest';
import type { TestFunctions } from '@selvage/core/testing';

/** Runs a suite without reporting, and gives the names of the tests that fail. */
export async function failuresOf(suite: (test: TestFunctions) => void): Promise<string[]> {
  const tests: { readonly name: string; readonly body: () => void | Promise<void> }[] = [];
  suite({
    describe: (_name, body) => body(),
    it: (name, body) => void tests.push({ name, body }),
    expect,
  });
  const failed: string[] = [];
  for (const { name, body } of tests) {
    try {
      await body();
    } catch {
      failed.push(name);
    }
  }
  return failed;
}
