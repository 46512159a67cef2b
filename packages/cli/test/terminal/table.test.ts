import { describe, expect, it } from 'vitest';
import { type Column, tableLines } from '../../src/terminal/table.js';

const columns: readonly Column[] = [
  { title: 'name', least: 6 },
  { title: 'id' },
  { title: 'days', align: 'right' },
  { title: 'address', least: 9 },
];

describe('a table', () => {
  it('is as wide as what is in it', () => {
    expect(tableLines(columns, [['hall', '62d8e00a', '7', '127.0.0.1:1']], 79)).toEqual([
      'name  id        days  address',
      'hall  62d8e00a     7  127.0.0.1:1',
    ]);
  });

  it.each([40, 60, 79])('keeps to %i characters by clipping what may be clipped, the widest first', (width) => {
    const rows = [['a name that is longer than any name', '62d8e00a', '365', '[fe80::fc:ff:fe00:1%eth0]:35009']];
    const lines = tableLines(columns, rows, width);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(width);
    expect(lines[1]).toContain('62d8e00a');
    expect(lines[1]).toContain('365');
    expect(lines[1]).toContain('…');
  });

  it('is wider than asked for rather than without what must be read', () => {
    const [, line = ''] = tableLines([{ title: 'id' }], [['62d8e00a']], 4);
    expect(line).toBe('62d8e00a');
  });

  it('has its titles where there are no rows', () => {
    expect(tableLines(columns, [], 79)).toEqual(['name  id  days  address']);
  });
});
