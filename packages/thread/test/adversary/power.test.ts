import { decode, toHex } from '@selvage/core';
import { MemoryStore, SeededRandom } from '@selvage/core/virtual';
import { describe, expect, it } from 'vitest';
import { macFrame } from '../../src/mac/frame/mac-frame.js';
import { LinkWorld, meet } from '../support/link-world.js';

describe('power cuts', () => {
  it('at random moments, key switches among them: no two frames on the air share key sequence and counter', async () => {
    const seed = 'power cuts';
    const random = new SeededRandom(seed);
    const world = new LinkWorld(seed);
    const receiver = await world.open(2);
    const store = new MemoryStore();
    /** What was sent under a key index and a frame counter. */
    const sent = new Map<string, string>();
    const reused: string[] = [];
    world.ether.tap(({ from, psdu }) => {
      if (from === receiver.name) return;
      const { security } = decode(macFrame, psdu.subarray(0, -2));
      if (security?.key.mode !== 1) return;
      const nonce = `${security.key.index}/${security.frameCounter}`;
      const bytes = toHex(psdu);
      // A repetition has the same bytes.
      if ((sent.get(nonce) ?? bytes) !== bytes) reused.push(nonce);
      sent.set(nonce, bytes);
    });
    for (let boot = 0; boot < 40; boot++) {
      const node = await world.open(1, { store });
      meet(node, receiver);
      store.cutPowerDuring(random.below(3), random.chance(0.5) ? 'old' : 'new');
      for (let step = random.below(40); step > 0; step--) {
        // Spending many numbers at once brings the next write nearer.
        for (let i = random.below(300); i > 0; i--) node.keys.takeMacCounter();
        world.give(node, 2, `7f${random.below(0x1000000).toString(16).padStart(6, '0')}`);
        world.clock.advance(random.below(8));
        if (random.chance(0.1)) await world.settle();
        if (random.chance(0.04)) node.keys.moveTo(node.keys.current.sequence + 1, world.clock.now());
      }
      store.cutPower();
      node.stop();
      await world.settle();
      store.powerOn();
    }
    expect({ seed, reused, isEnough: sent.size > 200 }).toEqual({ seed, reused: [], isEnough: true });
    expect(new Set([...sent.keys()].map((nonce) => nonce.split('/')[0])).size > 3).toBe(true);
  });
});
