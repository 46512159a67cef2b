/**
 * A program that is in memory when Node starts: its modules are loaded, and compiled is what its rehearsal compiled. It
 * is for the very Node that writes it; any other starts the program from its files.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Runs in the process whose memory is written. Nothing random may be in it: every process that starts has the same. */
const builder = (/** @type {string} */ base, /** @type {string} */ madeOf) => `'use strict';
const program = (() => {
  const { readFileSync } = require('node:fs');
  const { Script } = require('node:vm');
  const { webcrypto } = require('node:crypto');
  const filename = ${JSON.stringify(`${base}.code.cjs`)};
  const cachedData = readFileSync(${JSON.stringify(`${base}.cache`)});
  const source = '(function (exports, require, module, __filename, __dirname) {' + readFileSync(filename, 'latin1') + '\\n})';
  const { getRandomValues } = webcrypto;
  webcrypto.getRandomValues = () => { throw new Error('a program draws when it is loaded'); };
  const module = { exports: {} };
  new Script(source, { filename, cachedData }).runInThisContext()(module.exports, require, module, filename, '');
  webcrypto.getRandomValues = getRandomValues;
  return module.exports;
})();
require('node:v8').startupSnapshot.setDeserializeMainFunction(() => program.run(${JSON.stringify(madeOf)}));
`;

/**
 * Writes the snapshot of a program that was written with its cache, or says why there is none.
 * @param {string} file the program's starter
 * @param {readonly string[]} flags those of Node that the program is started with
 */
export async function writeSnapshot(file, flags) {
  const { toHex } = await import('@selvage/core');
  const { nativeCore } = await import('@selvage/crypto');
  const { snapshotFiles, snapshotStamp } = await import('@selvage/device/node');
  const base = file.slice(0, -'.cjs'.length);
  const folder = mkdtempSync(join(tmpdir(), 'selvage-snapshot-'));
  for (const one of Object.values(snapshotFiles)) rmSync(one, { force: true });
  try {
    const entry = join(folder, 'builder.cjs');
    const madeOf = toHex(nativeCore.hash('sha256', readFileSync(`${base}.code.cjs`)));
    writeFileSync(entry, builder(base, madeOf));
    // Of some of its modules Node has yet to say whether they can be in a snapshot.
    const words = ['--no-warnings', ...flags, '--snapshot-blob', snapshotFiles.blob, '--build-snapshot', entry];
    const { status, stderr } = spawnSync(process.execPath, words, { env: {}, encoding: 'utf8' });
    if (status === 0) writeFileSync(snapshotFiles.stamp, snapshotStamp());
    else process.stderr.write(`devices start without a snapshot of ${file}: ${stderr}\n`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
