import type { Sink } from '../terminal/surface.js';
import type { Show, ShowEvent } from './show.js';

/** The show for a program: one JSON object a line. */
export class JsonShow implements Show {
  readonly #sink: Sink;

  constructor(sink: Sink) {
    this.#sink = sink;
  }

  tell(event: ShowEvent): void {
    this.#sink.write(`${JSON.stringify(event)}\n`);
  }
}
