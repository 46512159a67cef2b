import { type ChildProcess, spawn } from 'node:child_process';
import { SelvageError } from '@selvage/core';
import { onTestFinished } from 'vitest';

const patience = 120_000;
/** A program that writes more, in characters, has run away. */
const mostOutput = 4_000_000;

/** A peer's program: what it says is kept, and it ends with the test that started it. */
export class Program {
  /** Everything it has written to standard output and error. */
  output = '';
  readonly #child: ChildProcess;
  readonly #name: string;
  readonly #waiting = new Set<() => void>();
  #ended = false;

  private constructor(command: string, args: readonly string[], environment: Readonly<Record<string, string>>) {
    this.#name = [command, ...args].join(' ');
    this.#child = spawn(command, args, { stdio: 'pipe', env: { ...process.env, LC_ALL: 'C', ...environment } });
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.output += text;
        if (this.output.length > mostOutput) this.#child.kill('SIGKILL');
        this.#wake();
      });
    }
    // A program that ended no longer reads what it is told.
    this.#child.stdin?.on('error', () => undefined);
    const end = (): void => {
      this.#ended = true;
      this.#wake();
    };
    this.#child.on('close', end).on('error', end);
  }

  static start(command: string, args: readonly string[], environment: Readonly<Record<string, string>> = {}): Program {
    const program = new Program(command, args, environment);
    onTestFinished(() => program.stop());
    return program;
  }

  /** Runs a program to its end; returns what it wrote. */
  static async run(command: string, args: readonly string[]): Promise<string> {
    const program = Program.start(command, args);
    program.closeInput();
    return program.ended();
  }

  /** Types a line. */
  type(line: string): void {
    this.#child.stdin?.write(`${line}\n`);
  }

  closeInput(): void {
    this.#child.stdin?.end();
  }

  /** Waits until it has written what the pattern matches. */
  async says(pattern: RegExp): Promise<RegExpExecArray> {
    await this.#until(() => this.#ended || pattern.test(this.output), `${pattern} to be written`);
    const match = pattern.exec(this.output);
    if (match === null) throw this.#failure(`it ended before ${pattern} was written`);
    return match;
  }

  /** Waits for its end; returns what it wrote. */
  async ended(): Promise<string> {
    await this.#until(() => this.#ended, 'its end');
    return this.output;
  }

  async stop(): Promise<void> {
    if (this.#ended) return;
    this.#child.kill('SIGKILL');
    await this.ended();
  }

  #wake(): void {
    for (const check of this.#waiting) check();
  }

  async #until(holds: () => boolean, what: string): Promise<void> {
    if (holds()) return;
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => finish(() => reject(this.#failure(`waited in vain for ${what}`))), patience);
      const check = (): void => {
        if (holds()) finish(resolve);
      };
      const finish = (then: () => void): void => {
        clearTimeout(timer);
        this.#waiting.delete(check);
        then();
      };
      this.#waiting.add(check);
    });
  }

  #failure(what: string): SelvageError {
    return new SelvageError('timed-out', `${this.#name}: ${what}; so far it wrote:\n${this.output}`);
  }
}
