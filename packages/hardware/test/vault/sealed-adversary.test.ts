/** Whoever can read and write the flash, and cut the power: old copies, damage, forged frames. */
import { bytesEqual, concat, fromHex, Secret, toHex } from '@selvage/core';
import { outcomeOfPromise } from '@selvage/core/testing';
import { SeededEntropy, SeededRandom } from '@selvage/core/virtual';
import { nativeCore } from '@selvage/crypto';
import { SealedStore, type SealedStoreOptions } from '@selvage/hardware';
import { describe, expect, it } from 'vitest';
import { Blobs } from '../../src/vault/blob.js';
import { SealedLog } from '../../src/vault/sealed-log.js';
import { NonceWitness } from '../support/nonce-witness.js';
import { VirtualCounter, VirtualSealedFile } from '../support/virtual-sealed-file.js';

const witness = new NonceWitness(nativeCore);
let opened = 0;

/** A flash and a chip, and the store on them. */
class Device {
  readonly file = new VirtualSealedFile();
  readonly counter = new VirtualCounter();
  readonly #key: Secret;

  constructor(key = 3) {
    this.#key = Secret.of(new Uint8Array(32).fill(key));
  }

  options(): SealedStoreOptions {
    const entropy = new SeededEntropy(`salts ${opened++}`);
    return { core: witness.core, entropy, file: this.file, counter: this.counter, key: this.#key };
  }

  open(): Promise<SealedStore> {
    return SealedStore.open(this.options());
  }

  outcome(): Promise<string> {
    return outcomeOfPromise(this.open());
  }

  copy(): Uint8Array {
    return (this.file.bytes as Uint8Array).slice();
  }
}

const value = (byte: number, length = 20): Uint8Array => new Uint8Array(length).fill(byte);
const shown = async (store: SealedStore, name: string): Promise<string | undefined> => {
  const bytes = await store.get(name);
  return bytes && toHex(bytes);
};

/** Where what is not padding ends. */
function contentLength(bytes: Uint8Array): number {
  return bytes.findLastIndex((byte) => byte !== 0) + 1;
}

describe('an old copy of a sealed store', () => {
  it('is refused whenever it is put back, every earlier one, and nothing is lost when the right one is back', async () => {
    const device = new Device();
    const copies: Uint8Array[] = [];
    device.file.beforeChange = () => void (device.file.bytes && copies.push(device.copy()));
    let tried = 0;
    for (let i = 1; i <= 12; i++) {
      // Every third life begins with an opening, and values are so large that the file is written anew on the way.
      let store = await device.open();
      for (let j = 0; j < 3; j++) await store.put(`name-${j}`, value(i, 9000));
      await store.delete(`name-${i % 3}`);
      const right = device.copy();
      for (const old of copies.filter((copy) => !bytesEqual(copy, right))) {
        device.file.bytes = old.slice();
        expect(await device.outcome()).toBe('store-rolled-back');
        tried++;
      }
      device.file.bytes = right;
      store = await device.open();
      expect((await store.names()).length).toBe(2);
      expect(await shown(store, `name-${(i + 1) % 3}`)).toBe(toHex(value(i, 9000)));
    }
    expect(tried).toBe(378);
    expect([witness.repeated, witness.sealed > 50]).toEqual([[], true]);
  });

  it('says which number it ends with and which there should be, and that nothing was changed', async () => {
    const device = new Device();
    const store = await device.open();
    await store.put('a', value(1));
    const old = device.copy();
    await store.put('a', value(2));
    device.file.bytes = old;
    await expect(device.open()).rejects.toMatchObject({ details: { number: 2, count: 3 }, remedy: /Put back/ });
    expect(device.file.bytes).toEqual(old);
  });

  it('is refused where it was caught before its counter was raised: nothing written after a restart is lost to it', async () => {
    const device = new Device();
    await (await device.open()).put('a', value(1));
    const before = device.copy();
    device.counter.beforeAdvance = () => {
      throw new RangeError('the power is off');
    };
    expect(await outcomeOfPromise((await device.open()).put('a', value(2)))).not.toBe('returned');
    const caught = device.copy();
    device.counter.beforeAdvance = undefined;
    // It would be taken now, as what a power cut left; but whoever cut the power puts the older one back.
    device.file.bytes = before;
    await (await device.open()).put('a', value(3));
    device.file.bytes = caught;
    expect(await device.outcome()).toBe('store-rolled-back');
    expect(witness.repeated).toEqual([]);
  });

  it('is refused where there is no file at all any more, or another device’s', async () => {
    const [device, other] = [new Device(3), new Device(4)];
    await (await device.open()).put('a', value(1));
    await (await other.open()).put('a', value(1));
    device.file.bytes = undefined;
    expect(await device.outcome()).toBe('store-rolled-back');
    device.file.bytes = other.copy();
    expect(await device.outcome()).toBe('store-failed');
  });

  it('is refused where the counter was put back instead', async () => {
    const device = new Device();
    const store = await device.open();
    for (let i = 0; i < 4; i++) await store.put('a', value(i));
    device.counter.value -= 2;
    expect(await device.outcome()).toBe('store-rolled-back');
  });
});

describe('damage of a sealed store', () => {
  /** A store of several eras and frames, whose last frame the counter has or has not. */
  async function sample(isCounted: boolean): Promise<{ device: Device; acknowledged: number; end: number }> {
    const device = new Device();
    await (await device.open()).put('a', value(1));
    const store = await device.open();
    await store.put('b', value(2));
    await store.put('a', value(3));
    const acknowledged = contentLength(device.copy());
    if (!isCounted) {
      device.counter.beforeAdvance = () => {
        throw new RangeError('the power is off');
      };
    }
    await store.put('a', value(4)).catch(() => undefined);
    device.counter.beforeAdvance = undefined;
    return { device, acknowledged, end: contentLength(device.copy()) };
  }

  it('in any bit of what was acknowledged is told, never read', async () => {
    const { device, end } = await sample(true);
    const right = device.copy();
    let told = 0;
    for (let bit = 0; bit < 8 * end; bit++) {
      const flipped = right.slice();
      flipped[bit >> 3] = (flipped[bit >> 3] as number) ^ (1 << (bit & 7));
      device.file.bytes = flipped;
      if (['store-failed', 'store-rolled-back'].includes(await device.outcome())) told++;
    }
    expect([told, end > 300]).toEqual([8 * end, true]);
    device.file.bytes = right;
    expect(await shown(await device.open(), 'a')).toBe(toHex(value(4)));
  });

  it('in any bit of the frame that a power cut tore makes it one that was never acknowledged', async () => {
    const { device, acknowledged, end } = await sample(false);
    const [right, count] = [device.copy(), device.counter.value];
    for (let bit = 8 * acknowledged; bit < 8 * end; bit++) {
      const flipped = right.slice();
      flipped[bit >> 3] = (flipped[bit >> 3] as number) ^ (1 << (bit & 7));
      device.file.bytes = flipped;
      device.counter.value = count;
      expect(await shown(await device.open(), 'a')).toBe(toHex(value(3)));
    }
    expect(8 * (end - acknowledged)).toBeGreaterThan(300);
  });

  it('behind the last frame changes nothing, and what is written there later is read', async () => {
    const { device, end } = await sample(true);
    const right = device.copy();
    for (let seed = 0; seed < 20; seed++) {
      const random = new SeededRandom(`padding ${seed}`);
      const scribbled = right.slice();
      scribbled.set(random.bytes(200), end);
      device.file.bytes = scribbled;
      const count = device.counter.value;
      const store = await device.open();
      expect(await shown(store, 'a')).toBe(toHex(value(4)));
      await store.put('c', value(seed));
      expect(await shown(await device.open(), 'c')).toBe(toHex(value(seed)));
      device.counter.value = count;
    }
  });

  it('is told wherever the file is cut off', async () => {
    const { device, end } = await sample(true);
    const right = device.copy();
    for (let length = 0; length < end; length++) {
      device.file.bytes = right.slice(0, length);
      expect({ length, told: ['store-failed', 'store-rolled-back'].includes(await device.outcome()) }).toEqual({
        length,
        told: true,
      });
    }
  });

  it('by random bytes, and by pieces of the file in other places, is told', async () => {
    const { device, end } = await sample(true);
    const right = device.copy();
    for (let seed = 0; seed < 300; seed++) {
      const random = new SeededRandom(`splice ${seed}`);
      const spliced = right.slice();
      const [from, to, length] = [random.below(end), random.below(end), 1 + random.below(120)];
      spliced.set(seed % 2 ? right.slice(from, from + length) : random.bytes(length), to);
      if (bytesEqual(spliced.subarray(0, end), right.subarray(0, end))) continue;
      device.file.bytes = spliced;
      expect({ seed, told: ['store-failed', 'store-rolled-back'].includes(await device.outcome()) }).toEqual({
        seed,
        told: true,
      });
    }
  });

  it('by a forged frame with nothing in it is told, whatever its tag', async () => {
    const device = new Device();
    await (await device.open()).put('a', value(1));
    const right = device.copy();
    const place = contentLength(right);
    device.counter.value++;
    for (const [length, tag] of [
      [16, '00'.repeat(16)],
      [16, 'ff'.repeat(16)],
      [17, '00'.repeat(17)],
      [0, ''],
    ] as const) {
      const forged = right.slice();
      const number = device.counter.value.toString(16).padStart(12, '0');
      forged.set(concat(fromHex(`${number}00${length.toString(16).padStart(8, '0')}${tag}`)), place);
      device.file.bytes = forged;
      expect(['store-failed', 'store-rolled-back']).toContain(await device.outcome());
    }
  });
});

describe('a disk that fails', () => {
  it('and has room again later keeps what was acknowledged, and all that is asked after', async () => {
    const device = new Device();
    let isFull = false;
    let refused = 0;
    device.file.beforeChange = () => {
      if (isFull) throw Object.assign(new RangeError('no space'), { code: 'ENOSPC' });
    };
    const store = await device.open();
    for (let i = 0; i < 40; i++) {
      isFull = i % 4 === 1;
      const isKept = await store.put('a', value(i)).then(
        () => true,
        () => false,
      );
      if (!isKept) refused++;
      expect(await shown(store, 'a')).toBe(toHex(value(isFull ? i - 1 : i)));
      if (i % 7 === 0) expect(await shown(await device.open(), 'a')).toBe(toHex(value(isFull ? i - 1 : i)));
    }
    expect(refused).toBe(10);
    expect(witness.repeated).toEqual([]);
  });

  it('in its counter refuses the change, and takes the next', async () => {
    const device = new Device();
    const store = await device.open();
    await store.put('a', value(1));
    let fails = true;
    device.counter.beforeAdvance = () => {
      if (fails) throw new RangeError('worn out');
    };
    expect(await outcomeOfPromise(store.put('a', value(2)))).not.toBe('returned');
    expect(await shown(store, 'a')).toBe(toHex(value(1)));
    const caught = device.copy();
    fails = false;
    await store.put('b', value(3));
    const right = device.copy();
    device.file.bytes = caught;
    expect(await device.outcome()).toBe('store-rolled-back');
    device.file.bytes = right;
    const again = await device.open();
    expect([await shown(again, 'a'), await shown(again, 'b')]).toEqual([toHex(value(1)), toHex(value(3))]);
    expect(witness.repeated).toEqual([]);
  });
});

describe('what a sealed store shows', () => {
  it('are neither names nor values, in any file it ever wrote', async () => {
    const device = new Device();
    const store = await device.open();
    const seen: Uint8Array[] = [];
    device.file.beforeChange = () => void (device.file.bytes && seen.push(device.copy()));
    for (let i = 0; i < 30; i++) await store.put(`legible-name-${i}`, new TextEncoder().encode(`legible value ${i}`));
    seen.push(device.copy());
    expect(seen.filter((bytes) => Buffer.from(bytes).includes('legible')).length).toBe(0);
    expect(seen.length).toBeGreaterThan(20);
  });

  it('is wiped from memory when it is replaced, deleted or closed', async () => {
    const device = new Device();
    const log = await SealedLog.open(device.options());
    const write = (name: string, byte: number | undefined): Promise<void> =>
      log.write([{ name, value: byte === undefined ? undefined : value(byte) }], true);
    const held: Uint8Array[] = [];
    for (const name of ['replaced', 'deleted', 'closed']) {
      await write(name, 1);
      held.push(log.values.get(name) as Uint8Array);
    }
    expect(held.map((bytes) => toHex(bytes))).toEqual(held.map(() => toHex(value(1))));
    await write('replaced', 2);
    await write('deleted', undefined);
    await log.close();
    expect(held.map((bytes) => toHex(bytes))).toEqual(held.map(() => toHex(value(0))));
  });
});

describe('sealed blobs', () => {
  const blobs = new Blobs(nativeCore, new SeededEntropy('blobs'), Secret.of(value(9, 32)));

  it('open with their context alone, and with no bit changed, an empty one too', () => {
    for (const data of [new Uint8Array(0), value(7, 33)]) {
      const sealed = blobs.seal('ours/label', data);
      expect(blobs.open('ours/label', sealed)).toEqual(data);
      const refused: string[] = [];
      const attempt = (context: string, blob: Uint8Array): void => {
        try {
          blobs.open(context, blob);
        } catch (error) {
          refused.push((error as { code: string }).code);
        }
      };
      attempt('ours/other', sealed);
      attempt('theirs/label', sealed);
      for (let bit = 0; bit < 8 * sealed.length; bit++) {
        const flipped = sealed.slice();
        flipped[bit >> 3] = (flipped[bit >> 3] as number) ^ (1 << (bit & 7));
        attempt('ours/label', flipped);
      }
      for (let length = 0; length < sealed.length; length++) attempt('ours/label', sealed.slice(0, length));
      expect(refused).toEqual(Array(2 + 9 * sealed.length).fill('decrypt-error'));
    }
  });
});
