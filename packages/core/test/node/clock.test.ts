import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it, vi } from 'vitest';
import { systemClock, UdpPort } from '@selvage/core/node';
import { clockSuite } from '@selvage/core/testing';

clockSuite(
  { describe, it, expect },
  {
    name: 'systemClock',
    create: () => ({
      clock: systemClock,
      until: async (condition) => {
        while (!condition()) await turn();
      },
    }),
  },
);

describe('systemClock', () => {
  it('wakes at an instant farther away than setTimeout can wait, and not at once', () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
    try {
      const days = 60 * 24 * 3600 * 1000;
      const fired: number[] = [];
      const start = performance.now();
      systemClock.wakeAt(start + days, () => fired.push(performance.now() - start));
      vi.advanceTimersByTime(days - 1000);
      expect(fired).toEqual([]);
      vi.advanceTimersByTime(2000);
      expect(fired).toEqual([days]);
    } finally {
      vi.useRealTimers();
    }
  });

  it('reads what arrived while the process was held up before it fires what fell due then, in order', async () => {
    const [here, there] = [await UdpPort.bind(), await UdpPort.bind()];
    const seen: string[] = [];
    here.onDatagram((payload) => seen.push(String.fromCharCode(...payload)));
    const begun = performance.now();
    for (const delay of [6, 3]) {
      systemClock.wakeAt(begun + delay, () => {
        seen.push(`${delay} ms`);
        if (delay === 3) there.send(Uint8Array.of(0x62), here.local);
      });
    }
    const cancelled = systemClock.wakeAt(begun + 4, () => seen.push('cancelled'));
    systemClock.wakeAt(begun + 3, () => cancelled.cancel());
    there.send(Uint8Array.of(0x61), here.local);
    // It is with the system at the latest then.
    while (performance.now() < begun + 50);
    await vi.waitFor(() => expect(seen).toEqual(['a', '3 ms', 'b', '6 ms']), 60_000);
    for (const port of [here, there]) port.close();
  });
});
