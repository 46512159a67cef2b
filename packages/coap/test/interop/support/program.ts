import { type ChildProcess, spawn } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { SelvageError } from '@selvage/core';
import { describe, expect, it, onTestFinished } from 'vitest';

const patience = 120_000;
/** The Debian package of libcoap's programs, which exist once for each library that they may secure messages with. */
const debianPackage = 'libcoap3-bin';
const variants = ['notls', 'openssl', 'gnutls'];

/**
 * Describes tests against libcoap's programs. Where they are missing the tests are skipped, with the reason in their title; in
 * continuous integration, which installs them, they fail.
 */
export function describeWithLibcoap(title: string, tests: () => void): void {
  const missing = ['coap-client', 'coap-server'].filter((name) => libcoap(name) === undefined);
  if (missing.length === 0) {
    describe(title, tests);
    return;
  }
  const reason = `${missing.join(', ')} not found: apt-get install ${debianPackage}`;
  if (process.env['CI'] === 'true') describe(title, () => it('finds its peers', () => expect.fail(reason)));
  else describe.skip(`${title} (skipped: ${reason})`, tests);
}

/** The command of one of libcoap's programs here. */
export function libcoap(name: string): string | undefined {
  return variants.map((variant) => `${name}-${variant}`).find(isInstalled);
}

/** A program of a peer: what it says is kept, and it ends with the test that started it. */
export class Program {
  /** Everything it has written to standard output and error. */
  output = '';
  readonly #child: ChildProcess;
  readonly #name: string;
  readonly #waiting = new Set<() => void>();
  #ended = false;

  constructor(command: string, args: readonly string[]) {
    this.#name = [command, ...args].join(' ');
    this.#child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, LC_ALL: 'C' } });
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.setEncoding('latin1').on('data', (text: string) => {
        this.output += text;
        this.#wake();
      });
    }
    const end = (): void => {
      this.#ended = true;
      this.#wake();
    };
    this.#child.on('close', end).on('error', end);
    onTestFinished(() => this.stop());
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

function isInstalled(program: string): boolean {
  return (process.env['PATH'] ?? '').split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
