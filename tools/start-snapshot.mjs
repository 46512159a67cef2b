/**
 * A program that is in memory when Node starts: its modules are loaded, and compiled is what its rehearsal compiled. It
 * is for the very Node that writes it; any other starts the program from its files.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * Runs in the process whose memory is written. The program is loaded twice: the first is gone when it has rehearsed, and
 * has left what was compiled. Nothing random may be left, as every process that starts then has the same: of what Node
 * draws in advance, nothing is used.
 */
const builder = (
  /** @type {string} */ base,
  /** @type {string} */ madeOf,
  /** @type {string} */ setting,
) => `'use strict';
let program;
require('node:v8').startupSnapshot.setDeserializeMainFunction(() => program.run(${JSON.stringify(madeOf)}));
(async () => {
  const { readFileSync } = require('node:fs');
  const { Script } = require('node:vm');
  const crypto = require('node:crypto');
  const none = () => { throw new Error('a program that is in a snapshot draws'); };
  crypto.randomUUID = crypto.randomInt = crypto.webcrypto.randomUUID = none;
  const filename = ${JSON.stringify(`${base}.code.cjs`)};
  const source = '(function (exports, require, module, __filename, __dirname) {' + readFileSync(filename, 'latin1') + '\\n})';
  const load = new Script(source, { filename }).runInThisContext();
  const loaded = () => {
    const module = { exports: {} };
    load(module.exports, require, module, filename, '');
    return module.exports;
  };
  // Node keeps when its next timer is due, in a time that ends with this process: nothing is to be due, and no timer of
  // a rehearsal is waited for.
  const { setTimeout, setInterval } = globalThis;
  globalThis.setTimeout = globalThis.setInterval = () => ({ ref() {}, unref() {} });
  await loaded().rehearse(${setting});
  Object.assign(globalThis, { setTimeout, setInterval });
  const { getRandomValues } = crypto.webcrypto;
  crypto.webcrypto.getRandomValues = none;
  program = loaded();
  crypto.webcrypto.getRandomValues = getRandomValues;
})();
`;

/**
 * Writes the snapshot of a program, or says why there is none.
 * @param {string} file the program's starter
 * @param {readonly string[]} flags those of Node that the program is started with
 * @param {string} setting of a board to rehearse with, in JSON
 */
export async function writeSnapshot(file, flags, setting) {
  const { toHex } = await import('@selvage/core');
  const { nativeCore } = await import('@selvage/crypto');
  const { snapshotFiles, snapshotStamp } = await import('@selvage/device/node');
  const base = file.slice(0, -'.cjs'.length);
  const folder = mkdtempSync(join(tmpdir(), 'selvage-snapshot-'));
  for (const one of Object.values(snapshotFiles)) rmSync(one, { force: true });
  try {
    const entry = join(folder, 'builder.cjs');
    const madeOf = toHex(nativeCore.hash('sha256', readFileSync(`${base}.code.cjs`)));
    writeFileSync(entry, builder(base, madeOf, setting));
    // Of some of its modules Node has yet to say whether they can be in a snapshot.
    const words = ['--no-warnings', ...flags, '--snapshot-blob', snapshotFiles.blob, '--build-snapshot', entry];
    const { status, stderr } = spawnSync(process.execPath, words, { env: {}, encoding: 'utf8' });
    if (status === 0) writeFileSync(snapshotFiles.stamp, snapshotStamp());
    else process.stderr.write(`devices start without a snapshot of ${file}: ${stderr}\n`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
