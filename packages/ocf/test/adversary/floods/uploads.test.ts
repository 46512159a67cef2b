import { contentFormat, option } from '@selvage/coap';
import { encodeCbor } from '@selvage/core';
import { describe, expect, it } from 'vitest';
import { securityPaths as at } from '../../../src/index.js';
import { World } from '../../device/support/world.js';
import { Arena, durable, paired, pairKey } from '../support/arena.js';
import { blockOf, sendRaw } from '../support/raw.js';
import { codeOf } from '../support/outcome.js';

const block = new Uint8Array(1024).fill(0x41);

describe('an upload of 10 MB', () => {
  it('is refused at its first block where it says how long it is', async () => {
    const { world, session } = await Arena.open('announced');
    const before = await durable(world);
    const request = { payload: new Uint8Array(10_000_000), contentFormat: contentFormat.ocfCbor };
    let sent = 0;
    world.network.tamper = (payload, from) => {
      if (from.key.startsWith('owner')) sent++;
      return [payload];
    };
    expect(await sendRaw(world, session, at.cred, request.payload)).toBe('4.13');
    expect(sent).toBeLessThan(3);
    expect(await durable(world)).toBe(before);
  });

  it('is refused at 16 KiB where it does not, in the clear and in a session', async () => {
    const { world, session } = await Arena.open('unannounced');
    for (const over of [session, world.peer('stranger')]) {
      const codes: string[] = [];
      for (let number = 0; number < 20; number++) {
        codes.push(await sendRaw(world, over, at.cred, block, blockOf(number, true)));
      }
      // The first that is too much ends it; what follows belongs to nothing.
      expect(codes).toEqual([...Array.from({ length: 16 }, () => '2.31'), ...Array.from({ length: 4 }, () => '4.13')]);
    }
  });
});

describe('many half-finished uploads', () => {
  it('of strangers hold no more than their share, and nobody else up', async () => {
    const world = await new World('half uploads').start();
    let kept = 0;
    for (let i = 0; i < 60; i++) {
      const stranger = world.peer(`stranger ${i}`);
      let blocks = 0;
      while (blocks < 15 && (await sendRaw(world, stranger, at.doxm, block, blockOf(blocks, true))) === '2.31')
        blocks++;
      // What is refused is dropped.
      if (blocks === 15) kept += blocks * block.length;
    }
    expect(kept).toBeGreaterThan(0);
    expect(kept).toBeLessThanOrEqual(262_144);
    const oxmsel = encodeCbor({ oxmsel: 0 });
    expect(await sendRaw(world, world.peer('tool'), at.doxm, oxmsel)).toBe('2.04');
  });

  it('of one who may nothing do not keep the owner from its own', async () => {
    const arena = await Arena.open('half uploads of a guest');
    const { world, session } = arena;
    await arena.enter('RFPRO');
    for (let i = 0; i < 8; i++) {
      const guest = await world.openShared(world.peer(`guest ${i}`), paired, pairKey);
      for (const path of ['/a', '/b', '/c', '/d', '/e']) {
        await codeOf(
          world,
          guest.coap
            .request(guest.to, {
              method: 'POST',
              path,
              payload: block,
              options: [option.block1.of({ number: 0, more: true, size: 1024 })],
            })
            .then(({ code }) => ({ code, value: undefined })),
        );
      }
    }
    const resources = Array.from({ length: 60 }, (_, i) => ({ href: `/resource/number/${i}` }));
    const value = { aclist2: [{ subject: { uuid: paired }, resources, permission: 2 }] };
    expect(encodeCbor(value).length).toBeGreaterThan(1024);
    expect(await codeOf(world, session.post(at.acl2, value))).toBe('2.04');
  });
});
