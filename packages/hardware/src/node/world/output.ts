import type { Readable } from 'node:stream';
import { refusedPrefix } from './loader.js';

/** Who hears what a normal world says beside its channel. */
export interface OutputListener {
  /** A line of printable characters, for the boot log. */
  readonly onLine?: ((line: string) => void) | undefined;
  /** What the loader refused, in its words. */
  readonly onRefused?: ((what: string) => void) | undefined;
}

/** Characters of the longest line, and of all lines that are told; what comes after that is read and thrown away. */
const [longestLine, longestOutput] = [500, 65_536];
// What moves a terminal's cursor, reorders a line or begins another one is not for a log.
const unprintable = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/** Tells of what a process writes on standard error: bounded, as firmware writes there as well. */
export function hearOutput(output: Readable, { onLine, onRefused }: OutputListener): void {
  let rest = '';
  let told = 0;
  const tell = (line: string): void => {
    const text = line.slice(0, longestLine).replace(unprintable, '·');
    told += text.length + 1;
    if (told > longestOutput) return;
    if (text.startsWith(refusedPrefix)) onRefused?.(text.slice(refusedPrefix.length));
    else onLine?.(text);
  };
  output.setEncoding('utf8');
  output.on('error', () => undefined);
  output.on('data', (chunk: string) => {
    const lines = (rest + chunk).split('\n');
    rest = (lines.pop() ?? '').slice(0, longestLine);
    for (const line of lines) tell(line);
  });
  output.on('end', () => {
    if (rest !== '') tell(rest);
  });
}
