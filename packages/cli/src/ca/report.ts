import { SelvageError } from '@selvage/core';
import { styleFor } from '../terminal/style.js';
import type { Surface } from '../terminal/surface.js';
import { fold, hang } from '../terminal/text.js';

const usualWidth = 80;

/** One thing that a command has to say: an object for programs, lines for people. */
export interface Telling {
  readonly event: string;
  readonly data: object;
  readonly lines: readonly string[];
}

/** Tells on standard output as JSON, or on standard error as text, where standard output has a certificate on it. */
export class Report {
  readonly #surface: Surface;
  readonly #isJson: boolean;

  constructor(surface: Surface, isJson: boolean) {
    this.#surface = surface;
    this.#isJson = isJson;
  }

  /** Something that happened. */
  tell({ event, data, lines }: Telling): void {
    const { stdout, stderr, env } = this.#surface;
    if (this.#isJson) return stdout.write(`${JSON.stringify({ event, ...data })}\n`);
    const { good } = styleFor(stderr, env);
    const width = (stderr.columns ?? usualWidth) - 1;
    for (const line of lines) stderr.write(`${hang('selvage: ', line, width).map(good).join('\n')}\n`);
  }

  /** What was asked for: on standard output either way; on a terminal no line is broken within a word. */
  show({ event, data, lines }: Telling): void {
    const { stdout } = this.#surface;
    if (this.#isJson) return stdout.write(`${JSON.stringify({ event, ...data })}\n`);
    const width = stdout.isTerminal ? (stdout.columns ?? usualWidth) : Number.POSITIVE_INFINITY;
    // Somebody's colours are not counted: what is coloured is as long as it should be.
    const folded = lines.flatMap((line) => (line.includes('\u001b') ? [line] : fold(line, width)));
    for (const line of folded) stdout.write(`${line}\n`);
  }

  /** PEM that goes to standard output where nobody named a file; in JSON it stands in the event. */
  hand(pem: string): void {
    if (!this.#isJson) this.#surface.stdout.write(pem);
  }

  /** An error as an event of its own; in text it is left to whoever runs the command. */
  fail(error: unknown): void {
    if (!this.#isJson || !(error instanceof SelvageError)) throw error;
    this.#surface.stdout.write(`${JSON.stringify({ event: 'failed', error })}\n`);
  }
}
