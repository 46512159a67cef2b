/** Child processes for the house tools: no shell, no standard input. */
import { spawn } from 'node:child_process';
import { availableParallelism } from 'node:os';

/** @typedef {{ cwd: string, env?: NodeJS.ProcessEnv }} Options */

/**
 * Runs a command and keeps what it says, both streams together.
 * @param {string[]} command
 * @param {Options} options
 * @returns {Promise<{ code: number, output: string }>}
 */
export async function run(command, options) {
  /** @type {string[]} */
  const chunks = [];
  const code = await start(command, { ...options, stdio: ['ignore', 'pipe', 'pipe'] }, (text) => chunks.push(text));
  return { code, output: chunks.join('').trimEnd() };
}

/**
 * Runs a command whose output people see as it comes.
 * @param {string[]} command
 * @param {Options} options
 * @returns {Promise<number>} its exit code
 */
export function stream(command, options) {
  return start(command, { ...options, stdio: ['ignore', 'inherit', 'inherit'] }, () => {});
}

/**
 * @param {string[]} command
 * @param {import('node:child_process').SpawnOptions} options
 * @param {(text: string) => void} onText
 * @returns {Promise<number>}
 */
function start([program = '', ...words], options, onText) {
  return new Promise((resolve) => {
    // npm is a batch file on Windows, which only a shell starts.
    const child = spawn(program, words, { ...options, shell: program === 'npm' && process.platform === 'win32' });
    for (const pipe of [child.stdout, child.stderr]) {
      pipe?.setEncoding('utf8').on('data', onText);
    }
    child.on('error', (error) => {
      onText(`${program}: ${error.message}\n`);
      resolve(127);
    });
    child.on('close', (code, signal) => resolve(signal === null ? (code ?? 1) : 1));
  });
}

/**
 * Does the work of every item, as many at once as the machine has processors.
 * @template Item
 * @param {readonly Item[]} items
 * @param {(item: Item) => Promise<void>} work
 */
export async function inLanes(items, work) {
  const queue = items.values();
  const lane = async () => {
    for (const item of queue) {
      await work(item);
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, lane));
}
