import { fromHex } from '@selvage/core';
import { NonceWatch, World } from '@selvage/sim';
import { writeFrameCheck } from '@selvage/thread';
import { beforeEach, describe, expect, it } from 'vitest';

/** 06:68 of OpenThread's capture 06 without its check sequence: a Data Request with counter 0 under key index 1. */
const dataRequest = '6bdc04d0fad2224e3cf4f2daf6c04f98475cdf207e0d0000000001049e5a8fb4';
/** 06:1: a Parent Request with MLE counter 0 under key sequence 0. */
const parentRequest =
  '41d8c270faffffc4054b72e8cc1f4e7f3b02f04d4c4d4c404c0015000000000000000001' +
  '7c06539432de9153100b4e1424da1008f8cfba5d4a5c2b3cb0';

describe('the watch over frame counters', () => {
  let world: World;
  let watch: NonceWatch;

  const hear = async (sender: string, hex: string): Promise<void> => {
    const body = fromHex(hex);
    const psdu = new Uint8Array(body.length + 2);
    psdu.set(body);
    writeFrameCheck(psdu);
    const radio = world.ether.open(sender);
    radio.transmit({ id: 1, psdu, channel: 15, assess: false });
    await world.run(10);
    radio.close();
  };

  beforeEach(() => {
    world = new World({ seed: 'watch' });
    watch = new NonceWatch(world);
  });

  it.each([
    ['a frame', dataRequest, 'mac'],
    ['an MLE message', parentRequest, 'mle'],
  ])('lets %s be repeated, and tells another one under the same counter', async (_, hex, layer) => {
    await hear('a', hex);
    await hear('a', hex);
    expect(watch.reuses).toEqual([]);
    await hear('a', hex.replace(/..$/, '00'));
    expect(watch.reuses).toMatchObject([{ sender: 'a', layer, counter: 0 }]);
    expect(watch.counted).toBe(1);
  });

  it('keeps senders, keys and layers apart', async () => {
    await hear('a', dataRequest);
    await hear('b', dataRequest.replace(/..$/, '00'));
    await hear('a', dataRequest.replace('0d0000000001', '0d0000000002').replace(/..$/, '00'));
    await hear('a', parentRequest);
    await hear('a', parentRequest.replace('00000000017c', '00000001027c').replace(/..$/, '00'));
    expect(watch.reuses).toEqual([]);
    expect(watch.counted).toBe(5);
  });

  it('remembers counters however late they come again, and says what that weighs', async () => {
    const counter = (number: number): string => number.toString(16).padStart(8, '0').match(/../g)!.reverse().join('');
    for (const number of [5, 1000, 70_000]) await hear('a', dataRequest.replace('0d00000000', `0d${counter(number)}`));
    await hear('a', dataRequest.replace('0d00000000', `0d${counter(5)}`).replace(/..$/, '00'));
    expect(watch.reuses).toMatchObject([{ counter: 5 }]);
    expect(watch.bytes).toBe(3 * 256 * 4);
  });
});
