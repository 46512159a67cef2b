import { describe, expect, it } from 'vitest';
import type { Entropy } from '@selvage/core';
import { clockSuite, datagramSuite, entropySuite, storeSuite } from '@selvage/core/testing';
import { MemoryStore, VirtualClock, VirtualLink } from '@selvage/core/virtual';
import { failuresOf } from '../support/recording.js';

describe('the port contracts find', () => {
  it('a clock that wakes inside wakeAt', async () => {
    class Eager extends VirtualClock {
      override wakeAt(at: number, callback: () => void) {
        if (at <= this.now()) callback();
        return super.wakeAt(at, callback);
      }
    }
    const failed = await failuresOf((test) =>
      clockSuite(test, {
        name: 'eager',
        create: () => {
          const clock = new Eager();
          return { clock, until: (condition) => clock.runUntil(condition) };
        },
      }),
    );
    expect(failed).toContain('wakes soon, but not at once, for an instant that has passed');
  });

  it('entropy that repeats itself, or fills in part', async () => {
    const constant: Entropy = { fill: (target) => void target.fill(4, 0, 20) };
    const failed = await failuresOf((test) => entropySuite(test, { name: 'constant', create: () => constant }));
    expect(failed).toEqual([
      'fills the whole target, whatever its length',
      'fills more than one call of getRandomValues gives',
      'gives other bytes at every draw',
    ]);
  });

  it("a port that keeps the sender's buffer", async () => {
    const failed = await failuresOf((test) =>
      datagramSuite(test, {
        name: 'sharing',
        create: () => {
          const clock = new VirtualClock();
          const { a, b } = new VirtualLink({ clock });
          const send = a.send.bind(a);
          a.send = (payload, to) => void clock.wakeAt(0, () => send(payload, to));
          return Promise.resolve({
            a,
            addressOfA: a.address,
            b,
            addressOfB: b.address,
            until: (condition: () => boolean) => clock.runUntil(condition),
          });
        },
      }),
    );
    expect(failed).toContain('lets the sender use its buffer again at once');
  });

  it('a store that forgets when it is opened again, and one that shares its bytes', async () => {
    const values = new Map<string, Uint8Array>();
    class Sharing extends MemoryStore {
      override put(name: string, value: Uint8Array): Promise<void> {
        values.set(name, value);
        return super.put(name, value);
      }
      override get(name: string): Promise<Uint8Array | undefined> {
        return super.get(name).then((value) => value && values.get(name));
      }
    }
    const failed = await failuresOf((test) =>
      storeSuite(test, {
        name: 'forgetful',
        create: () =>
          Promise.resolve({
            store: new Sharing(),
            reopen: () => Promise.resolve(new MemoryStore()),
            dispose: () => Promise.resolve(),
          }),
      }),
    );
    expect(failed).toContain('shares no bytes with its callers');
    expect(failed).toContain('has everything acknowledged when it is opened again');
  });
});
