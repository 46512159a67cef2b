import { concat, toHex } from '@selvage/core';
import { SeededRandom } from '@selvage/core/virtual';
import { describe, expect, it } from 'vitest';
import { type Block, type BlockSize, type CoapMessage, first, has, option } from '../../src/index.js';
import { text } from '../support/messages.js';
import { acknowledging, type Options, World } from '../support/world.js';
import { block1, block1Of, block2, block2Of, show, storing } from './support/blocks.js';

const random = new SeededRandom('client');

describe('a client that sends blocks', () => {
  const payload = random.bytes(2500);

  async function sending(options: Options = {}, request: { path?: string } = {}) {
    const world = new World();
    const [client, server] = [world.endpoint('client', options), world.raw('server')];
    const response = client.request(server.address, { method: 'PUT', path: '/big', payload, ...request });
    const settled = response.catch((error: unknown) => error);
    const answer = () => world.settle(settled);
    const next = async (): Promise<CoapMessage> => {
      await world.pass(5);
      return server.takeOne();
    };
    return { world, client, server, answer, next };
  }

  it('says its size with the first, and carries one Request-Tag and a token of its own in each', async () => {
    const { client, server, answer, next } = await sending();
    const requests: CoapMessage[] = [];
    for (const code of ['2.31', '2.31', '2.04'] as const) {
      const request = await next();
      requests.push(request);
      const { number, more } = first(request.options, option.block1) as Block;
      server.send(client, acknowledging(request, { code, options: [block1(number, more, 1024)] }));
    }
    expect(await answer()).toMatchObject({ code: '2.04' });
    expect(requests.map(block1Of)).toEqual(['0/1/1024', '1/1/1024', '2/0/1024']);
    expect(requests.map(({ options }) => first(options, option.size1))).toEqual([2500, undefined, undefined]);
    expect(new Set(requests.map(({ options }) => toHex(first(options, option.requestTag) as Uint8Array))).size).toBe(1);
    expect(new Set(requests.map(({ token }) => toHex(token))).size).toBe(3);
    expect(toHex(concat(...requests.map((request) => request.payload)))).toBe(toHex(payload));
  });

  it('leaves the Request-Tag out where the peer should not see one', async () => {
    const { next } = await sending({ requestTags: false });
    expect(has((await next()).options, option.requestTag)).toBe(false);
  });

  it('goes on in smaller blocks when the server asks (§2.3)', async () => {
    const { client, server, next } = await sending();
    server.send(client, acknowledging(await next(), { code: '2.31', options: [block1(0, true, 256)] }));
    const second = await next();
    expect([block1Of(second), toHex(second.payload)]).toEqual(['4/1/256', toHex(payload.subarray(1024, 1280))]);
  });

  it('begins again in smaller blocks after 4.13 with a smaller size (§2.9.3)', async () => {
    const { client, server, next } = await sending();
    server.send(client, acknowledging(await next(), { code: '4.13', options: [block1(0, true, 64)] }));
    const again = await next();
    expect([block1Of(again), toHex(again.payload)]).toEqual(['0/1/64', toHex(payload.subarray(0, 64))]);
  });

  it.each(['4.13', '4.08', '4.03', '5.03'] as const)('ends with %s', async (code) => {
    const { client, server, next, answer } = await sending();
    server.send(client, acknowledging(await next(), { code, options: [block1(0, true, 1024)] }));
    expect(await next().then(() => 'went on', answer)).toMatchObject({ code });
  });

  it('goes on where the server says 2.04 to each block (§2.3)', async () => {
    const { client, server, next } = await sending();
    server.send(client, acknowledging(await next(), { code: '2.04', options: [block1(0, false, 1024)] }));
    expect(block1Of(await next())).toBe('1/1/1024');
  });

  it.each([
    ['2.31 to another block', [block1(1, true, 1024)]],
    ['2.31 without a block', []],
  ])('fails with %s', async (_, options) => {
    const { client, server, next, answer } = await sending();
    server.send(client, acknowledging(await next(), { code: '2.31', options }));
    await next().catch(() => undefined);
    expect(await answer()).toMatchObject({ code: 'transfer-failed', fault: 'peer' });
    expect(client.endpoint.load.requests).toBe(0);
  });

  it('refuses options that fill a datagram, before anything is sent', async () => {
    const { answer, world, client } = await sending({}, { path: `/${'x'.repeat(200)}`.repeat(7) });
    expect(await answer()).toMatchObject({ code: 'payload-too-large', fault: 'caller' });
    await world.pass(10_000);
    expect(client.endpoint.load.requests).toBe(0);
  });
});

