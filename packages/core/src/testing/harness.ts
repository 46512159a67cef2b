/** What the suites need of a test framework; vitest, jest and `bun:test` all fit. */
export interface TestFunctions {
  readonly describe: (name: string, body: () => void) => void;
  readonly it: (name: string, body: () => void | Promise<void>) => void;
  readonly expect: (actual: unknown) => Expectation;
}

/** The comparisons that the suites use. */
export interface Expectation {
  toBe(expected: unknown): void;
  toEqual(expected: unknown): void;
}
