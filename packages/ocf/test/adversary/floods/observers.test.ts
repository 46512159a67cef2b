import { describe, expect, it } from 'vitest';
import { ocfRequest, securityPaths as at } from '../../../src/index.js';
import { own } from '../../device/support/transfer.js';
import { World } from '../../device/support/world.js';
import { Arena, paired, pairKey } from '../support/arena.js';

describe('a flood of observers', () => {
  it('in the clear is told of no change beyond what the device keeps, and keeps no tool out', async () => {
    const world = await new World('observers').start();
    let notifications = 0;
    const listener = { onNotification: () => notifications++, onEnd: () => notifications++ };
    for (let i = 0; i < 600; i++) {
      const { plain } = world.peer(`observer ${i}`);
      plain.observe(world.plain.address, ocfRequest('GET', at.pstat), listener);
      await world.pass(3);
    }
    // Some ask twice: of a new address that comes when all that are looked at have something under way, nothing is kept.
    await world.pass(4000);
    expect(notifications).toBe(600);
    await own(world, world.peer('tool'));
    await world.pass(1000);
    expect(world.device.state).toBe('RFNOP');
    // Observers in the clear may not read it any more: each that was kept is told so, once.
    expect(notifications).toBeLessThanOrEqual(600 + 256);
  });

  it('of one session is cut at 32, and the others are told', async () => {
    const { world } = await Arena.open('observers of one');
    const [greedy, modest] = [await open('greedy', world), await open('modest', world)];
    let first = 0;
    let once = 0;
    let told = 0;
    for (let i = 0; i < 200; i++) {
      greedy.coap.observe(greedy.to, ocfRequest('GET', '/open'), {
        onNotification: () => first++,
        onEnd: () => once++,
      });
    }
    modest.coap.observe(modest.to, ocfRequest('GET', '/open'), { onNotification: () => told++ });
    await world.pass(5000);
    expect([first, once, told]).toEqual([32, 168, 1]);
    await world.device.set('/open', { flag: true });
    await world.pass(5000);
    expect([first, told]).toEqual([64, 2]);
  });
});

async function open(name: string, world: World) {
  return world.openShared(world.peer(name), paired, pairKey);
}
