import { toHex } from '@selvage/core';
import { nativeCore } from '@selvage/crypto';
import { captureAir, NonceWatch, World } from '@selvage/sim';
import { describe, expect, it } from 'vitest';

/** Five minutes of ten nodes with loss, a restart and a power cut. */
async function air(seed: string): Promise<{ readonly digest: string; readonly bytes: number; readonly world: World }> {
  const world = new World({ seed, conditions: { loss: 0.05 }, range: 100 });
  const chunks: Uint8Array[] = [];
  captureAir(world, (chunk) => void chunks.push(chunk));
  const watch = new NonceWatch(world);
  world.add({ name: 'leader', kind: 'router', position: { x: 0, y: 0 } }).start('lead');
  for (let i = 0; i < 9; i++) {
    const kind = i % 2 === 0 ? 'end-device' : 'sleepy';
    const node = world.add({ name: `n${i}`, kind, position: { x: i * 9, y: 5 }, pollPeriod: 10_000 });
    world.at(1000 * i, () => node.start('attach'));
  }
  world.at(60_000, () => world.node('n3').stop());
  world.at(70_000, () => world.node('n3').start('attach'));
  world.at(90_000, () => world.node('n4').cutPower());
  world.at(95_000, () => world.node('n4').start('attach'));
  await world.run(300_000);
  expect(watch.reuses).toEqual([]);
  expect(watch.counted).toBeGreaterThan(100);
  const bytes = chunks.reduce((sum, { length }) => sum + length, 0);
  return { digest: toHex(nativeCore.hash('sha256', ...chunks)), bytes, world };
}

describe('a world and its seed', () => {
  it('the same seed puts the same bytes on the air', async () => {
    const [first, second] = [await air('seven'), await air('seven')];
    expect(second.digest).toBe(first.digest);
    expect([...first.world.nodes].map(({ thread }) => thread?.role)).toEqual([
      'leader',
      ...Array.from({ length: 9 }, () => 'child'),
    ]);
    expect(first.bytes).toBeGreaterThan(20_000);
  });

  it('another seed puts others there', async () => {
    expect((await air('eight')).digest).not.toBe((await air('seven')).digest);
  });
});
