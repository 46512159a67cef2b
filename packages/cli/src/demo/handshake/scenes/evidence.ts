import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Evidence } from '../evidence.js';
import { sentences } from './data.js';
import type { Stage } from './stage.js';

/** The files that are left, and what Wireshark makes of them. */
export async function evidenceScene(stage: Stage, evidence: Evidence): Promise<void> {
  const { show, expectations } = stage;
  show.tell({
    event: 'scene',
    title: 'See for yourself',
    text: `This run left its datagrams and, because a show may, its keys. Whoever has the keys reads the session: this is
      what tells you from the eavesdropper.`,
  });
  show.tell({ event: 'fact', label: 'datagrams', text: evidence.captureFile });
  show.tell({ event: 'fact', label: 'keys', text: evidence.keyLogFile });
  const read = tsharkArguments(evidence);
  show.tell({ event: 'command', text: `tshark ${read.map(quoted).join(' ')}` });
  const { output, isThere } = await runTshark(read);
  if (!isThere) {
    const text = 'tshark is not installed here (Debian: apt install tshark); Wireshark opens both files, too.';
    return show.tell({ event: 'note', text });
  }
  const lines = output.split('\n').filter((line) => line !== '');
  for (const line of lines) show.tell({ event: 'quote', text: line });
  const all = sentences.every(([, text], index) => lines[index] === text);
  expectations.observe('Wireshark’s dissector, which is not ours, decrypts the session with these keys', all);
}

function tsharkArguments({ captureFile, keyLogFile }: Evidence): string[] {
  const decrypted = ['-o', `tls.keylog_file:${keyLogFile}`, '-o', 'data.show_as_text:TRUE'];
  return ['-r', captureFile, ...decrypted, '-Y', 'data', '-T', 'fields', '-e', 'data.text'];
}

async function runTshark(words: readonly string[]): Promise<{ output: string; isThere: boolean }> {
  try {
    const { stdout } = await promisify(execFile)('tshark', [...words], { timeout: 30_000 });
    return { output: stdout, isThere: true };
  } catch (error) {
    const isThere = !(error instanceof Error && 'code' in error && error.code === 'ENOENT');
    return { output: '', isThere };
  }
}

function quoted(word: string): string {
  return /^[\w./:=,@-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}
