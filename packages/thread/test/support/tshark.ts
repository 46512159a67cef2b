import { execFile } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { ProfileFile } from '@selvage/thread';

const run = promisify(execFile);
const mostOutput = 64 * 1024 * 1024;

/** Writes a configuration folder of Wireshark and gives its path. */
export function writeProfile(folder: string, files: readonly ProfileFile[]): string {
  mkdirSync(folder, { recursive: true });
  for (const { name, text } of files) writeFileSync(join(folder, name), text);
  return folder;
}

/** Fields of each frame of a capture, as tshark sees them with nothing but a configuration folder. */
export async function dissect(path: string, profile: string, ...fields: string[]): Promise<string[][]> {
  const words = ['-r', path, '-T', 'fields', ...fields.flatMap((field) => ['-e', field])];
  const env = { ...process.env, WIRESHARK_CONFIG_DIR: profile };
  const { stdout } = await run('tshark', words, { env, maxBuffer: mostOutput });
  return stdout
    .replace(/\n$/, '')
    .split('\n')
    .map((line) => line.split('\t'));
}
