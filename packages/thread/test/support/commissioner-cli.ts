import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { type Secret, toHex } from '@selvage/core';

/** `SELVAGE_COMMISSIONER_CLI` names the program. */
const program = process.env['SELVAGE_COMMISSIONER_CLI'];
const patience = 60_000;

/** Why OpenThread's external commissioner cannot be had here; undefined where it can. */
export function whyNoCommissionerCli(): string | undefined {
  const isThere = program !== undefined && existsSync(program);
  return isThere ? undefined : 'SELVAGE_COMMISSIONER_CLI names no commissioner-cli';
}

/** OpenThread's external commissioner, driven through its command line. */
export class CommissionerCli {
  readonly #folder = mkdtempSync(join(tmpdir(), 'selvage-commissioner-cli-'));
  readonly #process: ChildProcessWithoutNullStreams;
  readonly #lines: string[] = [];
  #unread = '';
  #look: (() => void) | undefined;

  /** @param secret PSKc, or a one-time passcode */
  constructor(secret: Secret) {
    const file = join(this.#folder, 'config.json');
    const PSKc = toHex(secret.reveal());
    const LogFile = join(this.#folder, 'commissioner.log');
    writeFileSync(file, JSON.stringify({ Id: 'commissioner-cli', EnableCcm: false, LogLevel: 'debug', LogFile, PSKc }));
    this.#process = spawn(program as string, [file], { cwd: this.#folder });
    this.#process.stdin.on('error', () => undefined);
    this.#process.stdout.on('data', (bytes: Buffer) => this.#read(bytes.toString('utf8')));
  }

  /** Runs a command and gives what it printed. Rejects with that where it fails. */
  async run(command: string): Promise<string> {
    const from = this.#lines.length;
    this.#process.stdin.write(`${command}\n`);
    const end = (): number => this.#lines.findIndex((line, index) => index >= from && /^\[(done|failed)\]$/.test(line));
    await this.#until(() => end() >= 0, command);
    const printed = this.#lines.slice(from, end()).filter((line) => !line.endsWith(command));
    if (this.#lines[end()] === '[failed]') throw new Error(printed.join('\n'));
    return printed.join('\n').trim();
  }

  /** What a command prints as JSON; notices before it are left out. */
  async json(command: string): Promise<Record<string, unknown>> {
    const printed = await this.run(command);
    return JSON.parse(printed.slice(printed.indexOf('{'))) as Record<string, unknown>;
  }

  /** Ends it as a person does. */
  async exit(): Promise<void> {
    const ended = new Promise((resolve) => this.#process.once('exit', resolve));
    this.#process.stdin.write('exit\n');
    await ended;
  }

  async close(): Promise<void> {
    const ended = new Promise((resolve) => this.#process.once('exit', resolve));
    if (this.#process.exitCode === null && this.#process.signalCode === null) {
      this.#process.kill('SIGKILL');
      await ended;
    }
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #until(isThere: () => boolean, what: string): Promise<void> {
    if (isThere()) return Promise.resolve();
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        reject(new Error(`commissioner-cli: ${what} took too long; last: ${this.#lines.slice(-5).join(' | ')}`));
      }, patience);
      this.#look = () => {
        if (!isThere()) return;
        clearTimeout(timer);
        this.#look = undefined;
        resolve();
      };
    });
  }

  #read(text: string): void {
    const parts = (this.#unread + text).split(/\r?\n/);
    this.#unread = parts.pop() ?? '';
    for (const part of parts) this.#lines.push(stripVTControlCharacters(part).trim());
    this.#look?.();
  }
}
