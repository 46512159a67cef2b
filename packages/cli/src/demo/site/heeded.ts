/** A promise that is awaited later, perhaps after it has failed: until then its failure is no defect. */
export function heeded<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => undefined);
  return promise;
}
