import type { Sink } from './surface.js';
import { clip } from './text.js';

const usualWidth = 80;
/** Lines that change at a time: a page of a small terminal has room for them below what is done. */
const mostLines = 8;

/** A picture that has less room is left out. */
const leastPicture = 4;

/**
 * A picture as it is drawn into so many lines, each no longer than the sink's; without a limit where the sink has none.
 */
export type LivePicture = (rows: number | undefined) => readonly string[];

/**
 * Lines that change while work goes on, below those that stay, and below them a picture that changes, where there is
 * one. On a terminal what changes is drawn over; elsewhere only what stays is written, so that a log has each thing once.
 */
export class LiveLines {
  readonly #sink: Sink;
  readonly #lines = new Map<string, string>();
  #picture: LivePicture | undefined;
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

  /** Sets what stands below the changing lines; nothing where it is left out. */
  setPicture(picture: LivePicture | undefined): void {
    this.#picture = picture;
    this.#draw([]);
  }

  /** Takes all that changes away. */
  clear(): void {
    this.#lines.clear();
    this.#picture = undefined;
    this.#draw([]);
  }

  #draw(settled: readonly string[]): void {
    if (!this.#sink.isTerminal) {
      for (const line of settled) this.#sink.write(`${line}\n`);
      return;
    }
    const width = (this.#sink.columns ?? usualWidth) - 1;
    const running = this.#visible().map((line) => clip(line, width));
    const changing = [...running, ...this.#pictured(running.length)];
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

  /** The picture, set apart from what stands above it; the line below it is the cursor's. */
  #pictured(above: number): string[] {
    const { rows } = this.#sink;
    const room = rows === undefined ? undefined : rows - above - 2;
    if (this.#picture === undefined || (room !== undefined && room < leastPicture)) return [];
    return ['', ...this.#picture(room)];
  }
}
