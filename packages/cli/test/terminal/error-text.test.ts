import { SelvageError } from '@selvage/core';
import { describe, expect, it } from 'vitest';
import { errorLines } from '../../src/terminal/error-text.js';
import { styleFor } from '../../src/terminal/style.js';
import { TestSurface } from '../support/test-surface.js';

const { stderr, env } = new TestSurface();
const style = styleFor(stderr, env);
const text = (error: unknown): string => errorLines(error, style).join('\n');

describe('an error for a person', () => {
  it('says what failed and its code, what to do, the facts, and what lies beneath', () => {
    const cause = new SelvageError('peer-alert', 'the peer ended the handshake');
    const details = { step: 'open the connection' };
    expect(text(new SelvageError('wrong-pin', 'the PIN is wrong', { cause, details, remedy: 'read it again' }))).toBe(
      `selvage: the PIN is wrong [wrong-pin]
  → read it again
    step: open the connection
    because: the peer ended the handshake [peer-alert]`,
    );
  });

  it('does not say again what was said, however deep it lies', () => {
    const deepest = new SelvageError('store-failed', 'the disk is full');
    const cause = new SelvageError('store-failed', 'nothing was written', { cause: deepest });
    const error = new SelvageError('store-failed', 'cannot own it: nothing was written', { cause });
    expect(text(error)).toBe(
      'selvage: cannot own it: nothing was written [store-failed]\n    because: the disk is full [store-failed]',
    );
  });

  it('that is a defect shows where it is', () => {
    expect(text(new TypeError('x is not a function'))).toMatch(/a defect of selvage itself.*\n.*TypeError: x is not/);
  });
});
