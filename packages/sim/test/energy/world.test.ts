import { type EnergyUse, noOperations, useSince, World } from '@selvage/sim';
import { describe, expect, it } from 'vitest';

const minute = 60_000;

async function hourOf(kind: 'sleepy' | 'end-device'): Promise<EnergyUse> {
  const world = new World({ seed: 'hour', metersEnergy: true });
  world.add({ name: 'router', kind: 'router' }).start('lead');
  await world.run(10_000);
  const child = world.add({ name: 'child', kind, pollPeriod: 5000 });
  child.start('attach');
  expect(await world.until(() => child.thread?.role === 'child', minute)).toBeDefined();
  await world.run(2 * minute);
  const before = child.energy!.use;
  await world.run(60 * minute);
  return useSince(before, child.energy!.use);
}

describe('a world that counts what its nodes do', () => {
  it('has a sleepy child poll 720 times in an hour: an assessment, a poll, and the receiver for its acknowledgement', async () => {
    const { duration, radio, asleep, receiving } = await hourOf('sleepy');
    // Its parent's empty frames, each acknowledged: one in 130 s.
    const supervised = radio.frames - 720;
    expect(duration).toBe(60 * minute);
    expect([27, 28]).toContain(supervised);
    expect(radio.assessing).toBeCloseTo(720 * 0.192, 6);
    expect(radio.transmitting).toBeCloseTo(720 * 0.896 + supervised * 0.352, 6);
    // Of those frames: a back-off of at most seven units, an assessment, 27 bytes, and 192 µs.
    const ofPolls = 720 * 0.544;
    const [least, most] = [0.192 + 0.864 + 0.192, 7 * 0.32 + 0.192 + 0.864 + 0.192];
    expect(radio.receiving).toBeGreaterThan(ofPolls + supervised * least - 1e-6);
    expect(radio.receiving).toBeLessThan(ofPolls + supervised * most + 1e-6);
    expect(asleep).toMatchObject({ ...noOperations, aesBlocks: expect.closeTo(720 * 4, -1) as number });
    expect(receiving.aesBlocks).toBe(supervised * 4);
  });

  it('has an end device whose receiver is on receive all of it, but for its own frames', async () => {
    const { duration, radio, asleep } = await hourOf('end-device');
    expect(radio.receiving).toBeCloseTo(duration - radio.transmitting - radio.assessing, 3);
    expect(radio.receiving / duration).toBeGreaterThan(0.999);
    expect(asleep).toEqual(noOperations);
  });

  it('counts over a join, its radios and restarts, and nothing in a world that does not', async () => {
    const label = { eui64: '18b4300000000001', passphrase: 'J01NME' };
    const world = new World({ seed: 'join', metersEnergy: true });
    world.add({ name: 'router', kind: 'router' }).start('lead');
    await world.run(10_000);
    world.commission('router').admit([label]);
    await world.run(10_000);
    const device = world.add({ name: 'device', kind: 'end-device', join: label });
    device.start('attach');
    expect(await world.until(() => device.thread?.role === 'child', minute)).toBeDefined();
    const { receiving } = device.energy!.use;
    expect(receiving).toMatchObject({ baseMultiplications: 6, multiplications: 8, signatures: 0, verifications: 0 });
    const { frames } = device.energy!.use.radio;
    device.cutPower();
    await world.run(1000);
    expect(device.energy!.use.radio.frames).toBe(frames);
    device.start('attach');
    await world.until(() => device.thread?.role === 'child', minute);
    expect(device.energy!.use.radio.frames).toBeGreaterThan(frames);
    expect(new World({ seed: 'none' }).add({ name: 'node', kind: 'router' }).energy).toBeUndefined();
  });
});
