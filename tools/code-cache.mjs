/**
 * A program that V8 need not compile when it starts. `name.cjs` is a few lines that run `name.code.cjs`, the program, with
 * what V8 made of it in a rehearsal when it was built, `name.cache`. Another Node than the one that built it, or one with
 * other flags, takes no notice of the cache: V8 checks its own version and flags, and the length of the source.
 */
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';

/** Runs in the file that is started: it says of itself that it is the program. */
const starter = `'use strict';
const { readFileSync, writeFileSync } = require('node:fs');
const { Script } = require('node:vm');
const base = __filename.slice(0, -'.cjs'.length);
const filename = base + '.code.cjs';
process.argv[1] = filename;
const cachedData = (() => { try { return readFileSync(base + '.cache'); } catch { return undefined; } })();
const source = '(function (exports, require, module, __filename, __dirname) {' + readFileSync(filename, 'latin1') + '\\n})';
const script = new Script(source, { filename, cachedData });
if (process.env.SELVAGE_REHEARSAL === base) {
  process.on('exit', () => writeFileSync(base + '.cache', script.createCachedData()));
}
script.runInThisContext()(module.exports, require, module, filename, __dirname);
module.exports.run();
`;

/**
 * Writes the program, its starter and its cache. In its rehearsal the program finds the end of its standard input at once.
 * @param {string} file the starter's
 * @param {string} code in ASCII
 * @param {readonly string[]} flags those of Node that the program is started with
 * @param {string} argument what it is started with in the rehearsal
 */
export function writeCached(file, code, flags, argument) {
  const base = file.slice(0, -'.cjs'.length);
  writeFileSync(`${base}.code.cjs`, code);
  writeFileSync(`${base}.cache`, '');
  writeFileSync(file, starter);
  const { status, stderr } = spawnSync(process.execPath, [...flags, file, argument], {
    env: { SELVAGE_REHEARSAL: base },
    input: '',
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`the rehearsal of ${file} failed: ${stderr}`);
}
