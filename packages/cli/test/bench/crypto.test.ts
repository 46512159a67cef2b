/** `selvage bench crypto`, as its help has it. */
import { describe, expect, it } from 'vitest';
import { TestSurface } from '../support/test-surface.js';

describe('selvage bench crypto', () => {
  it('--seconds 3 --json measures three works on both engines, the accelerated one the faster', async () => {
    const surface = new TestSurface();
    expect(await surface.run('bench', 'crypto', '--seconds', '3', '--json')).toBe(0);
    const works = surface.events;
    expect(works.map(({ work }) => work)).toEqual(['boot', 'joining', 'ownership transfer']);
    for (const { native, portable, times, rounds } of works) {
      expect(rounds).toBeGreaterThanOrEqual(3);
      expect(times).toBeCloseTo((portable as number) / (native as number), 6);
      expect(times).toBeGreaterThan(1);
    }
  });

  it('is a table with ratios, in 80 columns', async () => {
    const surface = new TestSurface();
    expect(await surface.run('bench', 'crypto', '--seconds', '1')).toBe(0);
    const lines = surface.stdout.text.split('\n');
    expect(lines[0]).toMatch(/^work +native +portable +times +rounds +what is done$/);
    for (const work of ['boot', 'joining', 'ownership transfer']) {
      expect(surface.stdout.text).toMatch(new RegExp(`^${work} +[\\d.]+ ms +[\\d.]+ ms +[\\d.]+x +\\d+ `, 'm'));
    }
    expect(surface.stdout.text.replace(/\s+/g, ' ')).toMatch(/Acceleration makes it [\d.]+ to [\d.]+ times faster/);
    expect(lines.filter((line) => line.length > 79)).toEqual([]);
  });

  it('ends where somebody ends it', async () => {
    const surface = new TestSurface();
    surface.interrupt();
    expect(await surface.run('bench', 'crypto')).not.toBe(0);
    expect(surface.stderr.text).toContain('it was ended before');
  });

  it.each(['0', '26', 'a'])('does not measure for %s seconds', async (seconds) => {
    expect(await new TestSurface().run('bench', 'crypto', '--seconds', seconds)).toBe(64);
  });
});
