import type { Store } from '@selvage/core';

/** A value is as many bytes of one number; undefined where the name is deleted. */
export type Change = readonly [name: string, value: number | undefined];
/** What a store has: each name with the number that its value is full of. */
export type State = ReadonlyMap<string, number>;

/** What is asked of a store in one turn, turn after turn: values, replacements, deletes, a name that comes back. */
const script: readonly (readonly Change[])[] = [
  [['counter', 1]],
  [
    ['key', 10],
    ['counter', 2],
    ['other', 20],
  ],
  [
    ['key', undefined],
    ['counter', 3],
  ],
  [['counter', 4]],
  [
    ['key', 11],
    ['key', 12],
    ['other', undefined],
  ],
  [['counter', 5]],
];
export const changes = script.flat();
/** So large that a log is written anew on the way. */
export const valueLength = 20_000;

/**
 * Runs the script until the store fails.
 * @param acknowledged called for each change that the store has made
 */
export async function runScript(
  open: () => Promise<Store & { close(): Promise<void> }>,
  acknowledged: () => void,
): Promise<void> {
  try {
    const store = await open();
    for (const turn of script) {
      const results = await Promise.allSettled(turn.map((change) => apply(store, change)));
      for (const { status } of results) if (status === 'fulfilled') acknowledged();
      if (results.some(({ status }) => status === 'rejected')) return;
    }
    await store.close();
  } catch {
    // The power is off.
  }
}

export function apply(store: Store, [name, value]: Change): Promise<void> {
  return value === undefined ? store.delete(name) : store.put(name, new Uint8Array(valueLength).fill(value));
}

/** What changes leave. */
export function stateAfter(made: readonly Change[]): State {
  const state = new Map<string, number>();
  for (const [name, value] of made) {
    if (value === undefined) state.delete(name);
    else state.set(name, value);
  }
  return state;
}

export async function stateOf(store: Store): Promise<State> {
  const names = await store.names();
  return new Map(await Promise.all(names.map(async (name) => [name, valueOf(await store.get(name))] as const)));
}

export function isSameState(a: State, b: State): boolean {
  return a.size === b.size && [...a].every(([name, value]) => b.get(name) === value);
}

export function stateText(state: State): string {
  return JSON.stringify(Object.fromEntries(state));
}

/** The number that a value is full of; -1 for a value that is torn. */
function valueOf(bytes: Uint8Array | undefined): number {
  const whole = bytes?.length === valueLength && bytes.every((byte) => byte === bytes[0]);
  return whole ? (bytes[0] as number) : -1;
}
