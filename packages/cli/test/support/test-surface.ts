import { type Clock, type Entropy, systemEntropy } from '@selvage/core';
import { systemClock } from '@selvage/core/node';
import { run } from '../../src/index.js';
import type { Sink, Surface } from '../../src/index.js';

/** What a command writes, to be waited for. */
class Screen implements Sink {
  readonly isTerminal: boolean;
  readonly columns: number | undefined;
  readonly rows: number | undefined;
  #text = '';
  #watchers: (() => void)[] = [];

  constructor(columns: number | undefined, rows?: number) {
    this.columns = columns;
    this.rows = rows;
    this.isTerminal = columns !== undefined;
  }

  get text(): string {
    return this.#text;
  }

  write(chunk: string | Uint8Array): void {
    this.#text += typeof chunk === 'string' ? chunk : new TextDecoder().decode(chunk);
    for (const watcher of this.#watchers) watcher();
  }

  /** Resolves with the match as soon as the text has it. */
  shows(pattern: RegExp): Promise<RegExpMatchArray> {
    return new Promise((resolve) => {
      const look = (): void => {
        const match = this.#text.match(pattern);
        if (match === null) return;
        this.#watchers = this.#watchers.filter((watcher) => watcher !== look);
        resolve(match);
      };
      this.#watchers.push(look);
      look();
    });
  }
}

/** Standard input that a test types into. */
class Keyboard implements AsyncIterable<Uint8Array> {
  readonly #lines: Uint8Array[] = [];
  #ended = false;
  #wake: () => void = () => undefined;

  type(text: string): void {
    this.#lines.push(new TextEncoder().encode(text));
    this.#wake();
  }

  end(): void {
    this.#ended = true;
    this.#wake();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    for (;;) {
      const line = this.#lines.shift();
      if (line !== undefined) yield line;
      else if (this.#ended) return;
      else await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }
}

export interface TestSurfaceOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** Makes the sinks terminals of this width. */
  readonly columns?: number;
  /** And of this height. */
  readonly rows?: number;
  readonly entropy?: Entropy;
  readonly clock?: Clock;
  /** Whether questions are answered, by what the test types. */
  readonly canAsk?: boolean;
}

/** A terminal without a person: what is written can be read, what is read can be typed, Ctrl-C can be pressed. */
export class TestSurface implements Surface {
  readonly stdin = new Keyboard();
  readonly canAsk: boolean;
  /** Whether what is typed would be shown now. */
  showsTyping = true;
  readonly stdout: Screen;
  readonly stderr: Screen;
  readonly env: Surface['env'];
  readonly clock: Clock;
  readonly entropy: Entropy;
  readonly #interrupt = new AbortController();

  constructor(options: TestSurfaceOptions = {}) {
    const { env = {}, columns, rows, entropy = systemEntropy, clock = systemClock, canAsk = false } = options;
    this.stdout = new Screen(columns, rows);
    this.stderr = new Screen(columns, rows);
    this.env = env;
    this.canAsk = canAsk;
    this.entropy = entropy;
    this.clock = clock;
  }

  get interrupted(): AbortSignal {
    return this.#interrupt.signal;
  }

  showTyping(shown: boolean): void {
    this.showsTyping = shown;
  }

  interrupt(): void {
    this.#interrupt.abort();
  }

  /** Runs one command line on this surface. */
  run(...words: string[]): Promise<number> {
    return run(words, this);
  }

  /** The objects that `--json` printed so far. */
  get events(): readonly Record<string, unknown>[] {
    const lines = this.stdout.text.split('\n').filter((line) => line !== '');
    return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  }
}
