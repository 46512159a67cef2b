import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import type { CborValue } from '@selvage/core';
import { outcomeOf, outcomeOfPromise } from '@selvage/core/testing';
import { SeededEntropy } from '@selvage/core/virtual';
import { nativeCore, portableCore } from '@selvage/crypto';
import { imageKeyOf, Peripherals, UniqueKey } from '@selvage/hardware';
import { VirtualBoard } from '@selvage/hardware/virtual';

describe('a unique key', () => {
  const secret = UniqueKey.draw(new SeededEntropy('chip'));
  const key = new UniqueKey(nativeCore, secret);

  it('gives other keys for each label and length, the same ones at every start, with every engine', () => {
    const derive = (label: string, length: number, from = key): string =>
      Buffer.from(from.deriveKey(label, length).reveal()).toString('hex');
    expect(derive('a', 32)).toBe(derive('a', 32, new UniqueKey(portableCore, secret)));
    const keys = [derive('a', 32), derive('b', 32), derive('', 32), derive('a', 16), derive('A', 32)];
    expect(new Set(keys.map((one) => one.slice(0, 32))).size).toBe(4);
    expect(keys.map((one) => one.length)).toEqual([64, 64, 64, 32, 64]);
  });

  it('shows itself to nobody', () => {
    const bytes = Buffer.from(secret.reveal());
    const shown = [inspect(key, { depth: 9, showHidden: true }), JSON.stringify(key)].join();
    for (const form of ['hex', 'base64', 'latin1'] as const) expect(shown.includes(bytes.toString(form))).toBe(false);
    expect(Object.keys(key)).toEqual([]);
  });

  it('has 32 bytes', () => {
    expect(outcomeOf(() => new UniqueKey(nativeCore, key.deriveKey('short', 16)))).toBe('invalid-length');
  });

  it('makes the same image key at every start, whose public half is on the curve', async () => {
    const virtual = new VirtualBoard();
    const [first, second] = [imageKeyOf(await virtual.powerOn()), imageKeyOf(await virtual.powerOn())];
    expect(first.publicKey).toEqual(second.publicKey);
    expect(nativeCore.p256.isPoint(first.publicKey)).toBe(true);
  });
});

describe('the counters of a board', () => {
  it('are one object a name, each its own number, and keep it over a restart', async () => {
    const virtual = new VirtualBoard();
    const { counters } = await virtual.powerOn();
    const [first, again, other] = await Promise.all(['one', 'one', 'two'].map((name) => counters.counter(name)));
    expect(first).toBe(again);
    await first?.advance(5);
    expect([await again?.read(), await other?.read()]).toEqual([5, 0]);
    const board = await virtual.powerOn();
    expect(await (await board.counters.counter('one')).read()).toBe(5);
    for (const wrong of ['', '../x', 'A b']) {
      expect(await outcomeOfPromise(board.counters.counter(wrong))).toBe('store-name-invalid');
    }
  });

  it("are each under a key of their own name: one's memory is no other's", async () => {
    const virtual = new VirtualBoard();
    const { counters } = await virtual.powerOn();
    await (await counters.counter('high')).advance(100);
    const security = virtual.counters.get('security');
    security?.bytes.set(virtual.counters.get('high')?.bytes as Uint8Array);
    expect(await outcomeOfPromise(virtual.powerOn())).toBe('store-failed');
  });
});

describe('the reset button', () => {
  it('is pending from the moment it is held until all is wiped, over every restart', async () => {
    const virtual = new VirtualBoard();
    const { resetButton } = await virtual.powerOn();
    expect(await resetButton.isPending()).toBe(false);
    let held = 0;
    resetButton.onHold(() => held++);
    await resetButton.hold();
    await resetButton.hold();
    expect([held, await resetButton.isPending()]).toEqual([2, true]);
    const next = await virtual.powerOn();
    expect(await next.resetButton.isPending()).toBe(true);
    await next.resetButton.done();
    expect(await (await virtual.powerOn()).resetButton.isPending()).toBe(false);
  });

  it('held twice is one reset, and can be held again after it', async () => {
    const { resetButton } = await new VirtualBoard().powerOn();
    for (let reset = 0; reset < 3; reset++) {
      await resetButton.hold();
      await resetButton.hold();
      await resetButton.done();
      expect(await resetButton.isPending()).toBe(false);
    }
  });

  it('is pending or not after a power cut at each of its writes, and never half', async () => {
    let cuts = 0;
    for (const moment of ['before', 'torn', 'after'] as const) {
      for (let operation = 0; operation < 2; operation++) {
        const virtual = new VirtualBoard();
        const { resetButton } = await virtual.powerOn();
        virtual.power.cutAt({ operation, moment });
        const work = async (): Promise<void> => {
          await resetButton.hold();
          await resetButton.done();
        };
        expect(await outcomeOfPromise(work())).toBe('store-failed');
        const again = await virtual.powerOn();
        const isPending = await again.resetButton.isPending();
        if (moment === 'before') expect(isPending).toBe(operation === 1);
        if (moment === 'after') expect(isPending).toBe(operation === 0);
        await again.resetButton.done();
        expect(await again.resetButton.isPending()).toBe(false);
        cuts++;
      }
    }
    expect(cuts).toBe(6);
  });
});

describe('peripherals', () => {
  it('carry what firmware shows out, what comes in back, by name, to all who listen', () => {
    const peripherals = new Peripherals();
    const heard: [string, string, CborValue][] = [];
    const endShow = peripherals.onShow((name, value) => heard.push(['shown', name, value]));
    const endInput = peripherals.onInput((name, value) => heard.push(['input', name, value]));
    peripherals.show('lamp', true);
    peripherals.input('button', 1);
    endShow();
    endInput();
    peripherals.show('lamp', false);
    peripherals.input('button', 2);
    expect(heard).toEqual([
      ['shown', 'lamp', true],
      ['input', 'button', 1],
    ]);
    expect([peripherals.shown('lamp'), peripherals.shown('display')]).toEqual([false, undefined]);
  });
});
