import {
  closeSync,
  existsSync,
  fdatasyncSync,
  openSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { unusable } from '../dtls/files.js';

/**
 * Writes a file that a build makes anew each time: whole or not at all, over one that is there.
 * @throws SelvageError `store-failed`
 */
export function writeOutput(argument: string, path: string, bytes: Uint8Array): void {
  const fresh = `${path}.${process.pid}.part`;
  try {
    // A device or a pipe is written to, not replaced.
    if (existsSync(path) && !statSync(path).isFile()) return writeFileSync(path, bytes);
    writeDurably(fresh, bytes);
    renameSync(fresh, path);
  } catch (cause) {
    rmSync(fresh, { force: true });
    throw unusable(argument, path, 'written', cause);
  }
}

function writeDurably(path: string, bytes: Uint8Array): void {
  const file = openSync(path, 'w', 0o644);
  try {
    for (let written = 0; written < bytes.length; ) written += writeSync(file, bytes, written);
    fdatasyncSync(file);
  } finally {
    closeSync(file);
  }
}
