/** What the help teaches, line by line, in the order in which a person would try it. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import {
  fixSigExamples,
  inspectExamples,
  keygenExamples,
  signExamples,
  verifyExamples,
} from '../../src/firmware/examples.js';
import { builtMain } from '../support/program.js';
import { describeWith } from '../../../core/test/support/described-with.js';
import { scratchFolder } from '../support/scratch.js';
import { passphrase } from './support.js';

const file = scratchFolder();

/** The commands of examples; those for a token need one. */
function commands(examples: string): string[] {
  const lines = examples.replace(/\\\n\s*/g, '').split('\n');
  return lines.flatMap((line) => /^ {4}\$ (.*)$/.exec(line)?.[1] ?? []).filter((line) => !line.includes('pkcs11:'));
}

describeWith(['openssl'], 'the examples of the help', () => {
  it('run as they stand there', () => {
    const folder = file('examples');
    mkdirSync(folder);
    writeFileSync(`${folder}/maker.pass`, `${passphrase}\n`, { mode: 0o600 });
    writeFileSync(`${folder}/firmware.bin`, new Uint8Array(5000).fill(0x5a));
    const script = [
      'set -euo pipefail',
      `selvage() { "${process.execPath}" "${builtMain}" "$@"; }`,
      'selvage firmware keygen -k devices.pem --no-passphrase --pub devices.pub.pem',
      ...[keygenExamples, signExamples, verifyExamples, inspectExamples, fixSigExamples].flatMap(commands),
    ].join('\n');
    const env = { PATH: process.env['PATH'], SELVAGE_FIRMWARE_PASSPHRASE: passphrase };
    const output = execFileSync('bash', ['-c', script], {
      cwd: folder,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    }).toString();
    expect(output).toContain('slot.img is good');
    expect(output).toContain('firmware.img is good');
    expect(script.match(/^selvage firmware/gm)).toHaveLength(12);
  });
});
