import { type DiagnosticTlv, diagnosticTlvs } from './diagnostic-tlvs.js';

/** Parts that an answer may have: 50 KB, more than the children of any router. */
const mostParts = 64;

/** The parts of one node's answer to a query, in whatever order they come. */
export class AnswerParts {
  readonly source: Uint8Array;
  readonly #parts = new Map<number, readonly DiagnosticTlv[]>();
  #last: number | undefined;

  constructor(source: Uint8Array) {
    this.source = source;
  }

  /** Takes a part; one that came before counts once. A node that does not number parts has one. */
  take(entries: readonly DiagnosticTlv[]): void {
    const part = diagnosticTlvs.first(entries, 'answer') ?? { isLast: true, index: 0 };
    if (part.index >= mostParts || this.#parts.has(part.index)) return;
    if (this.#last !== undefined && (part.isLast || part.index > this.#last)) return;
    this.#parts.set(part.index, entries);
    if (part.isLast) this.#last = part.index;
  }

  get isWhole(): boolean {
    return this.#last !== undefined && this.#parts.size === this.#last + 1;
  }

  /** What came, in its order. */
  get entries(): DiagnosticTlv[] {
    return [...this.#parts].sort(([a], [b]) => a - b).flatMap(([, entries]) => entries);
  }
}
