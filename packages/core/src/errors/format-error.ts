import type { ErrorCode } from './codes.js';
import { type ErrorDetails, SelvageError, type SelvageErrorOptions } from './error.js';

/**
 * Bytes or a value do not fit their declared format. It names the field by its path, such as
 * `clientHello.extensions[1].length`, in `path`, in `details.path` and at the start of the message.
 */
export class FormatError extends SelvageError {
  readonly #problem: string;
  #path = '';

  constructor(code: ErrorCode, problem: string, options: SelvageErrorOptions = {}) {
    super(code, problem, options);
    this.#problem = problem;
  }

  /** The field's path; empty where no codec named it. */
  get path(): string {
    return this.#path;
  }

  /**
   * Prepends a segment to the path: what each codec does with an error on its way out. It changes this error instead
   * of making another, because a peer decides how often that happens and a stack trace is the dear part of an error.
   */
  within(segment: string): this {
    this.#path = joinPath(segment, this.#path);
    this.message = `${this.#path}: ${this.#problem}`;
    (this as { details?: ErrorDetails }).details = { ...this.details, path: this.#path };
    return this;
  }
}

/** Joins path segments: `a` + `b` = `a.b`, `a` + `[1]` = `a[1]`. */
export function joinPath(outer: string, inner: string): string {
  if (outer === '') return inner;
  if (inner === '') return outer;
  return inner.startsWith('[') ? outer + inner : `${outer}.${inner}`;
}

/** What a codec rethrows: a format error gains the segment, any other error passes unchanged. */
export function within(error: unknown, segment: string): unknown {
  return error instanceof FormatError && segment !== '' ? error.within(segment) : error;
}

/** `1 byte`, `2 bytes`. */
export function byteCount(count: number): string {
  return `${count} byte${count === 1 ? '' : 's'}`;
}
