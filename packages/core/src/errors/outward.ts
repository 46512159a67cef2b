import type { AlertName } from './alerts.js';
import { type Outward, errorTable } from './codes.js';
import { SelvageError } from './error.js';

/** The table's row for an error; whatever is not a SelvageError is `internal`, so that nothing of it leaks out. */
export function outward(error: unknown): Outward {
  return errorTable[error instanceof SelvageError ? error.code : 'internal'];
}

/** The DTLS alert description that answers an error. */
export function alertFor(error: unknown): AlertName {
  return outward(error).alert;
}

/** The CoAP response code that answers an error, such as `4.00`. */
export function coapCode(error: unknown): Outward['coap'] {
  return outward(error).coap;
}

/** The HTTP status that answers an error. */
export function httpStatus(error: unknown): number {
  return outward(error).http;
}

/** The exit code of a command that ends with an error. */
export function exitCode(error: unknown): number {
  return outward(error).exit;
}
