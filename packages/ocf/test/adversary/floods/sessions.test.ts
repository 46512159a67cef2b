import { describe, expect, it } from 'vitest';
import { securityPaths as at } from '../../../src/index.js';
import { own } from '../../device/support/transfer.js';
import { owner, stranger, World } from '../../device/support/world.js';
import { Arena, paired, pairKey } from '../support/arena.js';
import { issued } from '../support/certified.js';
import { beginJustWorks, beginShared } from '../support/openings.js';
import { codeOf } from '../support/outcome.js';

describe('hundreds of sessions', () => {
  it('of one device that may nothing keep neither the owner nor others out', async () => {
    const arena = await Arena.open('sessions');
    const { world, root } = arena;
    arena.session.close();
    await world.pass(10);
    for (let i = 0; i < 200; i++) {
      void beginShared(world, world.peer(`paired ${i}`), paired, pairKey);
      await world.pass(12);
    }
    const session = await world.openShared(world.peer('owner again'), owner, arena.ownerKey);
    expect(await codeOf(world, session.get(at.doxm))).toBe('2.05');
    const certificate = await issued(world, root, { kind: 'identity', device: stranger });
    const guest = await world.openCertified(world.peer('guest'), certificate);
    expect(await codeOf(world, guest.get('/open'))).toBe('2.05');
  });
});

describe('hundreds of handshakes', () => {
  it('that are begun and left do not keep a tool from the onboarding connection', async () => {
    const world = await new World('handshakes').start();
    await world.run(world.peer('flood').ask(world.plain.address, 'POST', at.doxm, { value: { oxmsel: 0 } }));
    // Each brings its cookie back, and says nothing more.
    const sent = new Map<string, number>();
    world.network.tamper = (payload, { key }) => {
      sent.set(key, (sent.get(key) ?? 0) + 1);
      return key.startsWith('half') && (sent.get(key) ?? 0) > 2 ? [] : [payload];
    };
    for (let i = 0; i < 300; i++) {
      void beginJustWorks(world, world.peer(`half ${i}`));
      await world.pass(5);
    }
    await own(world, world.peer('tool'));
    expect(world.device.state).toBe('RFNOP');
  });
});
