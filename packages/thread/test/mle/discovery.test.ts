import { describe, expect, it } from 'vitest';
import { Discovery } from '../../src/mle/discovery/discovery.js';
import type { MleHost } from '../../src/mle/mle-host.js';

/** A discovery on a link that is not there, and the channels on which it asked. */
function discovering(channels: readonly number[]): { readonly discovery: Discovery; readonly asked: number[] } {
  const link = { channel: 11, setChannel: () => undefined, setReceiveOn: () => undefined };
  const asked: number[] = [];
  const host = { link, send: () => undefined } as unknown as MleHost;
  const news = { asking: (channel: number) => void asked.push(channel), found: () => undefined };
  return { discovery: new Discovery(host, channels, false, news), asked };
}

/** Looks when it wants to, but late; the instants at which it asked on a channel. */
function looking(channels: readonly number[], lateness: (look: number) => number): number[] {
  const { discovery, asked } = discovering(channels);
  const begun: number[] = [];
  for (let [look, now] = [0, 0]; !discovery.isOver; now = discovery.deadline + lateness(++look)) {
    discovery.tick(now);
    if (asked.length > begun.length || discovery.isOver) begun.push(now);
  }
  return begun;
}

describe('a discovery (Thread 1.3 §8.4.4)', () => {
  it('goes to the next channel when the 300 ms of one are over', () => {
    expect(looking([15, 20], () => 0)).toEqual([0, 300, 600]);
  });

  it('waits longer where the host is slow: whoever answers may be, too', () => {
    expect(looking([15, 20], () => 10)).toEqual([0, 360, 720]);
  });

  it('waits anew where the host was held up, and not for ever', () => {
    expect(looking([15, 20], (look) => (look === 6 ? 1000 : 0))).toEqual([0, 300 + 1000 + 300, 1600 + 300]);
    // Four times anew, and then for the six pieces of the wait.
    expect(looking([15], () => 1000)).toEqual([0, (4 + 6) * (50 + 1000)]);
  });

  it('ends at once where enough was found, however late it is told', () => {
    const { discovery, asked } = discovering([15, 20]);
    discovery.tick(0);
    discovery.stop();
    discovery.tick(1000);
    expect([asked, discovery.isOver]).toEqual([[15], true]);
  });
});
