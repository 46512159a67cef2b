import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Where OpenThread was built: `SELVAGE_OPENTHREAD` names the folder that has `ot-cli-ftd` and `ot-cli-mtd`. */
export const openThreadFolder = process.env['SELVAGE_OPENTHREAD'];

export const hasOpenThread = openThreadFolder !== undefined && existsSync(join(openThreadFolder, 'ot-cli-ftd'));

/** Why OpenThread's nodes cannot be had here; undefined where they can. */
export function whyNoOpenThread(): string | undefined {
  return hasOpenThread ? undefined : 'SELVAGE_OPENTHREAD names no ot-cli-ftd';
}

/** `OT_SIMULATION_MAX_NETWORK_SIZE` of that build; 33 where nothing was chosen. */
export const networkSize = Number(process.env['SELVAGE_OPENTHREAD_SIZE'] ?? '33');

/** Where the nodes of an offset have their ports: what our radio on the same ether is to be given. */
export function portBaseOf(portOffset: number): number {
  return 9000 + portOffset * (networkSize + 1);
}

/** How long a command, or what is waited for, may take, milliseconds. */
const patience = 60_000;

/** One node of OpenThread on its simulated ether, driven through its command line. */
export class OpenThreadNode {
  readonly number: number;
  readonly #kind: 'ftd' | 'mtd';
  readonly #portOffset: number;
  readonly #speed: number;
  readonly #folder: string;
  #process: ChildProcessWithoutNullStreams;
  #unread = '';
  /** Every line that it printed. */
  readonly lines: string[] = [];
  #listeners = new Set<() => void>();

  constructor(number: number, portOffset: number, kind: 'ftd' | 'mtd' = 'ftd', speed = 1) {
    this.number = number;
    this.#kind = kind;
    this.#portOffset = portOffset;
    this.#speed = speed;
    this.#folder = mkdtempSync(join(tmpdir(), `selvage-openthread-${number}-`));
    this.#process = this.#spawn();
  }

  /** Runs a command and gives what it printed. Rejects with what it says where it is refused. */
  async run(command: string): Promise<string[]> {
    const from = this.lines.length;
    this.#process.stdin.write(`${command}\n`);
    await this.until(() => this.lines.slice(from).some(isEnd), command);
    const printed = this.lines.slice(from);
    const end = printed.findIndex(isEnd);
    const last = printed[end] as string;
    if (last !== 'Done') throw new Error(`${command}: ${last}`);
    return printed
      .slice(0, end)
      .map((line) => line.replace(/^(> )+/, ''))
      .filter((line) => line !== command);
  }

  /** The first line of what a command prints. */
  async value(command: string): Promise<string> {
    return (await this.run(command))[0] ?? '';
  }

  /** Runs commands one after the other. */
  async all(...commands: readonly string[]): Promise<void> {
    for (const command of commands) await this.run(command);
  }

  /** Waits until a command prints a line that fits. */
  async becomes(command: string, expected: RegExp, milliseconds = patience): Promise<string> {
    const end = performance.now() + milliseconds;
    for (;;) {
      const found = (await this.run(command)).find((line) => expected.test(line));
      if (found !== undefined) return found;
      if (performance.now() > end) throw new Error(`node ${this.number}: ${command} never was ${expected.source}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  /** Waits for what its lines fulfil. */
  until(isThere: () => boolean, what: string): Promise<void> {
    if (isThere()) return Promise.resolve();
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#listeners.delete(look);
        reject(new Error(`node ${this.number}: ${what} took too long; last: ${this.lines.slice(-5).join(' | ')}`));
      }, patience);
      const look = (): void => {
        if (!isThere()) return;
        clearTimeout(timer);
        this.#listeners.delete(look);
        resolve();
      };
      this.#listeners.add(look);
    });
  }

  /** Ends the process at once; what it stored stays. */
  async kill(): Promise<void> {
    const ended = new Promise((resolve) => this.#process.once('exit', resolve));
    if (this.#process.exitCode === null && this.#process.signalCode === null) {
      this.#process.kill('SIGKILL');
      await ended;
    }
  }

  /** Starts it again, from what it stored. */
  restart(): void {
    this.#process = this.#spawn();
  }

  async close(): Promise<void> {
    await this.kill();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #spawn(): ChildProcessWithoutNullStreams {
    const program = join(openThreadFolder as string, `ot-cli-${this.#kind}`);
    const env = { PATH: '/usr/bin:/bin', PORT_OFFSET: String(this.#portOffset) };
    const child = spawn(program, ['-s', String(this.#speed), String(this.number)], { cwd: this.#folder, env });
    child.stdout.on('data', (bytes: Buffer) => this.#read(bytes.toString('utf8')));
    child.stdin.on('error', () => undefined);
    return child;
  }

  #read(text: string): void {
    const parts = (this.#unread + text).split(/\r?\n/);
    this.#unread = parts.pop() ?? '';
    for (const part of parts) this.lines.push(part.replace(/^(> )+/, '').trim());
    for (const listener of [...this.#listeners]) listener();
  }
}

function isEnd(line: string): boolean {
  return line === 'Done' || line.startsWith('Error ');
}
