import { concat, toHex } from '@selvage/core';
import { SeededRandom } from '@selvage/core/virtual';
import { describe, expect, it } from 'vitest';
import { type CoapMessage, first, option } from '../../src/index.js';
import { text } from '../support/messages.js';
import { line, type Options, type RawPeer, World } from '../support/world.js';
import { block1, block1Of, storing, path } from './support/blocks.js';

const random = new SeededRandom('taking');

describe('a server that takes blocks (RFC 7959 §2.5)', () => {
  const body = random.bytes(2500);
  const parts = [body.subarray(0, 1024), body.subarray(1024, 2048), body.subarray(2048)];

  function taking(options: Options = {}) {
    const world = new World();
    const { server, bodies } = storing(world, options);
    const client = world.raw('client');
    const put = async (part: Uint8Array | undefined, ...extra: CoapMessage['options']): Promise<CoapMessage> => {
      client.send(server, { code: 'PUT', options: [...path, ...extra], ...(part && { payload: part }) });
      await world.pass(5);
      return client.takeOne();
    };
    return { world, server, client, bodies, put };
  }

  it('continues with 2.31, and hands the body on when it is whole', async () => {
    const { put, bodies } = taking();
    expect(line(await put(parts[0], block1(0, true, 1024)))).toBe('ACK 2.31  0');
    const second = await put(parts[1], block1(1, true, 1024));
    expect([line(second), block1Of(second)]).toEqual(['ACK 2.31  0', '1/1/1024']);
    expect(bodies).toEqual([]);
    const last = await put(parts[2], block1(2, false, 1024));
    expect([line(last), block1Of(last)]).toEqual(['ACK 2.04  0', '2/0/1024']);
    expect(bodies.map(toHex)).toEqual([toHex(body)]);
  });

  it('asks for smaller blocks when its port is smaller, and takes those that follow by their own count (§2.3)', async () => {
    const { put, bodies } = taking({ maximumPayload: 400 });
    expect(block1Of(await put(parts[0], block1(0, true, 1024)))).toBe('0/1/256');
    expect(block1Of(await put(body.subarray(1024, 1280), block1(4, true, 256)))).toBe('4/1/256');
    await put(body.subarray(1280, 1300), block1(5, false, 256));
    expect(bodies.map(toHex)).toEqual([toHex(body.subarray(0, 1300))]);
  });

  it('takes blocks that become smaller on the way', async () => {
    const { put, bodies } = taking();
    await put(body.subarray(0, 512), block1(0, true, 512));
    expect(line(await put(body.subarray(512, 640), block1(4, true, 128)))).toContain('2.31');
    await put(body.subarray(640, 700), block1(5, false, 128));
    expect(bodies.map(toHex)).toEqual([toHex(body.subarray(0, 700))]);
  });

  it('answers 4.08 to a block that does not follow, and the transfer goes on where it was', async () => {
    const { put, bodies } = taking();
    await put(parts[0], block1(0, true, 1024));
    expect(line(await put(parts[2], block1(2, false, 1024)))).toContain('4.08');
    expect(line(await put(parts[1], block1(3, true, 1024)))).toContain('4.08');
    expect(line(await put(parts[1], block1(1, true, 1024)))).toContain('2.31');
    expect(line(await put(parts[1], block1(1, true, 1024)))).toContain('4.08');
    await put(parts[2], block1(2, false, 1024));
    expect(bodies.map(toHex)).toEqual([toHex(body)]);
  });

  it('answers 4.08 to a block of a transfer that nobody began, or that was forgotten', async () => {
    const { put, world, bodies, server } = taking({ limits: { transferLifetime: 5000 } });
    expect(line(await put(parts[1], block1(1, true, 1024)))).toContain('4.08');
    await put(parts[0], block1(0, true, 1024));
    expect(server.endpoint.load).toMatchObject({ uploads: 1, transferBytes: 1024 });
    await world.pass(6000);
    expect(server.endpoint.load).toMatchObject({ uploads: 0, transferBytes: 0 });
    expect(line(await put(parts[1], block1(1, false, 1024)))).toContain('4.08');
    expect(bodies).toEqual([]);
  });

  it('begins anew with block 0', async () => {
    const { put, bodies } = taking();
    await put(random.bytes(1024), block1(0, true, 1024));
    await put(parts[0], block1(0, true, 1024));
    await put(parts[1], block1(1, true, 1024));
    await put(parts[2], block1(2, false, 1024));
    expect(bodies.map(toHex)).toEqual([toHex(body)]);
  });

  it.each([
    ['a block that is not full and not the last', 1000, block1(0, true, 1024)],
    ['an empty block that is not the last', 0, block1(0, true, 16)],
    ['a block that is longer than it says', 100, block1(0, true, 64)],
    ['a last block that is longer than it says', 65, block1(0, false, 64)],
  ])('answers 4.00 to %s', async (_, length, block) => {
    const { put, bodies } = taking();
    expect(line(await put(body.subarray(0, length), block))).toContain('4.00');
    expect(bodies).toEqual([]);
  });

  it('answers 4.13 to what is too long, as soon as it is known, and says how much would do', async () => {
    const { put, server, bodies } = taking({ limits: { body: 2000 } });
    const announced = await put(parts[0], block1(0, true, 1024), option.size1.of(2001));
    expect(line(announced)).toContain('4.13');
    expect(first(announced.options, option.size1)).toBe(2000);
    expect(server.endpoint.load.uploads).toBe(0);
    expect(line(await put(parts[0], block1(0, true, 1024)))).toContain('2.31');
    expect(line(await put(parts[1], block1(1, true, 1024)))).toContain('4.13');
    expect(server.endpoint.load).toMatchObject({ uploads: 0, transferBytes: 0 });
    expect(line(await put(parts[0], block1(0xfffff, true, 1024)))).toContain('4.13');
    expect(bodies).toEqual([]);
  });

  it('keeps apart the bodies of two clients, two paths, two queries and two Request-Tags (RFC 9175 §3.3)', async () => {
    const world = new World();
    const { server, bodies } = storing(world, { limits: { transfersPerPeer: 10 } });
    const clients = [world.raw('one'), world.raw('two')];
    const variants = [
      [option.uriPath.of('a')],
      [option.uriPath.of('b')],
      [option.uriPath.of('a'), option.uriQuery.of('x')],
      [option.uriPath.of('a'), option.requestTag.of(text('t1'))],
      [option.uriPath.of('a'), option.requestTag.of(text('t2'))],
      [option.uriPath.of('a'), option.requestTag.of(text(''))],
    ];
    const expected: string[] = [];
    for (const number of [0, 1]) {
      for (const [c, client] of clients.entries()) {
        for (const [v, options] of variants.entries()) {
          const payload = new Uint8Array(16).fill(16 * c + v);
          client.send(server, { code: 'PUT', options: [...options, block1(number, number === 0, 16)], payload });
          if (number === 1) expected.push(toHex(concat(payload, payload)));
        }
      }
      await world.pass(5);
    }
    expect(bodies.map(toHex)).toEqual(expected);
    expect(expected.length).toBe(12);
  });

  it('keeps so many transfers of one peer, the newest, and so many of all, the oldest', async () => {
    const world = new World();
    const { server } = storing(world, { limits: { transfersPerPeer: 2, transfers: 4 } });
    const begin = (client: RawPeer, name: string): CoapMessage =>
      client.send(server, {
        code: 'PUT',
        options: [option.uriPath.of(name), block1(0, true, 16)],
        payload: new Uint8Array(16),
      });
    const clients = ['one', 'two', 'three'].map((name) => world.raw(name));
    for (const client of clients) for (const name of ['a', 'b', 'c']) begin(client, name);
    await world.pass(5);
    const answers = clients.map((client) => client.take().map((message) => line(message).slice(4, 8)));
    expect(answers).toEqual([
      ['2.31', '2.31', '2.31'],
      ['2.31', '2.31', '2.31'],
      ['5.03', '5.03', '5.03'],
    ]);
    expect(server.endpoint.load.uploads).toBe(4);
    await world.pass(20_000);
    begin(clients[2] as RawPeer, 'a');
    await world.pass(5);
    expect(clients[2]?.take().map((message) => line(message).slice(4, 8))).toEqual(['2.31']);
    expect(server.endpoint.load.uploads).toBe(4);
  });

  it('keeps no more bytes than its limit', async () => {
    const { put, server } = taking({ limits: { transferBytes: 2000 } });
    await put(parts[0], block1(0, true, 1024));
    expect(line(await put(parts[1], block1(1, true, 1024)))).toContain('5.03');
    expect(server.endpoint.load).toMatchObject({ uploads: 0, transferBytes: 0 });
  });
});
