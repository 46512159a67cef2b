import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { SelvageError } from '@selvage/core';
import type { SpinelWire } from './spinel-radio.js';

/** What is kept of what a program says on its standard error, characters. */
const mostComplaint = 300;

/**
 * Starts a program that is a co-processor, or the way to one, and speaks spinel on its standard input and output.
 * @param command its words, divided by blanks; quotes keep blanks together
 * @throws SelvageError `invalid-argument` for a command without words
 */
export function startSpinelProcess(command: string): SpinelWire {
  const [program, ...words] = wordsOf(command);
  if (program === undefined) throw new SelvageError('invalid-argument', 'spinel: names no command');
  const child = spawn(program, words, { stdio: 'pipe' });
  return new ProcessWire(child, program);
}

class ProcessWire implements SpinelWire {
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #program: string;
  #complaint = '';
  #closed: ((reason: string) => void) | undefined;
  #reason: string | undefined;

  constructor(child: ChildProcessWithoutNullStreams, program: string) {
    this.#child = child;
    this.#program = program;
    child.stderr.on('data', (chunk: Buffer) => {
      this.#complaint = (this.#complaint + chunk.toString()).slice(-mostComplaint);
    });
    child.stdin.on('error', () => undefined);
    child.on('error', (error) => this.#end(`${program} cannot be run: ${error.message}`));
    child.on('close', (code, signal) => this.#end(this.#ending(code, signal)));
  }

  write(bytes: Uint8Array): void {
    if (this.#child.stdin.writable) this.#child.stdin.write(bytes);
  }

  onBytes(listener: (bytes: Uint8Array) => void): void {
    this.#child.stdout.on('data', (chunk: Buffer) => listener(chunk));
  }

  onClose(listener: (reason: string) => void): void {
    this.#closed = listener;
    if (this.#reason !== undefined) queueMicrotask(() => listener(this.#reason as string));
  }

  close(): void {
    this.#closed = undefined;
    this.#child.stdin.destroy();
    this.#child.stdout.destroy();
    this.#child.stderr.destroy();
    this.#child.kill();
  }

  #ending(code: number | null, signal: string | null): string {
    const how = code === null ? `was ended by ${signal}` : `ended with code ${code}`;
    const said = this.#complaint.trim().split('\n').at(-1) ?? '';
    return `${this.#program} ${how}${said === '' ? '' : `: ${said.replaceAll(/\p{Cc}/gu, ' ')}`}`;
  }

  #end(reason: string): void {
    if (this.#reason !== undefined) return;
    this.#reason = reason;
    this.#closed?.(reason);
  }
}

function wordsOf(command: string): string[] {
  return [...command.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)].map(
    ([, double, single, plain]) => double ?? single ?? plain ?? '',
  );
}
