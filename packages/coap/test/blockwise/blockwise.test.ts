import { concat, toHex } from '@selvage/core';
import { SeededRandom } from '@selvage/core/virtual';
import { describe, expect, it } from 'vitest';
import {
  type Block,
  type BlockSize,
  type CoapMessage,
  first,
  has,
  option,
  type ServerRequest,
  type ServerResponse,
} from '../../src/index.js';
import { text, textOf } from '../support/messages.js';
import { acknowledging, line, type Options, type RawPeer, World } from '../support/world.js';

const random = new SeededRandom('bodies');
const path = [option.uriPath.of('big')];

const block1 = (number: number, more: boolean, size: BlockSize) => option.block1.of({ number, more, size });
const block2 = (number: number, more: boolean, size: BlockSize) => option.block2.of({ number, more, size });
const show = (block: Block | undefined): string | undefined =>
  block && `${block.number}/${block.more ? 1 : 0}/${block.size}`;
const block1Of = (message: CoapMessage): string | undefined => show(first(message.options, option.block1));
const block2Of = (message: CoapMessage): string | undefined => show(first(message.options, option.block2));

/** A server that keeps what is sent to it, and serves it again. */
function storing(world: World, options: Options = {}) {
  const bodies: Uint8Array[] = [];
  const handler = ({ method, payload }: ServerRequest): ServerResponse => {
    if (method === 'GET' || method === 'FETCH') return { code: '2.05', payload: bodies.at(-1) ?? new Uint8Array() };
    bodies.push(payload);
    return method === 'POST' ? { code: '2.04', payload } : { code: '2.04' };
  };
  return { server: world.endpoint('server', { handler, ...options }), bodies };
}

describe('a body of any length goes both ways, whole (RFC 7959)', () => {
  const lengths = [0, 1, 15, 16, 17, 1023, 1024, 1025, 2047, 2048, 2049, 5000, 65_536];
  it.each(lengths)('%i bytes', async (length) => {
    for (const maximumPayload of [1232, 127, 80]) {
      const world = new World({ maximumPayload });
      const { server, bodies } = storing(world);
      const client = world.endpoint('client');
      const payload = random.bytes(length);
      let largest = 0;
      world.network.tap((event) => {
        largest = Math.max(largest, event.payload.length);
      });
      const answer = await world.settle(client.request(server.address, { method: 'POST', path: '/big', payload }));
      expect(toHex(bodies[0] as Uint8Array)).toBe(toHex(payload));
      expect(toHex(answer.payload)).toBe(toHex(payload));
      expect(answer.options.some(({ number }) => [23, 27, 28, 60].includes(number))).toBe(false);
      expect(bodies.length).toBe(1);
      expect(largest).toBeLessThanOrEqual(maximumPayload);
      expect(server.endpoint.load.uploads).toBe(0);
    }
  });

  it('by Non-confirmable messages too', async () => {
    const world = new World();
    const { server } = storing(world);
    const client = world.endpoint('client');
    const payload = random.bytes(5000);
    const request = { method: 'POST', path: '/big', payload, confirmable: false } as const;
    expect(toHex((await world.settle(client.request(server.address, request))).payload)).toBe(toHex(payload));
  });

  it('whoever answers late', async () => {
    const world = new World();
    const handler = ({ payload }: ServerRequest) =>
      new Promise<ServerResponse>((resolve) =>
        world.clock.wakeAt(world.clock.now() + 2500, () => resolve({ code: '2.04', payload })),
      );
    const server = world.endpoint('server', { handler });
    const client = world.endpoint('client');
    const payload = random.bytes(3000);
    const answer = await world.settle(client.request(server.address, { method: 'PUT', path: '/big', payload }));
    expect(toHex(answer.payload)).toBe(toHex(payload));
  });
});

