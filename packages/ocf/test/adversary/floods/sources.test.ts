import { ocfRequest, securityPaths as at } from '../../../src/index.js';
import { describe, expect, it } from 'vitest';
import { World } from '../../device/support/world.js';
import { codeOf } from '../support/outcome.js';

describe('a flood from ever new addresses', () => {
  it('of requests to the group, answered a while later, leaves room for one who asks the device itself', async () => {
    const world = await new World('sources').start();
    for (let i = 0; i < 700; i++) {
      const request = ocfRequest('GET', at.doxm, { confirmable: false });
      void world.peer(`source ${i}`).plain.askGroup(world.group.address, request, { listenFor: 5000 });
      if (i % 100 === 99) await world.pass(10);
    }
    const asking = world.peer('tool').ask(world.plain.address, 'GET', at.doxm);
    const begun = world.clock.now();
    expect(await codeOf(world, asking)).toBe('2.05');
    expect(world.clock.now() - begun).toBeLessThan(1000);
  });

  it('of requests in the clear leaves room too', async () => {
    const world = await new World('requests').start();
    let answered = 0;
    for (let i = 0; i < 1500; i++) {
      void world
        .peer(`source ${i}`)
        .ask(world.plain.address, 'GET', '/oic/res')
        .then(
          () => answered++,
          () => undefined,
        );
      if (i % 50 === 49) await world.pass(10);
    }
    expect(answered).toBe(1500);
    expect(await codeOf(world, world.peer('tool').ask(world.plain.address, 'GET', at.doxm))).toBe('2.05');
  });
});
