import type { Sink } from './surface.js';
import { clip } from './text.js';

const usualWidth = 80;
/** Lines that change at a time: a page of a small terminal has room for them below what is done. */
const mostLines = 8;

/**
 * Lines that change while work goes on, below those that stay. On a terminal the former are drawn over; elsewhere only
 * what stays is written, so that a log has each thing once.
 */
export class LiveLines {
  readonly #sink: Sink;
  readonly #lines = new Map<string, string>();
  #drawn = 0;

  constructor(sink: Sink) {
    this.#sink = sink;
  }

  /** Sets the line of something that goes on. */
  set(key: string, text: string): void {
    this.#lines.set(key, text);
    this.#draw([]);
  }

  /** Writes lines that stay, and ends the changing line of `key`. */
  settle(key: string | undefined, lines: readonly string[]): void {
    if (key !== undefined) this.#lines.delete(key);
    this.#draw(lines);
  }

  /** Takes the changing lines away. */
  clear(): void {
    this.#lines.clear();
    this.#draw([]);
  }

  #draw(settled: readonly string[]): void {
    if (!this.#sink.isTerminal) {
      for (const line of settled) this.#sink.write(`${line}\n`);
      return;
    }
    const width = (this.#sink.columns ?? usualWidth) - 1;
    const changing = this.#visible().map((line) => clip(line, width));
    const lines = [...settled, ...changing];
    if (lines.length === 0 && this.#drawn === 0) return;
    // To the first changing line, and clear from there: what was drawn is written anew, without a flicker, in one piece.
    const back = this.#drawn === 0 ? '' : `\u001b[${this.#drawn}A`;
    this.#sink.write(`${back}\r\u001b[J${lines.map((line) => `${line}\n`).join('')}`);
    this.#drawn = changing.length;
  }

  #visible(): string[] {
    const lines = [...this.#lines.values()];
    if (lines.length <= mostLines) return lines;
    const shown = lines.slice(0, mostLines - 1);
    return [...shown, `… and ${lines.length - shown.length} more`];
  }
}
