import { fromHex } from '@selvage/core';
import { SeededRandom } from '@selvage/core/virtual';
import { describe, expect, it } from 'vitest';
import { isForSomebodyElse } from '../../src/mac/glance.js';
import { OwnIdentity } from '../../src/mac/own-identity.js';
import { addressed, readPsdu } from '../../src/mac/receiver.js';
import { captures } from '../support/captures.js';

describe('a glance at a PSDU', () => {
  it('passes over no frame that decoding finds to be for this node, captured or damaged, for any node of the captures', () => {
    const seed = 'glance';
    const random = new SeededRandom(seed);
    let ours = 0;
    let passedOver = 0;
    for (const { extendedAddresses, frames } of captures()) {
      for (const { psdu } of frames) {
        const read = readPsdu(psdu);
        const identity = new OwnIdentity([...extendedAddresses.values()][random.below(extendedAddresses.size)]![0]!);
        identity.panId = read?.frame.destinationPan ?? 0xffff;
        identity.short = [0x6c00, 0x8c00, 0x1c01, 0x4400][random.below(4)];
        const damaged = psdu.slice();
        damaged[random.below(12)]! ^= 1 << random.below(8);
        for (const candidate of [psdu, damaged]) {
          const whole = readPsdu(candidate);
          const isOurs = whole !== undefined && addressed(whole.frame, whole.body, identity) !== undefined;
          if (isOurs) ours++;
          if (!isForSomebodyElse(candidate, identity)) continue;
          passedOver++;
          expect({ seed, isOurs }).toEqual({ seed, isOurs: false });
        }
      }
    }
    expect([ours > 500, passedOver > 2000]).toEqual([true, true]);
  });

  it('doubts what is too short to say', () => {
    const identity = new OwnIdentity(fromHex('02aabbccddee0001'));
    for (const psdu of ['', '41', '4188', '418801', '418801cefa', '6988010102']) {
      expect(isForSomebodyElse(fromHex(psdu), identity)).toBe(false);
    }
  });
});
