import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect } from 'vitest';
import { TestSurface, type TestSurfaceOptions } from '../../support/test-surface.js';

/** One run of `selvage`. */
export interface Run {
  readonly exit: number;
  readonly surface: TestSurface;
  readonly stdout: string;
  /** Standard error on one line, as it is the words that count. */
  readonly says: string;
  readonly events: TestSurface['events'];
}

/** Devices that run until the test ends them. */
export interface Running {
  readonly surface: TestSurface;
  stop(): Promise<number>;
}

/**
 * A network of its own on the loopback, by another port of the groups, and folders of its own: the tests of a file do not
 * see those of another.
 */
export class World {
  readonly folder: string;
  readonly env: Readonly<Record<string, string>>;
  readonly #running = new Set<Running>();
  static #worlds = 0;

  constructor() {
    this.folder = mkdtempSync(join(tmpdir(), 'selvage-ocf-'));
    // Test files run in processes of their own.
    const port = 20_000 + ((process.pid * 8 + World.#worlds++) % 12_000);
    this.env = { SELVAGE_INTERFACE: `loopback:${port}`, SELVAGE_SITE: this.file('site') };
    afterAll(async () => {
      await Promise.all([...this.#running].map((one) => one.stop()));
      rmSync(this.folder, { recursive: true, force: true });
    });
  }

  /** A name in the folder of this world. */
  file(name: string): string {
    return join(this.folder, name);
  }

  /** A terminal in this world. */
  surface(options: TestSurfaceOptions = {}): TestSurface {
    return new TestSurface({ ...options, env: { ...this.env, ...options.env } });
  }

  /** Runs a command to its end. */
  async run(...words: readonly string[]): Promise<Run> {
    return this.runOn(this.surface(), ...words);
  }

  async runOn(surface: TestSurface, ...words: readonly string[]): Promise<Run> {
    const exit = await surface.run(...words);
    const { stdout, stderr } = surface;
    const says = stderr.text.replace(/\s+/g, ' ');
    return {
      exit,
      surface,
      stdout: stdout.text,
      says,
      get events() {
        return surface.events;
      },
    };
  }

  /** The same, which must end well. */
  async good(...words: readonly string[]): Promise<Run> {
    const run = await this.run(...words);
    expect([words.join(' '), run.exit, run.says]).toEqual([words.join(' '), 0, run.says]);
    return run;
  }

  /** The objects that a command prints with `--json`, which must end well. */
  async json(...words: readonly string[]): Promise<TestSurface['events']> {
    const { events } = await this.good(...words, '--json');
    return events;
  }

  /** Runs `device run`, and resolves when the devices are there. */
  async devices(...words: readonly string[]): Promise<Running> {
    const surface = this.surface();
    const state = words.includes('--state')
      ? []
      : ['--state', this.file(`devices-${words.join('-').replace(/[^a-z0-9-]/gi, '')}`)];
    const end = surface.run('device', 'run', ...words, ...state);
    const started = await Promise.race([surface.stdout.shows(/Ctrl-C ends/), end]);
    if (typeof started === 'number') expect.fail(`device run ended with ${started}: ${surface.stderr.text}`);
    const running: Running = {
      surface,
      stop: () => {
        this.#running.delete(running);
        surface.interrupt();
        return end;
      },
    };
    this.#running.add(running);
    return running;
  }
}

/** The lines that are wider than a terminal of 80 columns, whose last column stays free. */
export function tooWide(text: string): string[] {
  return text.split('\n').filter((line) => line.length > 79);
}
