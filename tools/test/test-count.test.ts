import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { countTests } from '../test-count.mjs';
import { layOut } from './workspace.js';

const numbers = { numPassedTests: 7, numFailedTests: 0, numPendingTests: 2, numTodoTests: 1 };
const goodFile = { status: 'passed', assertionResults: [{ status: 'passed' }] };

function count(report: object, exitCode: number) {
  return countTests(join(layOut({ 'report.json': report }), 'report.json'), exitCode);
}

describe("the summary line's numbers", () => {
  test('are those of the tests', () => {
    expect(count({ ...numbers, testResults: [goodFile] }, 0)).toEqual({ passed: 7, failed: 0, skipped: 3 });
  });

  test('count a failed test once', () => {
    const failing = { status: 'failed', assertionResults: [{ status: 'failed' }] };
    const report = { ...numbers, numFailedTests: 1, testResults: [goodFile, failing] };
    expect(count(report, 1)).toEqual({ passed: 7, failed: 1, skipped: 3 });
  });

  test('count a file that does not load, which has no tests to fail', () => {
    const unloaded = { status: 'failed', assertionResults: [] };
    expect(count({ ...numbers, testResults: [goodFile, unloaded] }, 1)).toEqual({ passed: 7, failed: 1, skipped: 3 });
  });

  test('never say that nothing failed when vitest did', () => {
    expect(count({ ...numbers, testResults: [goodFile] }, 1)).toEqual({ passed: 7, failed: 1, skipped: 3 });
    expect(countTests('no-such-report.json', 1)).toEqual({ passed: 0, failed: 1, skipped: 0 });
  });
});
