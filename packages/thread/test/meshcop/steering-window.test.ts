/** Which part of a long list the network is told to expect, in virtual time. */
import type { Instant } from '@selvage/core';
import { nativeCore } from '@selvage/crypto';
import { describe, expect, it } from 'vitest';
import { joinerPassphrase } from '../../src/meshcop/credentials/joiner-passphrase.js';
import { type JoinerEntry, type JoinerSelector, JoinerTable } from '../../src/meshcop/commissioner/joiner-table.js';
import { SteeringWindow } from '../../src/meshcop/commissioner/steering-window.js';
import { admitsAnybody, isAdmitted } from '../../src/meshcop/steering/steering-data.js';
import { joinerIdOf } from '../../src/meshcop/credentials/joiner-id.js';

const passphrase = joinerPassphrase('J01NME');
const second = 1000;

function eui64(i: number): Uint8Array {
  return Uint8Array.of(0x18, 0xb4, 0x30, 0, 0, 0, i >> 8, i & 0xff);
}

/** A list, a window for it, and the time that passes. */
class Listed {
  readonly table = new JoinerTable(nativeCore);
  readonly window = new SteeringWindow();
  readonly entries: JoinerEntry[];
  now: Instant = 0;

  constructor(count: number) {
    this.entries = Array.from({ length: count }, (_, i) => this.admit({ kind: 'eui64', eui64: eui64(i) }));
  }

  admit(selector: JoinerSelector): JoinerEntry {
    const entry = this.table.add(selector, passphrase, this.now + 3600 * second);
    this.update();
    return entry;
  }

  update(): void {
    this.window.update(this.table.entries, this.now);
  }

  /** Until then the window is asked when it wants to be. */
  pass(milliseconds: number): void {
    const until = this.now + milliseconds;
    while (this.window.deadline <= until) {
      this.now = this.window.deadline;
      this.update();
    }
    this.now = until;
  }

  knock(entry: JoinerEntry): void {
    entry.underWay++;
    this.window.knocked(entry, this.now);
  }

  join(entry: JoinerEntry): void {
    entry.underWay--;
    this.window.joined(entry, this.now);
  }

  get open(): number {
    return this.window.open.length;
  }
}

describe('the window of the steering data (Thread 1.3 §8.4.4.3)', () => {
  it('is open for the whole of a short list at once, and has nothing more to do', () => {
    const listed = new Listed(64);
    expect(listed.open).toBe(64);
    expect(listed.window.deadline).toBe(Infinity);
  });

  it('is open for a part of a long list, and for all of it after 20 s in which nobody comes', () => {
    const listed = new Listed(250);
    expect(listed.window.open).toEqual(listed.entries.slice(0, 16));
    const opened = [5, 10, 15, 20].map(() => (listed.pass(5 * second), listed.open));
    expect(opened).toEqual([32, 64, 128, 250]);
  });

  it('opens as a whole where devices come one after another, too', () => {
    const listed = new Listed(100);
    for (const entry of listed.entries.slice(0, 16)) {
      listed.knock(entry);
      listed.pass(4 * second);
      listed.join(entry);
      listed.pass(second);
    }
    expect(listed.open).toBe(100);
  });

  it('lets a crowd in a few at a time, those who knock first, and the next ones as these join', () => {
    const listed = new Listed(250);
    listed.pass(20 * second);
    expect(listed.open).toBe(250);
    // A crowd meets a list that is open: those of its end knock, too.
    const crowd = listed.entries.slice(-40);
    for (const entry of crowd) listed.knock(entry);
    listed.pass(5 * second);
    expect(listed.window.open).toEqual(crowd.slice(0, 16));
    const joined = new Set<JoinerEntry>();
    let rounds = 0;
    for (; joined.size < 250 && rounds < 200; rounds++) {
      for (const entry of listed.window.open) if (entry.underWay === 0 && !joined.has(entry)) listed.knock(entry);
      const busy = listed.entries.filter(({ underWay }) => underWay > 0);
      for (const entry of busy.slice(0, 5)) {
        listed.join(entry);
        joined.add(entry);
      }
      listed.pass(5 * second);
      const notJoined = listed.window.open.filter((entry) => !joined.has(entry)).length;
      expect(notJoined).toBeLessThanOrEqual(32);
    }
    expect(joined.size).toBe(250);
  });

  it('expects those a little longer who have just joined, and all of the list when the last one has', () => {
    const listed = new Listed(70);
    const [first] = listed.entries as [JoinerEntry];
    for (const entry of listed.entries.slice(0, 14)) listed.knock(entry);
    listed.join(first);
    listed.pass(5 * second);
    expect(listed.window.open).toContain(first);
    listed.pass(15 * second);
    expect(listed.window.open).not.toContain(first);
    // It is back: its key was lost.
    listed.knock(first);
    listed.pass(5 * second);
    expect(listed.window.open).toContain(first);
    for (const entry of listed.entries) {
      entry.underWay = 0;
      listed.window.joined(entry, listed.now);
    }
    listed.pass(5 * second);
    expect(listed.open).toBe(70);
  });

  it('gives the place of one that is withdrawn, or has gone, to the next', () => {
    const listed = new Listed(250);
    for (const entry of listed.entries.slice(0, 13)) listed.knock(entry);
    listed.table.remove(listed.entries[0]!.selector);
    listed.update();
    expect(listed.window.open).not.toContain(listed.entries[0]);
    expect(listed.open).toBe(16);
    for (const entry of listed.entries) entry.underWay = 0;
    // They are no crowd any more when a minute has gone by without them.
    listed.pass(85 * second);
    expect(listed.open).toBe(249);
    listed.window.clear();
    expect(listed.open).toBe(0);
    expect(listed.window.deadline).toBe(Infinity);
  });

  it('is open for all where anybody may join, and narrow again when that one is taken out', () => {
    const listed = new Listed(250);
    const any = listed.admit({ kind: 'any' });
    expect(listed.table.steeringDataOf(listed.window.open)).toEqual(admitsAnybody);
    expect(listed.window.deadline).toBe(Infinity);
    listed.table.remove(any.selector);
    listed.update();
    expect(listed.open).toBe(16);
  });

  it('makes steering data of its members, of whom all are on the list', () => {
    const listed = new Listed(250);
    const id = (i: number): Uint8Array => joinerIdOf(nativeCore, eui64(i));
    const steering = listed.table.steeringDataOf(listed.window.open);
    expect(listed.entries.slice(0, 16).every((_, i) => isAdmitted(steering, id(i)))).toBe(true);
    const strangers = listed.entries.slice(16).filter((_, i) => isAdmitted(steering, id(16 + i)));
    expect(strangers.length).toBeLessThan(30);
    listed.table.clear();
    expect(listed.table.steeringDataOf(listed.window.open)).toEqual(Uint8Array.of(0));
  });
});