describe('a server that serves blocks (RFC 7959 §2.4)', () => {
  const body = random.bytes(2500);

  async function asking(options: Options = {}, maximumPayload = 1232) {
    const world = new World({ maximumPayload });
    let served = 0;
    let current = body;
    const handler = (): ServerResponse => {
      served++;
      return { code: '2.05', payload: current, contentFormat: 42 };
    };
    const server = world.endpoint('server', { handler, ...options });
    const client = world.raw('client');
    const ask = async (...extra: CoapMessage['options']): Promise<CoapMessage> => {
      client.send(server, { options: [...path, ...extra] });
      await world.pass(5);
      return client.takeOne();
    };
    const change = (to: Uint8Array): void => {
      current = to;
    };
    return { world, server, client, ask, served: () => served, change };
  }

  it('begins with the first, its size, an ETag and the length of the whole', async () => {
    const { ask } = await asking();
    const answer = await ask();
    expect([block2Of(answer), answer.payload.length]).toEqual(['0/1/1024', 1024]);
    expect(first(answer.options, option.size2)).toBe(2500);
    expect(first(answer.options, option.etag)?.length).toBe(8);
    expect(first(answer.options, option.contentFormat)).toBe(42);
  });

  it('gives each block with the same ETag and format, all of one state, and asks its handler once', async () => {
    const { ask, served, change } = await asking();
    const answers = [await ask()];
    change(random.bytes(2500));
    answers.push(await ask(block2(1, false, 1024)), await ask(block2(2, false, 1024)));
    expect(answers.map(block2Of)).toEqual(['0/1/1024', '1/1/1024', '2/0/1024']);
    expect(new Set(answers.map(({ options }) => toHex(first(options, option.etag) as Uint8Array))).size).toBe(1);
    expect(answers.every(({ options }) => first(options, option.contentFormat) === 42)).toBe(true);
    expect(toHex(concat(...answers.map(({ payload }) => payload)))).toBe(toHex(body));
    expect(served()).toBe(1);
  });

  it('keeps to a smaller size that the client names, at first or later', async () => {
    const { ask } = await asking();
    expect(block2Of(await ask(block2(0, false, 64)))).toBe('0/1/64');
    expect(block2Of(await ask(block2(39, false, 64)))).toBe('39/0/64');
    const smaller = await ask(block2(128, false, 16));
    expect([block2Of(smaller), toHex(smaller.payload)]).toEqual(['128/1/16', toHex(body.subarray(2048, 2064))]);
  });

  it('never sends more than its port carries, whatever the client names', async () => {
    const { ask } = await asking({}, 200);
    const answer = await ask(block2(1, false, 1024));
    expect([block2Of(answer), toHex(answer.payload)]).toEqual(['8/1/128', toHex(body.subarray(1024, 1152))]);
  });

  it('says that a body which fits is whole, if it is asked for a block', async () => {
    const { ask, change } = await asking();
    change(body.subarray(0, 64));
    const whole = await ask(block2(0, false, 64));
    expect([block2Of(whole), whole.payload.length, has(whole.options, option.etag)]).toEqual(['0/0/64', 64, false]);
    expect(block2Of(await ask())).toBeUndefined();
  });

  it('answers 4.00 for a block beyond the end', async () => {
    const { ask } = await asking();
    await ask();
    expect(line(await ask(block2(3, false, 1024)))).toContain('4.00');
  });

  it('asks its handler anew when the body was forgotten, and equal bodies have equal ETags', async () => {
    const { ask, served, world } = await asking({ limits: { transferLifetime: 1000 } });
    const one = await ask();
    await world.pass(2000);
    const two = await ask(block2(1, false, 1024));
    expect(served()).toBe(2);
    expect(first(one.options, option.etag)).toEqual(first(two.options, option.etag));
    expect(block2Of(two)).toBe('1/1/1024');
  });

  it('does not carry out a POST again for its second block: 4.08 when the body was forgotten', async () => {
    const { client, server, world, served } = await asking({ limits: { transfers: 0 } });
    client.send(server, { code: 'POST', options: path });
    await world.pass(5);
    expect(block2Of(client.takeOne())).toBe('0/1/1024');
    client.send(server, { code: 'POST', options: [...path, block2(1, false, 1024)] });
    await world.pass(5);
    expect(line(client.takeOne())).toContain('4.08');
    expect(served()).toBe(1);
  });

  it('keeps the ETag of the handler', async () => {
    const world = new World();
    const handler = (): ServerResponse => ({ code: '2.05', payload: body, options: [option.etag.of(text('v1'))] });
    const [server, client] = [world.endpoint('server', { handler }), world.raw('client')];
    client.send(server, {});
    await world.pass(5);
    expect(textOf(first(client.takeOne().options, option.etag) as Uint8Array)).toBe('v1');
  });

  it('keeps apart what two clients, two queries and two methods are fetching', async () => {
    const world = new World();
    const handler = ({ query, from, method }: ServerRequest): ServerResponse => ({
      code: '2.05',
      payload: text(`${method} ${from.key} ${query.join('&')} `.repeat(100)),
    });
    const server = world.endpoint('server', { handler });
    const clients = ['one', 'two'].map((name) => world.endpoint(name, { parameters: { nstart: 9 } }));
    const all = clients.flatMap((client) =>
      ['a', 'b'].flatMap((query) =>
        (['GET', 'FETCH'] as const).map(async (method) => {
          const answer = await client.request(server.address, { method, query: [query] });
          return textOf(answer.payload) === `${method} ${client.address.key} ${query} `.repeat(100);
        }),
      ),
    );
    expect(await world.settle(Promise.all(all))).toEqual(Array(8).fill(true));
  });
});

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
