import { describe, expect, it } from 'vitest';
import { Limiter, TurnTaking } from '../../src/client/limiter.js';

/** A task that ends when it is told to, and notes when it began. */
function task(name: string, log: string[]) {
  let resolve: (value: string) => void = () => undefined;
  let reject: (error: Error) => void = () => undefined;
  const promise = new Promise<string>((onValue, onError) => {
    resolve = onValue;
    reject = onError;
  });
  return {
    run: () => (log.push(name), promise),
    resolve: () => resolve(name),
    reject: () => reject(new RangeError(name)),
  };
}

/** Lets all that is due come to pass. */
async function rest(): Promise<void> {
  for (let turn = 0; turn < 10; turn++) await Promise.resolve();
}

describe('a limit of tasks at a time', () => {
  it('lets the next one begin when one ends, in the order in which they came, also after one that failed', async () => {
    const log: string[] = [];
    const limiter = new Limiter(2);
    const tasks = ['a', 'b', 'c', 'd'].map((name) => task(name, log));
    const results = Promise.allSettled(tasks.map(({ run }) => limiter.run(run)));
    await rest();
    expect(log).toEqual(['a', 'b']);
    tasks[1]?.reject();
    await rest();
    expect(log).toEqual(['a', 'b', 'c']);
    for (const { resolve } of tasks) resolve();
    await rest();
    expect(log).toEqual(['a', 'b', 'c', 'd']);
    expect((await results).map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'fulfilled']);
  });

  it('takes a place that somebody left, not one more', async () => {
    const log: string[] = [];
    const limiter = new Limiter(1);
    const [a, b, c] = ['a', 'b', 'c'].map((name) => task(name, log)) as [
      ReturnType<typeof task>,
      ...ReturnType<typeof task>[],
    ];
    const first = limiter.run(a.run);
    const second = limiter.run((b as typeof a).run);
    a.resolve();
    await first;
    const third = limiter.run((c as typeof a).run);
    await rest();
    expect(log).toEqual(['a', 'b']);
    (b as typeof a).resolve();
    (c as typeof a).resolve();
    await Promise.all([second, third]);
    expect(log).toEqual(['a', 'b', 'c']);
  });
});

describe('taking turns', () => {
  it('lets tasks of one name follow each other, and those of others go on meanwhile', async () => {
    const log: string[] = [];
    const turns = new TurnTaking();
    const [a, b, other] = ['a', 'b', 'other'].map((name) => task(name, log)) as [
      ReturnType<typeof task>,
      ReturnType<typeof task>,
      ReturnType<typeof task>,
    ];
    const first = turns.run('x', a.run);
    const second = turns.run('x', b.run);
    const third = turns.run('y', other.run);
    await rest();
    expect(log).toEqual(['a', 'other']);
    a.reject();
    await expect(first).rejects.toThrow('a');
    await rest();
    expect(log).toEqual(['a', 'other', 'b']);
    b.resolve();
    other.resolve();
    expect(await Promise.all([second, third])).toEqual(['b', 'other']);
  });
});
