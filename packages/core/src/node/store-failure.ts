import { SelvageError } from '../errors/error.js';

/** Does what a store asks of the file system. @throws SelvageError `store-failed` that says what the system said */
export async function orStoreFailed<T>(verb: string, what: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof SelvageError && error.code.startsWith('store-')) throw error;
    const system = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
    throw new SelvageError('store-failed', `cannot ${verb} ${what}: ${system}`, { cause: error, details: { system } });
  }
}
