import { SelvageError } from '../errors/error.js';

/** How a call ended: the code of its SelvageError, `returned`, or what else it threw. */
export function outcomeOf(call: () => unknown): string {
  try {
    call();
    return 'returned';
  } catch (error) {
    return describeError(error);
  }
}

/** How a promise ended, as {@link outcomeOf}. */
export async function outcomeOfPromise(promise: Promise<unknown>): Promise<string> {
  try {
    await promise;
    return 'returned';
  } catch (error) {
    return describeError(error);
  }
}

function describeError(error: unknown): string {
  return error instanceof SelvageError ? error.code : `no SelvageError: ${String(error)}`;
}
