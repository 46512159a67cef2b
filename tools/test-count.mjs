import { existsSync } from 'node:fs';
import { readJson } from './json.mjs';

/** @typedef {{ passed: number, failed: number, skipped: number }} TestCount */

/**
 * @typedef {object} Report what is read of vitest's JSON report
 * @property {number} numPassedTests
 * @property {number} numFailedTests
 * @property {number} numPendingTests
 * @property {number} numTodoTests
 * @property {{ status: string, assertionResults: { status: string }[] }[]} testResults one for each file
 */

/** @type {TestCount} */
export const noTests = { passed: 0, failed: 0, skipped: 0 };

/**
 * The numbers of a vitest run, from its JSON report. A run that ended badly never counts as one without failures: a
 * file that does not load has no tests to fail, and a crash leaves no report.
 * @param {string} file the report
 * @param {number} exitCode of vitest
 * @returns {TestCount}
 */
export function countTests(file, exitCode) {
  if (!existsSync(file)) {
    return { ...noTests, failed: 1 };
  }
  const report = /** @type {Report} */ (readJson(file));
  const failed = report.numFailedTests + report.testResults.filter(failedAlone).length;
  return {
    passed: report.numPassedTests,
    failed: exitCode !== 0 && failed === 0 ? 1 : failed,
    skipped: report.numPendingTests + report.numTodoTests,
  };
}

/**
 * Whether a test file failed without a failing test of its own.
 * @param {Report['testResults'][number]} file
 */
function failedAlone({ status, assertionResults }) {
  return status === 'failed' && !assertionResults.some((test) => test.status === 'failed');
}
