import { describe, expect, it } from 'vitest';
import { LiveLines } from '../../src/terminal/live-lines.js';
import { TestSurface } from '../support/test-surface.js';

/** What a terminal shows after all that was written: cursor up, carriage return and clearing are obeyed. */
function screenOf(written: string): string[] {
  const lines = [''];
  let at = 0;
  for (const [piece] of written.matchAll(/\u001b\[(\d*)([AJ])|\r|\n|[^\u001b\r\n]+/g)) {
    const [, amount, command] = /^\u001b\[(\d*)([AJ])$/.exec(piece) ?? [];
    if (command === 'A') at -= Number(amount);
    else if (command === 'J') lines.splice(at, lines.length, '');
    else if (piece === '\n') lines[++at] ??= '';
    else if (piece !== '\r') lines[at] = piece;
  }
  return lines.slice(0, -1);
}

describe('lines that change', () => {
  it('are drawn over on a terminal, below those that stay', () => {
    const { stderr } = new TestSurface({ columns: 40 });
    const live = new LiveLines(stderr);
    live.set('a', 'a: begins');
    live.set('b', 'b: begins');
    live.set('a', 'a: goes on');
    expect(screenOf(stderr.text)).toEqual(['a: goes on', 'b: begins']);
    live.settle('a', ['a: is done']);
    expect(screenOf(stderr.text)).toEqual(['a: is done', 'b: begins']);
    live.settle('b', ['b: is done']);
    expect(screenOf(stderr.text)).toEqual(['a: is done', 'b: is done']);
  });

  it('are one line of the terminal each, and no more than a page', () => {
    const { stderr } = new TestSurface({ columns: 20 });
    const live = new LiveLines(stderr);
    for (let i = 0; i < 30; i++) live.set(`${i}`, `device ${i} does what takes longer than a line`);
    const screen = screenOf(stderr.text);
    expect(screen).toHaveLength(8);
    expect(screen.at(-1)).toBe('… and 23 more');
    expect(Math.max(...screen.map((line) => line.length))).toBeLessThanOrEqual(19);
    live.clear();
    expect(screenOf(stderr.text)).toEqual([]);
  });

  it('are not written where no person looks: what stays is', () => {
    const { stderr } = new TestSurface();
    const live = new LiveLines(stderr);
    live.set('a', 'a: begins');
    live.settle('a', ['a: is done']);
    live.clear();
    expect(stderr.text).toBe('a: is done\n');
  });

  it('have a picture below them where there is one, in what is left of the page', () => {
    const { stderr } = new TestSurface({ columns: 20, rows: 8 });
    const live = new LiveLines(stderr);
    live.setPicture((rows) => Array.from({ length: Math.min(rows ?? 0, 9) }, (_, at) => `row ${at}`));
    expect(screenOf(stderr.text)).toEqual(['', 'row 0', 'row 1', 'row 2', 'row 3', 'row 4', 'row 5']);
    live.set('a', 'a: begins');
    expect(screenOf(stderr.text)).toEqual(['a: begins', '', 'row 0', 'row 1', 'row 2', 'row 3', 'row 4']);
    live.settle('a', ['a: is done']);
    expect(screenOf(stderr.text).slice(0, 3)).toEqual(['a: is done', '', 'row 0']);
    for (const name of ['b', 'c', 'd']) live.set(name, `${name}: begins`);
    // Three rows are no picture.
    expect(screenOf(stderr.text)).toEqual(['a: is done', 'b: begins', 'c: begins', 'd: begins']);
    live.clear();
    expect(screenOf(stderr.text)).toEqual(['a: is done']);
  });
});
