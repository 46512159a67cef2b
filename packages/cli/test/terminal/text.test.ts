import { describe, expect, it } from 'vitest';
import { commandLines, tookText, fold } from '../../src/terminal/text.js';

describe('a line that is folded', () => {
  it('stays as it is where it has room', () => {
    expect(fold('name   hall  light', 18)).toEqual(['name   hall  light']);
  });

  it('is broken at its spaces, and goes on under its last column', () => {
    expect(fold('status      it is on trial at the next start', 30)).toEqual([
      'status      it is on trial at',
      '            the next start',
    ]);
  });

  it('goes on under what it begins with, where it has no columns or the last of them is far to the right', () => {
    expect(fold('  one two three four', 10)).toEqual(['  one two', '  three', '  four']);
    expect(fold('a long first column of it  and more', 20)).toEqual(['a long first column', 'of it  and more']);
  });

  it('gives a word a line of its own that does not fit beside its label, whole', () => {
    const hash = '0123456789abcdef';
    expect(fold(`sha256  ${hash}`, 20)).toEqual(['sha256', `  ${hash}`]);
    expect(fold(`sha256  ${hash} and more`, 20)).toEqual(['sha256', `  ${hash}`, '        and more']);
    expect(fold(hash, 10)).toEqual([hash]);
  });

  it.each([1, 7, 20, 39, 79])('loses nothing at %i columns', (width) => {
    const line =
      '  hall-light  0a5e1a6e00000001  joined by the border node in 1.6 s, after two others had been refused';
    const words = (text: string): string[] => text.split(/\s+/).filter((word) => word !== '');
    const lines = fold(line, width);
    expect(words(lines.join(' '))).toEqual(words(line));
    expect(lines.every((one) => one.length <= width || words(one).length === 1)).toBe(true);
  });
});

describe('a command', () => {
  it('goes on behind a backslash where its line is too short', () => {
    expect(commandLines('A=one two three', 15)).toEqual(['A=one two three']);
    expect(commandLines('A=one two three', 12)).toEqual(['A=one two \\', '  three']);
  });

  it('is left whole where a word would not fit in any case, or stands within quotation marks', () => {
    for (const command of [
      'dataset set active 0e080000000000020000000300000f',
      "alias selvage='SELVAGE_SITE=a node b'",
    ]) {
      expect(commandLines(command, 24)).toEqual([command]);
    }
  });
});

describe('a duration', () => {
  it('is in milliseconds below ten seconds', () => {
    expect([345.4, 9999, 25_339].map(tookText)).toEqual(['345 ms', '9999 ms', '25.3 s']);
  });
});
