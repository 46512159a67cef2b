/** Why a join failed, on every way out of the command line: the words are those of `joinFailures`, and no other. */
import { toHex } from '@selvage/core';
import { joinFailed, type JoinFailure, joinFailures } from '@selvage/thread';
import { describe, expect, it } from 'vitest';
import { Report } from '../../src/ca/report.js';
import { errorLines } from '../../src/terminal/error-text.js';
import { styleFor } from '../../src/terminal/style.js';
import { JoinerBoard } from '../../src/thread/commissioning/joiners/joiner-board.js';
import { TestSurface } from '../support/test-surface.js';

const joinerId = Uint8Array.of(0xd6, 0x5e, 0x64, 0xfa, 0x83, 0xf8, 0x1c, 0xf7);
const causes = Object.keys(joinFailures) as JoinFailure[];
/** Lines are broken where the terminal is at its end. */
const whole = (text: string): string => text.replaceAll(/\s+/g, ' ');

describe('why a join failed, in the words of the specification', () => {
  it('has fifteen causes', () => {
    expect(causes).toHaveLength(15);
  });

  it.each(causes)('%s: the same in the text and the JSON of the joiner and of the commissioner', (name) => {
    const { says, remedy, step } = joinFailures[name];
    const error = joinFailed(name);
    for (const isJson of [false, true]) {
      const surface = new TestSurface();
      const board = new JoinerBoard(surface, new Report(surface, isJson), isJson);
      board.failed(joinerId, undefined, error);
      board.end();
      if (isJson) {
        const data = { event: 'join-failed', failure: name, step, message: says, remedy };
        expect(surface.events).toMatchObject([{ ...data, joiner: `joiner ${toHex(joinerId)}` }]);
      } else {
        expect(whole(surface.stderr.text)).toContain(`joiner ${toHex(joinerId)}: ${says}`);
        expect(whole(surface.stderr.text)).toContain(`→ ${remedy}`);
      }
    }
    const surface = new TestSurface();
    const lines = errorLines(error, styleFor(surface.stderr, surface.env)).join('\n');
    expect(whole(lines)).toContain(`selvage: ${says} [join-failed] → ${remedy}`);
    expect(whole(lines)).toContain(`failure: ${name} step: ${step}`);
    new Report(surface, true).fail(error);
    expect(surface.events).toMatchObject([
      { event: 'failed', error: { code: 'join-failed', message: says, remedy, details: { failure: name, step } } },
    ]);
  });
});
