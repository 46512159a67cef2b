/**
 * `npm test`: sets up, then runs every check of the house; the last line is always `N passed, N failed, N skipped`.
 * The numbers are those of the tests, and a check that failed counts as one failed.
 * With arguments (`npm test -- packages/crypto`) only the tests run, and vitest gets the arguments.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inLanes, run, stream } from './run.mjs';
import { root } from './root.mjs';
import { build, checkNode, installDependencies, tool } from './setup.mjs';
import { countTests, noTests } from './test-count.mjs';

/** @typedef {{ name: string, command: string[] }} Check */

const node = process.execPath;

/** @type {Check[]} */
const checks = [
  { name: 'layer check', command: [node, 'tools/layers.mjs'] },
  { name: 'eslint', command: [node, tool('eslint/bin/eslint.js'), '.', '--max-warnings=0'] },
  { name: 'types of tests and tools', command: [node, tool('typescript/bin/tsc'), '-p', 'tsconfig.check.json'] },
  { name: 'biome format', command: [node, tool('@biomejs/biome/bin/biome'), 'format', '.'] },
  { name: 'package checks', command: [node, 'tools/packages.mjs'] },
  { name: 'typedoc', command: [node, tool('typedoc/bin/typedoc')] },
];

const vitestArguments = process.argv.slice(2);
process.exitCode = (await runAll()) ? 0 : 1;

/** Runs what was asked for and says the numbers. */
async function runAll() {
  /** @type {string[]} */
  const failed = [];
  let tests = noTests;
  if (!(checkNode() && (await installDependencies()))) {
    failed.push('set-up');
  } else if (!(await timed('build', () => build()))) {
    failed.push('build');
  } else {
    if (vitestArguments.length === 0) {
      failed.push(...(await runChecks()));
    }
    tests = await runTests();
  }
  if (failed.length > 0) {
    process.stdout.write(`\nfailed checks: ${failed.join(', ')}\n`);
  }
  const failures = tests.failed + failed.length;
  process.stdout.write(`\n${tests.passed} passed, ${failures} failed, ${tests.skipped} skipped\n`);
  return failures === 0 && tests.passed > 0;
}

/** Runs the static checks side by side and says how each went as it ends. Returns the names of those that failed. */
async function runChecks() {
  /** @type {string[]} */
  const failed = [];
  await inLanes(checks, async ({ name, command }) => {
    const begun = performance.now();
    const { code, output } = await run(command, { cwd: root });
    heading(name, code === 0, since(begun));
    if (code !== 0) {
      process.stdout.write(`${output}\n`);
      failed.push(name);
    }
  });
  return failed;
}

/** Runs vitest, alone on the machine: interop peers and handshakes have time-outs. */
async function runTests() {
  const folder = mkdtempSync(join(tmpdir(), 'selvage-test-'));
  try {
    const report = join(folder, 'report.json');
    const reporters = vitestArguments.some((word) => word.startsWith('--reporter')) ? [] : ['--reporter=default'];
    const options = [...reporters, '--reporter=json', `--outputFile.json=${report}`];
    const command = [node, tool('vitest/vitest.mjs'), 'run', ...vitestArguments, ...options];
    let tests = noTests;
    await timed('tests', async () => {
      const code = await stream(command, { cwd: root });
      tests = countTests(report, code);
      return tests.failed === 0;
    });
    return tests;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * @param {string} name
 * @param {() => Promise<boolean>} work
 */
async function timed(name, work) {
  const begun = performance.now();
  const passed = await work();
  heading(name, passed, since(begun));
  return passed;
}

/**
 * @param {string} name
 * @param {boolean} passed
 * @param {number} seconds
 */
function heading(name, passed, seconds) {
  process.stdout.write(`${passed ? 'ok    ' : 'FAILED'} ${name} (${seconds.toFixed(1)} s)\n`);
}

/** @param {number} begun */
function since(begun) {
  return (performance.now() - begun) / 1000;
}
