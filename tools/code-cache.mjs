/**
 * A program that V8 need not compile when it starts. `name.cjs` is a few lines that run `name.code.cjs`, the program, with
 * what V8 made of it when it was built, `name.cache`. Another Node than the one that built it, or one with other flags,
 * takes no notice of the cache: V8 checks its own version and flags, and the length of the source.
 */
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';

/** Runs in the file that is started: it says of itself that it is the program. */
const starter = `'use strict';
const { readFileSync } = require('node:fs');
const { Script } = require('node:vm');
const base = __filename.slice(0, -'.cjs'.length);
const filename = base + '.code.cjs';
process.argv[1] = filename;
const cachedData = (() => { try { return readFileSync(base + '.cache'); } catch { return undefined; } })();
const source = '(function (exports, require, module, __filename, __dirname) {' + readFileSync(filename, 'utf8') + '\\n})';
const script = new Script(source, { filename, cachedData });
if (process.env.SELVAGE_MAKE_CACHE === base) require('node:fs').writeFileSync(base + '.cache', script.createCachedData());
else script.runInThisContext()(module.exports, require, module, filename, __dirname);
`;

/**
 * Writes the program, its starter and its cache.
 * @param {string} file the starter's
 * @param {string} code
 * @param {readonly string[]} flags those of Node that the program is started with
 */
export function writeCached(file, code, flags) {
  const base = file.slice(0, -'.cjs'.length);
  writeFileSync(`${base}.code.cjs`, code);
  writeFileSync(file, starter);
  const { status, stderr } = spawnSync(process.execPath, [...flags, file], {
    env: { SELVAGE_MAKE_CACHE: base },
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`${file} does not compile: ${stderr}`);
}
