import { decode, encode, toHex } from '@selvage/core';
import { describe, expect, it } from 'vitest';
import { hasGoodCheck, writeFrameCheck } from '../../src/mac/frame/frame-check.js';
import { macFrame } from '../../src/mac/frame/mac-frame.js';
import { captures } from '../support/captures.js';
import { openCaptured, sealAgain } from '../support/open-captured.js';

const all = captures();
/** Frames, and how many of them are secured. */
const expected: Record<string, readonly [number, number]> = {
  '01-native-commissioning': [161, 35],
  '02-relay-and-wrong-pskd': [375, 82],
  '03-external-commissioner': [144, 27],
  '04-key-rotation': [850, 403],
  '05-pending-dataset': [200, 55],
  '06-mesh': [1116, 518],
  '07-router-links': [282, 46],
};

describe('every frame of captures 01-07 (OpenThread)', () => {
  for (const capture of all) {
    it(`${capture.name}: is decoded, opened, sealed and written back byte for byte`, () => {
      let secured = 0;
      for (const [index, captured] of capture.frames.entries()) {
        const { psdu } = captured;
        expect(hasGoodCheck(psdu)).toBe(true);
        const body = psdu.subarray(0, -2);
        const frame = decode(macFrame, body);
        expect(toHex(encode(macFrame, frame))).toBe(toHex(body));
        const again = psdu.slice().fill(0, -2);
        writeFrameCheck(again);
        expect(toHex(again)).toBe(toHex(psdu));
        if (frame.security === undefined) continue;
        secured++;
        const opened = openCaptured(capture, captured);
        if (opened === undefined) expect(`frame ${index + 1} of ${capture.name}`).toBe('opened');
        else expect(toHex(sealAgain(opened))).toBe(toHex(body));
      }
      expect([capture.frames.length, secured]).toEqual(expected[capture.name]);
    });
  }
});
