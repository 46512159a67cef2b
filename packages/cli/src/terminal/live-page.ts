import type { Sink } from './surface.js';

/**
 * A page that is drawn anew as it changes. On a terminal each drawing takes the place of the one before; elsewhere each
 * that differs is written below it, after an empty line, so that a log has each state once.
 */
export class LivePage {
  readonly #sink: Sink;
  #drawn: readonly string[] = [];

  constructor(sink: Sink) {
    this.#sink = sink;
  }

  /** How many lines a page may have; undefined where there is no such limit. */
  get rows(): number | undefined {
    // The line below the page is the cursor's.
    return this.#sink.rows === undefined ? undefined : Math.max(1, this.#sink.rows - 1);
  }

  /** @param lines each no longer than the sink's lines, and no more of them than `rows` */
  draw(lines: readonly string[]): void {
    const before = this.#drawn;
    if (lines.length === before.length && lines.every((line, at) => line === before[at])) return;
    this.#drawn = [...lines];
    if (!this.#sink.isTerminal) return this.#sink.write(`${before.length > 0 ? '\n' : ''}${lines.join('\n')}\n`);
    const back = before.length === 0 ? '' : `\u001b[${before.length}A`;
    // Each line clears what stands behind it, and the last what stands below: nothing is ever dark in between.
    this.#sink.write(`${back}\r${lines.map((line) => `${line}\u001b[K\n`).join('')}\u001b[J`);
  }

  /** Takes what was drawn away again, where it can be. */
  erase(): void {
    if (this.#sink.isTerminal && this.#drawn.length > 0) this.#sink.write(`\u001b[${this.#drawn.length}A\r\u001b[J`);
    this.#drawn = [];
  }

  /** What was drawn stays, and the next page begins below it. */
  settle(): void {
    this.#drawn = [];
  }
}
