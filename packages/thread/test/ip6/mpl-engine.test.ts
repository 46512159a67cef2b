import { SeededEntropy } from '@selvage/core/virtual';
import { describe, expect, it } from 'vitest';
import { parseIp6 } from '../../src/ip6/address/text.js';
import { MplEngine } from '../../src/ip6/multicast/mpl-engine.js';
import { MplSeeds } from '../../src/ip6/multicast/mpl-seeds.js';
import { mplOf, numberedMulticast } from '../../src/ip6/multicast/mpl-packet.js';
import { packetOf } from '../support/packets.js';

const seedOf = (rloc16: number): Uint8Array => Uint8Array.of(rloc16 >> 8, rloc16 & 0xff);
const multicast = (source: string): Uint8Array =>
  packetOf({ source, destination: 'ff03::1', nextHeader: 17, payload: new Uint8Array(0) });

/** All transmissions, and when. */
function run(engine: MplEngine): { readonly at: number; readonly packet: Uint8Array }[] {
  const sent: { at: number; packet: Uint8Array }[] = [];
  while (engine.deadline !== undefined) {
    const at = engine.deadline;
    for (let next = engine.poll(at); next !== undefined; next = engine.poll(at)) sent.push({ at, packet: next });
  }
  return sent;
}

describe('transmissions (Thread 1.3 §5.10)', () => {
  it('of what is forwarded are two, each at random in a window of 64 ms of its own', () => {
    const times: number[][] = [];
    for (let n = 0; n < 200; n++) {
      const engine = new MplEngine(new SeededEntropy(`forward/${n}`));
      engine.forward(multicast('fd00::1'), 1000);
      times.push(run(engine).map(({ at }) => at - 1000));
    }
    for (const [first = -1, second = -1, ...more] of times) {
      expect(more).toEqual([]);
      expect(first >= 0 && first < 64).toBe(true);
      expect(second >= 64 && second < 128).toBe(true);
    }
    expect(new Set(times.map(([first]) => first)).size).toBeGreaterThan(40);
  });

  it('of our own is one beside the first', () => {
    const engine = new MplEngine(new SeededEntropy('own'));
    engine.repeat(multicast('fd00::1'), 0);
    const sent = run(engine);
    expect(sent.length).toBe(1);
    expect(sent[0]!.at).toBeLessThan(64);
  });

  it('wait sixteen at a time', () => {
    const engine = new MplEngine(new SeededEntropy('storm'));
    for (let n = 0; n < 1000; n++) engine.forward(multicast('fd00::1'), 0);
    expect(engine.load.waiting).toBe(16);
    expect(run(engine).length).toBe(32);
  });
});

describe('numbering (RFC 7731 §6.1)', () => {
  it('leaves the seed out where the source is our locator, and counts up', () => {
    const engine = new MplEngine(new SeededEntropy('number'));
    const first = engine.number(parseIp6('fd00::ff:fe00:8c00'), 0x8c00, 0);
    const second = engine.number(parseIp6('fd00::1'), 0x8c00, 0);
    expect([first.seed.length, second.seed]).toEqual([0, seedOf(0x8c00)]);
    expect(second.sequence).toBe((first.sequence + 1) & 0xff);
  });

  it('takes our own for seen when others send it on', () => {
    const engine = new MplEngine(new SeededEntropy('echo'));
    const mpl = engine.number(parseIp6('fd00::1'), 0x8c00, 0);
    const packet = numberedMulticast(multicast('fd00::1'), mpl);
    expect(engine.isNew(mplOf(packet)!, packet, 10)).toBe(false);
  });

  it('takes a seed of no bytes for the source’s locator, and no other seed than an RLOC16', () => {
    const engine = new MplEngine(new SeededEntropy('seed'));
    const mpl = { isNewest: false, sequence: 1, seed: new Uint8Array(0), reserved: 0 };
    expect(engine.isNew(mpl, multicast('fd00::ff:fe00:8c00'), 0)).toBe(true);
    expect(engine.isNew({ ...mpl, seed: seedOf(0x8c00) }, multicast('fd00::1'), 0)).toBe(false);
    expect(engine.isNew({ ...mpl, sequence: 2 }, multicast('fd00::1'), 0)).toBe(false);
    expect(engine.isNew({ ...mpl, sequence: 3, seed: new Uint8Array(8) }, multicast('fd00::1'), 0)).toBe(false);
  });
});

describe('the memory of what was seen (RFC 7731 §6.3)', () => {
  it('ends after 5 s', () => {
    const seeds = new MplSeeds();
    expect([0, 4999, 5000].map((now) => seeds.isNew(0x8c00, 7, now))).toEqual([true, false, true]);
  });

  it('takes what is older than the last, if it was not seen', () => {
    const seeds = new MplSeeds();
    expect([5, 3, 5, 3, 4].map((sequence) => seeds.isNew(0x8c00, sequence, 0))).toEqual([
      true,
      true,
      false,
      false,
      true,
    ]);
  });

  it('has 35 places, of which a flood of one node takes none from others', () => {
    const seeds = new MplSeeds();
    for (const seed of [0x400, 0x800, 0xc00]) seeds.isNew(seed, 1, 0);
    for (let n = 0; n < 1000; n++) seeds.isNew(0x8c00, n & 0xff, 1);
    expect(seeds.size).toBe(35);
    expect([0x400, 0x800, 0xc00].map((seed) => seeds.isNew(seed, 1, 2))).toEqual([false, false, false]);
  });

  it('when it is full, refuses what is older than all of the seed that fills it', () => {
    const seeds = new MplSeeds();
    for (let n = 0; n < 35; n++) seeds.isNew(0x8c00, 100 + n, 0);
    expect(seeds.isNew(0x8c00, 90, 1)).toBe(false);
    expect(seeds.isNew(0x8c00, 140, 1)).toBe(true);
    expect(seeds.isNew(0x8c00, 101, 1)).toBe(false);
    expect(seeds.size).toBe(35);
  });
});
