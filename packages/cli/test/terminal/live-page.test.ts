import { describe, expect, it } from 'vitest';
import { LivePage } from '../../src/terminal/live-page.js';
import { TestSurface } from '../support/test-surface.js';

describe('a page that changes', () => {
  it('is drawn over on a terminal, in one piece, with nothing left of a longer one', () => {
    const { stdout } = new TestSurface({ columns: 40, rows: 10 });
    const page = new LivePage(stdout);
    expect(page.rows).toBe(9);
    page.draw(['one', 'two']);
    page.draw(['one']);
    expect(stdout.text).toBe('\rone\u001b[K\ntwo\u001b[K\n\u001b[J\u001b[2A\rone\u001b[K\n\u001b[J');
  });

  it('is written once for each state where nobody looks on', () => {
    const { stdout } = new TestSurface();
    const page = new LivePage(stdout);
    expect(page.rows).toBeUndefined();
    page.draw(['one', 'two']);
    page.draw(['one', 'two']);
    page.draw(['three']);
    expect(stdout.text).toBe('one\ntwo\n\nthree\n');
  });

  it('begins below what was left to stand', () => {
    const { stdout } = new TestSurface({ columns: 40, rows: 10 });
    const page = new LivePage(stdout);
    page.draw(['one']);
    page.settle();
    page.draw(['two']);
    expect(stdout.text).not.toMatch(/\u001b\[\d+A/);
  });
});
