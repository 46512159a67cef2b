import { spawn, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect } from 'vitest';
import { filesOutsideChips } from '../../keeping/support/files.js';
import { builtMain, Program } from '../../support/program.js';

/** A machine's worth of folders for somebody who works with Selvage: what they write anywhere is in here. */
export class Scene {
  readonly root = mkdtempSync(join(tmpdir(), 'selvage-snooping-'));
  readonly work = join(this.root, 'work');
  readonly #logs = join(this.root, 'logs');
  readonly #env: NodeJS.ProcessEnv;
  #commands = 0;

  constructor(env: NodeJS.ProcessEnv) {
    for (const folder of ['work', 'logs', 'home', 'tmp']) mkdirSync(join(this.root, folder));
    const { PATH } = process.env;
    const [HOME, TMPDIR] = [join(this.root, 'home'), join(this.root, 'tmp')];
    this.#env = { PATH, HOME, TMPDIR, ...env };
    afterAll(() => rmSync(this.root, { recursive: true, force: true }));
  }

  /** Starts the built command, which may leave core files as large as it likes. */
  start(...words: readonly string[]): Program {
    const script = 'ulimit -c unlimited; cd "$1"; shift; exec "$0" "$@"';
    return Program.start('sh', ['-c', script, process.execPath, this.work, builtMain, ...words], this.#env);
  }

  /** Runs the built command to its end, which must be a good one, and keeps what it says as a log. */
  async run(...words: readonly string[]): Promise<Program> {
    const program = this.start(...words);
    program.endInput();
    expect([words.join(' '), await program.ended, program.stderr]).toEqual([words.join(' '), 0, program.stderr]);
    this.keepLog(`command-${++this.#commands}`, program.stdout + program.stderr);
    return program;
  }

  keepLog(name: string, text: string): void {
    writeFileSync(join(this.#logs, name), text);
  }

  /** Writes something down for as long as the files outside the chips are looked at. */
  planted<T>(text: string, look: (files: ReadonlyMap<string, Buffer>) => T): T {
    const path = join(this.#logs, 'planted');
    writeFileSync(path, text);
    try {
      return look(filesOutsideChips(this.root));
    } finally {
      rmSync(path);
    }
  }

  /** Captures what is said on the loopback, where that is allowed; returns how to end it, or `undefined`. */
  async capture(): Promise<(() => Promise<void>) | undefined> {
    if (spawnSync('dumpcap', ['-D']).stdout?.includes('lo') !== true) return undefined;
    const file = join(this.#logs, 'loopback.pcap');
    const child = spawn('dumpcap', ['-i', 'lo', '-f', 'udp', '-P', '-w', file], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
    const begun = new Promise<boolean>((resolve) => {
      child.stderr.on('data', (chunk: Buffer) => {
        if (chunk.includes('File:')) resolve(true);
      });
      void ended.then(() => resolve(false));
    });
    if (!(await begun)) return undefined;
    return async () => {
      child.kill('SIGINT');
      await ended;
    };
  }

  /** A copy of what is kept, that nobody has open. */
  copyOfWork(): string {
    const copy = mkdtempSync(join(tmpdir(), 'selvage-snooping-copy-'));
    afterAll(() => rmSync(copy, { recursive: true, force: true }));
    cpSync(this.work, copy, { recursive: true });
    const locks = readdirSync(copy, { recursive: true, encoding: 'utf8' }).filter((path) => /(^|\/)lock$/.test(path));
    for (const lock of locks) rmSync(join(copy, lock));
    return copy;
  }
}
