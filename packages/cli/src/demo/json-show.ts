import type { Sink } from '../terminal/surface.js';

/** A show for a program: one JSON object a line. */
export class JsonShow {
  readonly #sink: Sink;

  constructor(sink: Sink) {
    this.#sink = sink;
  }

  tell(event: object): void {
    this.#sink.write(`${JSON.stringify(event)}\n`);
  }
}
