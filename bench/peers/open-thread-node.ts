/** A node of OpenThread, driven through its command line. */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { SelvageError } from '@selvage/core';

/** The folder of `ot-cli-ftd` and `ot-cli-mtd`. */
export const openThreadFolder = process.env['SELVAGE_OPENTHREAD'];
/** OT_SIMULATION_MAX_NETWORK_SIZE that they were built with. */
export const networkSize = Number(process.env['SELVAGE_OPENTHREAD_SIZE'] ?? '33');
/** An ether that nobody else is likely to be on. */
const portOffset = 2 + (process.pid % 20);
/** Where that ether has its ports. */
export const etherPortBase = 9000 + portOffset * (networkSize + 1);

/** One process of it; commands one after the other. */
export class OpenThreadNode {
  readonly number: number;
  readonly #folder = mkdtempSync(join(tmpdir(), 'selvage-bench-'));
  readonly #process: ChildProcessWithoutNullStreams;
  readonly #lines: AsyncIterator<string, undefined>;

  constructor(program: 'ot-cli-ftd' | 'ot-cli-mtd', number: number) {
    this.number = number;
    const env = { PORT_OFFSET: String(portOffset) };
    this.#process = spawn(join(openThreadFolder ?? '', program), [String(number)], { cwd: this.#folder, env });
    this.#lines = createInterface({ input: this.#process.stdout })[Symbol.asyncIterator]() as AsyncIterator<
      string,
      undefined
    >;
  }

  /** Gives what it prints before `Done`. @throws SelvageError `wrong-state` with what it says where it refuses */
  async run(command: string): Promise<string[]> {
    this.#process.stdin.write(`${command}\n`);
    const printed: string[] = [];
    for (;;) {
      const { value, done } = await this.#lines.next();
      const line = (value ?? '').replace(/^(> )+/, '').trim();
      if (line === 'Done') return printed;
      if (done === true || line.startsWith('Error')) throw new SelvageError('wrong-state', `${command}: ${line}`);
      if (line !== command) printed.push(line);
    }
  }

  /** Runs commands one after the other. */
  async all(...commands: readonly string[]): Promise<void> {
    for (const command of commands) await this.run(command);
  }

  /** The last line of what a command prints. */
  async value(command: string): Promise<string> {
    return (await this.run(command)).at(-1) ?? '';
  }

  async becomes(state: string): Promise<void> {
    while ((await this.value('state')) !== state) await new Promise((resolve) => setTimeout(resolve, 2));
  }

  async stop(): Promise<void> {
    const ended = once(this.#process, 'exit');
    this.#process.kill('SIGKILL');
    await ended;
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
