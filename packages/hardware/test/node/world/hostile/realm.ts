/** What a firmware that means harm has to begin with: whatever the loader leaves it, and no types. */

/** A function of anybody's. */
export type Fn = (...values: unknown[]) => unknown;
export type Loose = Record<string, unknown>;

/** The `require` of the payload's wrapper: the bundle keeps it under this name. */
declare const hostRequire: (name: string) => unknown;

/** A module of Node. */
export function module(name: string): Loose {
  return hostRequire(`node:${name}`) as Loose;
}

/** Calls a function of a module. */
export function call(name: string, fn: string, ...values: unknown[]): unknown {
  return (module(name)[fn] as Fn)(...values);
}

/** The process, if there is one. */
export function processThing(): Loose {
  return (globalThis as unknown as Loose)['process'] as Loose;
}

/** Calls a function of the process. */
export function ofProcess(fn: string, ...values: unknown[]): unknown {
  const it = processThing();
  return (it[fn] as Fn).apply(it, values);
}

/** Makes an object of whatever class. */
export function construct(of: unknown, ...values: unknown[]): unknown {
  return Reflect.construct(of as Fn, values) as unknown;
}

/** Something global, by name. */
export function global(name: string): unknown {
  return (globalThis as unknown as Loose)[name];
}

/** What an event emitter comes to: what `good` gave, or a refusal. */
export function awaited(emitter: unknown, good: string, bad: readonly string[] = ['error']): Promise<unknown> {
  const on = (emitter as { on: Fn }).on.bind(emitter);
  return new Promise((resolve, reject) => {
    on(good, (value: unknown) => resolve(value ?? good));
    for (const name of bad) on(name, (error: unknown) => reject(asError(error)));
  });
}

export function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}

/** One way out: what it gives is what it got hold of; what throws, or gives undefined or false, got nothing. */
export interface Way {
  readonly name: string;
  readonly go: () => unknown;
}

/** What became of a way. */
export interface Tried {
  readonly way: string;
  /** What it got hold of; absent where it was refused. */
  readonly open?: string;
  /** How it was refused. */
  readonly refused?: string;
}

/** Tries one way, for a while. */
export async function tryWay({ name: way, go }: Way, patience: number): Promise<Tried> {
  try {
    const late = new Promise((_, reject) => setTimeout(() => reject(new Error('no answer')), patience));
    const got = await Promise.race([(async () => go())(), late]);
    if (got === undefined || got === false) return { way, refused: 'nothing there' };
    return { way, open: describe(got) };
  } catch (error) {
    return { way, refused: wordsOf(error) };
  }
}

function describe(value: unknown): string {
  return typeof value === 'string' ? value.slice(0, 120) : typeof value === 'function' ? 'a function' : String(value);
}

function wordsOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error).slice(0, 120);
  const { code } = error as { code?: unknown };
  return typeof code === 'string' ? code : `${error.name}: ${error.message}`.slice(0, 120);
}
