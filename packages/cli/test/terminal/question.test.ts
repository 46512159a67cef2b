import { describe, expect, it } from 'vitest';
import { Questions } from '../../src/terminal/question.js';
import { TestSurface } from '../support/test-surface.js';

describe('a question whose answer is a secret', () => {
  it('is asked while the terminal shows nothing of what is typed', async () => {
    const surface = new TestSurface({ canAsk: true });
    const answer = new Questions(surface).askSecret('The passphrase:');
    await surface.stderr.shows(/The passphrase: /);
    expect(surface.showsTyping).toBe(false);
    surface.stdin.type('sev');
    surface.stdin.type('eral word\u007fs\r');
    expect(new TextDecoder().decode((await answer)?.reveal())).toBe('several wors');
    expect(surface.showsTyping).toBe(true);
    expect(surface.stderr.text).toBe('The passphrase: \n');
  });

  it.each([
    ['Enter alone', '\r', undefined],
    ['Ctrl-D at once', '\u0004', undefined],
    ['a line that Ctrl-U took back', 'wrong\u0015right\n', 'right'],
    ['Ctrl-D in the middle, which is nothing', 'a\u0004b\r', 'ab'],
    ['letters of any script', 'größe €\r', 'größe €'],
  ])('knows %s', async (_, keys, expected) => {
    const surface = new TestSurface({ canAsk: true });
    const answer = new Questions(surface).askSecret('?');
    surface.stdin.type(keys);
    const secret = await answer;
    expect(secret && new TextDecoder().decode(secret.reveal())).toBe(expected);
  });

  it('is given up by Ctrl-C, and the terminal shows again what is typed', async () => {
    const surface = new TestSurface({ canAsk: true });
    const answer = new Questions(surface).askSecret('?');
    surface.stdin.type('half\u0003');
    await expect(answer).rejects.toMatchObject({ code: 'cancelled' });
    expect(surface.showsTyping).toBe(true);
  });

  it('ends with the input', async () => {
    const surface = new TestSurface({ canAsk: true });
    const answer = new Questions(surface).askSecret('?');
    surface.stdin.end();
    expect(await answer).toBeUndefined();
  });
});
