import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterEach } from 'vitest';

/** The built command, as `npm start` runs it. */
export const builtMain = fileURLToPath(new URL('../../dist/main.js', import.meta.url));

const running = new Set<ChildProcess>();
afterEach(() => {
  for (const child of running) child.kill();
});

/** A running program: what it says can be waited for. It ends with its test at the latest. */
export class Program {
  readonly #child: ChildProcess;
  readonly ended: Promise<number | null>;
  stdout = '';
  stderr = '';
  #look: (() => void)[] = [];

  private constructor(child: ChildProcess) {
    this.#child = child;
    running.add(child);
    child.on('close', () => running.delete(child));
    child.stdout?.on('data', (chunk: Buffer) => this.#heard('stdout', chunk));
    child.stderr?.on('data', (chunk: Buffer) => this.#heard('stderr', chunk));
    this.ended = new Promise((resolve, reject) => {
      child.on('close', resolve);
      child.on('error', reject);
    });
  }

  static start(command: string, words: readonly string[], env: NodeJS.ProcessEnv = process.env): Program {
    return new Program(spawn(command, [...words], { env, stdio: ['pipe', 'pipe', 'pipe'] }));
  }

  /** The built selvage. */
  static selvage(words: readonly string[], env: NodeJS.ProcessEnv = process.env): Program {
    if (!existsSync(builtMain)) throw new Error(`${builtMain} is not built: npm run build`);
    return Program.start(process.execPath, [builtMain, ...words], env);
  }

  /** Resolves when either stream has said this; rejects when the program ends before. */
  async says(pattern: RegExp): Promise<RegExpMatchArray> {
    const found = (): RegExpMatchArray | null => this.stdout.match(pattern) ?? this.stderr.match(pattern);
    const said = new Promise<RegExpMatchArray>((resolve) => {
      const look = (): void => {
        const match = found();
        if (match !== null) resolve(match);
      };
      this.#look.push(look);
      look();
    });
    const ended = this.ended.then((code) => {
      const match = found();
      if (match !== null) return match;
      throw new Error(`ended with ${code} before it said ${pattern}:\n${this.stdout}${this.stderr}`);
    });
    return Promise.race([said, ended]);
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  types(text: string): void {
    this.#child.stdin?.write(text);
  }

  endInput(): void {
    this.#child.stdin?.end();
  }

  signal(name: NodeJS.Signals): void {
    this.#child.kill(name);
  }

  #heard(stream: 'stdout' | 'stderr', chunk: Buffer): void {
    this[stream] += chunk.toString();
    for (const look of this.#look) look();
  }
}