describe('a client that fetches blocks', () => {
  const body = random.bytes(2500);
  const etag = option.etag.of(text('v1'));

  async function fetching(settings: { maximumBody?: number } = {}, method: 'GET' | 'POST' = 'GET') {
    const world = new World();
    const [client, server] = [world.endpoint('client'), world.raw('server')];
    const response = client.request(server.address, { method, path: '/big' }, settings);
    const settled = response.catch((error: unknown) => error);
    const answer = () => world.settle(settled);
    const next = async (): Promise<CoapMessage> => {
      await world.pass(5);
      return server.takeOne();
    };
    const give = async (number: number, extra: CoapMessage['options'] = [etag], size: BlockSize = 1024) => {
      const request = await next();
      const part = body.subarray(number * size, (number + 1) * size);
      const block = block2(number, (number + 1) * size < body.length, size);
      server.send(client, acknowledging(request, { code: '2.05', options: [block, ...extra], payload: part }));
      return request;
    };
    return { world, client, server, answer, next, give };
  }

  it('asks for one after the other, with a token of its own each, and without a payload', async () => {
    const { give, answer } = await fetching();
    const requests = [await give(0), await give(1), await give(2)];
    expect(await answer()).toMatchObject({ code: '2.05', payload: body });
    expect(requests.map(block2Of)).toEqual([undefined, '1/0/1024', '2/0/1024']);
    expect(new Set(requests.map(({ token }) => toHex(token))).size).toBe(3);
  });

  it('takes blocks that become smaller on the way', async () => {
    const { give, answer } = await fetching();
    await give(0);
    for (let number = 2; number < 5; number++) await give(number, [etag], 512);
    expect(await answer()).toMatchObject({ payload: body });
  });

  it('begins again when the ETag changes, and gives up when it changes again and again', async () => {
    const { give, answer, next } = await fetching();
    await give(0);
    await give(1, [option.etag.of(text('v2'))]);
    expect(block2Of(await give(0, [option.etag.of(text('v2'))]))).toBeUndefined();
    for (let i = 3; i < 6; i++) {
      await give(1, [option.etag.of(text(`v${i}`))]);
      if (i < 5) await give(0, [option.etag.of(text(`v${i}`))]);
    }
    await next().catch(() => undefined);
    expect(await answer()).toMatchObject({ code: 'transfer-failed' });
  });

  it('does not carry out a POST again for that', async () => {
    const { give, answer, next } = await fetching({}, 'POST');
    await give(0);
    await give(1, [option.etag.of(text('v2'))]);
    await next().catch(() => undefined);
    expect(await answer()).toMatchObject({ code: 'transfer-failed' });
  });

  it.each([
    ['a block out of order', { options: [block2(2, false, 1024), etag] }],
    ['the same block again', { options: [block2(0, true, 1024), etag], payload: body.subarray(0, 1024) }],
    ['a block that is not full', { options: [block2(1, true, 1024), etag], payload: body.subarray(0, 1000) }],
    ['a block that is too long', { options: [block2(16, false, 64), etag], payload: body.subarray(0, 65) }],
    ['no block', { options: [etag] }],
    [
      'another success',
      { code: '2.04' as const, options: [block2(1, true, 1024), etag], payload: body.subarray(0, 1024) },
    ],
    ['a reserved size', { options: [{ number: 23, value: Uint8Array.of(0x17) }, etag] }],
  ])('fails with %s', async (_, sketch) => {
    const { give, next, answer, server, client } = await fetching();
    await give(0);
    server.send(client, acknowledging(await next(), { code: '2.05', ...sketch }));
    await next().catch(() => undefined);
    expect(await answer()).toMatchObject({ fault: 'peer' });
    expect(client.endpoint.load.requests).toBe(0);
  });

  it('passes on an error that comes in between', async () => {
    const { give, next, answer, server, client } = await fetching();
    await give(0);
    server.send(client, acknowledging(await next(), { code: '4.04' }));
    await next().catch(() => undefined);
    expect(await answer()).toMatchObject({ code: '4.04' });
  });

  it('fails when the first block it gets is not the first', async () => {
    const { give, answer, next } = await fetching();
    await give(1);
    await next().catch(() => undefined);
    expect(await answer()).toMatchObject({ code: 'transfer-failed' });
  });

  it.each([
    ['by what has come', []],
    ['by Size2', [option.size2.of(2001)]],
  ])('fails when the body is longer than it takes, %s', async (_, options) => {
    const { give, answer, next } = await fetching({ maximumBody: 2000 });
    await give(0, [etag, ...options]);
    if (options.length === 0) await give(1);
    await next().catch(() => undefined);
    expect(await answer()).toMatchObject({ code: 'payload-too-large', fault: 'peer' });
  });

  it('leaves blocks alone when the caller has named one', async () => {
    const world = new World();
    const { server } = storing(world);
    const client = world.endpoint('client');
    await world.settle(client.request(server.address, { method: 'PUT', path: '/big', payload: body }));
    const request = { method: 'GET', path: '/big', options: [block2(1, false, 512)] } as const;
    const answer = await world.settle(client.request(server.address, request));
    expect(show(first(answer.options, option.block2))).toBe('1/1/512');
    expect(answer.payload.length).toBe(512);
  });
});
