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

describe('a discovery (Thread 1.3 §8.4.4)', () => {
  it('goes to the next channel when the time of one is over', () => {
    const { discovery, asked } = discovering([15, 20]);
    for (const now of [0, 299, 300, 610]) discovery.tick(now);
    expect([asked, discovery.isOver]).toEqual([[15, 20], true]);
  });

  it('waits anew where the host was held up beyond the end of that time, and not for ever', () => {
    const { discovery, asked } = discovering([15, 20]);
    discovery.tick(0);
    const late = [1000, 2000, 3000, 4000];
    for (const now of late) {
      discovery.tick(now);
      expect(discovery.deadline).toBe(now + 300);
    }
    expect(asked).toEqual([15]);
    discovery.tick(5000);
    expect(asked).toEqual([15, 20]);
    discovery.tick(5300);
    expect(discovery.isOver).toBe(true);
  });

  it('ends at once where enough was found, however late it is told', () => {
    const { discovery, asked } = discovering([15, 20]);
    discovery.tick(0);
    discovery.stop();
    discovery.tick(1000);
    expect([asked, discovery.isOver]).toEqual([[15], true]);
  });
});
