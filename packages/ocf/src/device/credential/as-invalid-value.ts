import { SelvageError } from '@selvage/core';

/**
 * Reads or judges what was sent: whatever is wrong with it is wrong with the request (4.00), and does not say that
 * whoever sent it may not send it (4.01), as the errors of certificates do in handshakes.
 * @throws SelvageError `invalid-value`, whose cause says what is wrong
 */
export function asInvalidValue<T>(work: () => T): T {
  try {
    return work();
  } catch (cause) {
    if (!(cause instanceof SelvageError) || cause.fault !== 'peer') throw cause;
    throw new SelvageError('invalid-value', cause.message, { cause });
  }
}
