import { SelvageError } from '@selvage/core';

/**
 * Does one step of a command. Its error says which step it was, as in `cannot open the key of the authority: …`, and
 * keeps everything else it had to say.
 */
export async function step<T>(what: string, work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof SelvageError)) throw error;
    const { code, message, details, remedy, fault, cause } = error;
    const options = { details: { step: what, ...details }, remedy, fault, ...(cause !== undefined && { cause }) };
    throw new SelvageError(code, `cannot ${what}: ${message}`, options);
  }
}
