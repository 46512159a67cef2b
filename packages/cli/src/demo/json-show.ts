import type { Sink } from '../terminal/surface.js';

/** A show for a program: one JSON object a line. */
export class JsonShow {
  readonly #sink: Sink;

  constructor(sink: Sink) {
    this.#sink = sink;
  }

  tell(event: object): void {
    this.#sink.write(`${JSON.stringify(event, unbroken)}\n`);
  }
}

/** Where the lines of a text end is the screen's affair. */
function unbroken(_key: string, value: unknown): unknown {
  return typeof value === 'string' ? value.replaceAll(/\s*\n\s*/g, ' ') : value;
}
