import { type ErrorCode, type Fault, errorTable } from './codes.js';

/** What an error says beside its message: public facts only, never a secret. */
export type ErrorDetails = Readonly<Record<string, string | number | boolean>>;

/** Options of {@link SelvageError}. */
export interface SelvageErrorOptions {
  readonly cause?: unknown;
  readonly details?: ErrorDetails | undefined;
  /** What the person can do about it, as a sentence. */
  readonly remedy?: string | undefined;
  /** Whose fault it is where that differs from the table's. */
  readonly fault?: Fault | undefined;
}

/** The base of every error that Selvage throws: a stable code, whose fault it is, and what can be done. */
export class SelvageError extends Error {
  readonly code: ErrorCode;
  readonly fault: Fault;
  declare readonly details?: ErrorDetails;
  declare readonly remedy?: string;

  constructor(code: ErrorCode, message: string, options: SelvageErrorOptions = {}) {
    super(message, 'cause' in options ? { cause: options.cause } : undefined);
    this.code = code;
    this.fault = options.fault ?? errorTable[code].fault;
    if (options.details !== undefined) this.details = options.details;
    if (options.remedy !== undefined) this.remedy = options.remedy;
  }

  override get name(): string {
    return 'SelvageError';
  }

  /** The error as plain data for logs and APIs; the cause only where it is a SelvageError too, and no stack. */
  toJSON(): Record<string, unknown> {
    return {
      code: this.code,
      fault: this.fault,
      message: this.message,
      ...(this.details && { details: this.details }),
      ...(this.remedy && { remedy: this.remedy }),
      ...(this.cause instanceof SelvageError && { cause: this.cause.toJSON() }),
    };
  }
}
