import { SelvageError } from '@selvage/core';
import { describe, expect, it } from 'vitest';
import { first, type Method, methodCodes, option, type ServerRequest, type ServerResponse } from '../../src/index.js';
import { text, textOf } from '../support/messages.js';
import { acknowledging, line, type Options, type RawPeer, type Sketch, World } from '../support/world.js';

const token = Uint8Array.of(0x11);

/** A server that serves with `handler`, and the messages with which it answers one request. */
async function exchange(handler: Options['handler'], sketch: Sketch, options: Options = {}, wait = 20) {
  const world = new World();
  const server = world.endpoint('server', { ...(handler && { handler }), ...options });
  const client = world.raw('client');
  const request = client.send(server, { token, ...sketch });
  await world.pass(wait);
  return { world, server, client, request, answers: client.take() };
}

const content = (): ServerResponse => ({ code: '2.05', payload: text('x') });
const later =
  (world: World, milliseconds: number, response: ServerResponse | undefined) =>
  (): Promise<ServerResponse | undefined> =>
    new Promise((resolve) => world.clock.wakeAt(world.clock.now() + milliseconds, () => resolve(response)));

describe('a response (RFC 7252 §5.2)', () => {
  it('rides in the Acknowledgement of a Confirmable request', async () => {
    const { answers, request } = await exchange(content, {});
    expect(answers.map(line)).toEqual(['ACK 2.05 11 1']);
    expect(answers[0]?.messageId).toBe(request.messageId);
  });

  it('rides there too when the handler is asynchronous and quick', async () => {
    const { answers } = await exchange(async () => content(), {});
    expect(answers.map(line)).toEqual(['ACK 2.05 11 1']);
  });

  it('to a Non-confirmable request is Non-confirmable, under an ID of its own', async () => {
    const { answers, request } = await exchange(content, { type: 'NON' });
    expect(answers.map(line)).toEqual(['NON 2.05 11 1']);
    expect(answers[0]?.messageId).not.toBe(request.messageId);
  });

  it('that takes longer is sent apart from the Acknowledgement, until it is acknowledged itself (§5.2.2)', async () => {
    const world = new World();
    const server = world.endpoint('server', { handler: later(world, 1000, content()) });
    const client = world.raw('client');
    const request = client.send(server, { token });
    await world.pass(500);
    expect(client.takeOne()).toMatchObject({ type: 'ACK', code: 0, messageId: request.messageId });
    await world.pass(5000);
    const copies = client.take();
    expect(copies.map(line)).toEqual(['CON 2.05 11 1', 'CON 2.05 11 1']);
    client.send(server, acknowledging(copies[0] as typeof request));
    client.send(server, request);
    await world.pass(60_000);
    expect(client.take().map(line)).toEqual(['ACK 0.00  0']);
  });

  it('that takes longer for a Non-confirmable request is sent when it is there', async () => {
    const world = new World();
    const server = world.endpoint('server', { handler: later(world, 1000, content()) });
    const client = world.raw('client');
    client.send(server, { type: 'NON', token });
    await world.pass(999);
    expect(client.take()).toEqual([]);
    await world.pass(10);
    expect(client.take().map(line)).toEqual(['NON 2.05 11 1']);
  });

  it('that never comes leaves nothing behind, and one that comes too late is dropped', async () => {
    const world = new World();
    const server = world.endpoint('server', { handler: later(world, 500_000, content()) });
    const client = world.raw('client');
    for (const type of ['CON', 'NON'] as const) client.send(server, { type });
    await world.pass(10);
    expect(server.endpoint.load.serving).toBe(2);
    await world.pass(490_000);
    expect(server.endpoint.load).toMatchObject({ serving: 0, peers: 0 });
    client.take();
    await world.pass(100_000);
    expect(client.take()).toEqual([]);
  });

  it('carries the token as it came, and the options in order', async () => {
    const handler = (): ServerResponse => ({
      code: '2.05',
      contentFormat: 10000,
      options: [option.ocfContentFormatVersion.of(2048), option.maxAge.of(5), option.etag.of(text('e'))],
    });
    const { answers } = await exchange(handler, { token: new Uint8Array(8).fill(7) });
    expect(answers[0]?.options.map(({ number }) => number)).toEqual([4, 12, 14, 2053]);
    expect(answers[0]?.token).toEqual(new Uint8Array(8).fill(7));
  });

  it('may be given once', async () => {
    const world = new World();
    const errors: unknown[] = [];
    const server = world.endpoint('server', { onError: (error) => errors.push(error) });
    const client = world.raw('client');
    const sketch = client.draw({});
    client.send(server, sketch);
    await world.pass(5);
    expect(client.take().map(line)).toEqual(['ACK 4.04  0']);
    expect(errors).toEqual([]);
  });
});

describe('a request as its handler sees it', () => {
  it('has method, path, query, formats and payload', async () => {
    let seen: ServerRequest | undefined;
    await exchange(
      (request) => {
        seen = request;
        return undefined;
      },
      {
        code: 'POST',
        options: [
          option.uriPath.of('a/b'),
          option.uriPath.of('ü'),
          option.uriQuery.of('if=oic.if.ll'),
          option.uriQuery.of(''),
          option.contentFormat.of(60),
          option.accept.of(10000),
        ],
        payload: text('body'),
      },
    );
    expect(seen).toMatchObject({
      method: 'POST',
      path: '/a%2Fb/%C3%BC',
      query: ['if=oic.if.ll', ''],
      contentFormat: 60,
      accept: 10000,
      from: { key: 'client' },
      multicast: false,
      observe: undefined,
      fresh: false,
    });
    expect(textOf(seen?.payload ?? text(''))).toBe('body');
  });

  it('has each of the seven methods (RFC 7252 §5.8, RFC 8132)', async () => {
    const seen: Method[] = [];
    for (const method of Object.keys(methodCodes) as Method[]) {
      await exchange((request) => void seen.push(request.method), { code: method });
    }
    expect(seen).toEqual(['GET', 'POST', 'PUT', 'DELETE', 'FETCH', 'PATCH', 'iPATCH']);
  });

  it('may be an empty one: no token, no path', async () => {
    const { answers } = await exchange(({ path }) => ({ code: '2.05', payload: text(path) }), {
      token: new Uint8Array(),
    });
    expect(answers.map((answer) => textOf(answer.payload))).toEqual(['/']);
  });
});

describe('what is refused, and how', () => {
  const unregistered = { number: 65_001, value: text('?') };
  const refused: readonly [title: string, sketch: Sketch, code: string | undefined][] = [
    ['an unknown critical option (§5.4.1)', { options: [unregistered] }, '4.02'],
    ['the same, Non-confirmable: dropped', { type: 'NON', options: [unregistered] }, undefined],
    ['an unknown elective option: served', { options: [{ number: 65_000, value: text('?') }] }, '2.05'],
    ['OSCORE, which nobody here understands', { options: [option.oscore.of(text('x'))] }, '4.02'],
    ['If-Match, which the handler does not honour', { options: [option.ifMatch.of(text('x'))] }, '4.02'],
    ['Accept twice (§5.4.5)', { options: [option.accept.of(0), option.accept.of(60)] }, '4.02'],
    ['Accept of three bytes (§5.4.3)', { options: [{ number: 17, value: new Uint8Array(3) }] }, '4.02'],
    ['an empty Uri-Host (§5.4.3)', { options: [{ number: 3, value: new Uint8Array(0) }] }, '4.02'],
    ['a path segment of 256 bytes (§5.4.3)', { options: [{ number: 11, value: new Uint8Array(256) }] }, '4.02'],
    [
      'Content-Format twice, which is elective: served',
      { options: [1, 2].map((format) => option.contentFormat.of(format)) },
      '2.05',
    ],
    ['Proxy-Uri (§5.10.2)', { options: [option.proxyUri.of('coap://h/')] }, '5.05'],
    ['Proxy-Scheme (§5.10.2)', { options: [option.proxyScheme.of('http')] }, '5.05'],
    ['a path that is not UTF-8', { options: [{ number: 11, value: Uint8Array.of(0xff) }] }, '4.00'],
    ['a query that is not UTF-8', { options: [{ number: 15, value: Uint8Array.of(0xc3) }] }, '4.00'],
    ['a method nobody registered (§5.8)', { code: 0x1f }, '4.05'],
    ['a reserved Block1 size (RFC 7959 §2.2)', { options: [{ number: 27, value: Uint8Array.of(7) }] }, '4.00'],
    ['a reserved Block2 size (RFC 7959 §2.2)', { options: [{ number: 23, value: Uint8Array.of(7) }] }, '4.00'],
  ];
  it.each(refused)('%s', async (_, sketch, code) => {
    const { answers, request } = await exchange(content, sketch);
    const type = sketch.type ?? 'CON';
    expect(answers.map((answer) => line(answer).slice(0, 8))).toEqual(
      code === undefined ? [] : [`${type === 'CON' ? 'ACK' : 'NON'} ${code}`],
    );
    if (code !== undefined) expect(answers[0]?.token).toEqual(request.token);
  });

  it('what the handler says that it honours is served', async () => {
    const understands = [option.ifMatch, option.ocfAcceptContentFormatVersion];
    const options = [option.ifMatch.of(text('x')), option.ocfAcceptContentFormatVersion.of(2048)];
    const { answers } = await exchange(content, { options }, { understands });
    expect(answers.map(line)).toEqual(['ACK 2.05 11 1']);
  });

  it.each([
    ['a SelvageError by its row of the table', new SelvageError('access-denied', 'no'), '4.03'],
    ['an error of ours as 5.00', new SelvageError('internal', 'oops'), '5.00'],
    ['any other as 5.00, and nothing of it leaks', new RangeError('secret'), '5.00'],
  ])('a handler that throws: %s', async (_, error, code) => {
    const errors: unknown[] = [];
    const throwing = (): never => {
      throw error;
    };
    for (const handler of [throwing, async () => throwing()]) {
      const { answers } = await exchange(handler, {}, { onError: (thrown) => errors.push(thrown) });
      expect(answers.map(line)).toEqual([`ACK ${code} 11 0`]);
    }
    expect(errors).toEqual([error, error]);
  });

  it.each([
    ['a response code that is none', { code: '2.99' as const }],
    ['options that cannot be written', { code: '2.05' as const, options: [{ number: 70_000, value: text('') }] }],
  ])('a handler that answers with %s: 5.00', async (_, response) => {
    const errors: unknown[] = [];
    const { answers } = await exchange(() => response, {}, { onError: (error) => errors.push(error) });
    expect(answers.map(line)).toEqual(['ACK 5.00 11 0']);
    expect(errors.length).toBe(1);
  });

  it('more requests than may be in work: 5.03, and room again when one is answered', async () => {
    const world = new World();
    const answers: (() => void)[] = [];
    const handler = () => new Promise<ServerResponse>((resolve) => answers.push(() => resolve({ code: '2.04' })));
    const server = world.endpoint('server', { handler, limits: { exchanges: 5, exchangesPerPeer: 3 } });
    const clients = ['one', 'two', 'three'].map((name) => world.raw(name));
    const counts = async (peers: readonly RawPeer[]): Promise<number[]> => {
      for (const client of peers) for (let i = 0; i < 4; i++) client.send(server, {});
      await world.pass(10);
      return peers.map((client) => client.take().filter(({ code }) => code === 0xa3).length);
    };
    expect(await counts(clients)).toEqual([1, 2, 4]);
    expect(server.endpoint.counters.refused).toBe(7);
    for (const answer of answers.splice(0)) answer();
    await world.pass(10);
    for (const client of clients) client.take();
    expect(server.endpoint.load.serving).toBe(0);
    expect(await counts(clients.slice(2))).toEqual([1]);
  });

  it('says with 5.03 when to come again', async () => {
    const { answers } = await exchange(content, {}, { limits: { exchanges: 0 } });
    expect(first(answers[0]?.options ?? [], option.maxAge)).toBe(1);
  });
});

describe('No-Response (RFC 7967 §2.1)', () => {
  const none = (value: number): Sketch => ({ options: [option.noResponse.of(value)] });
  const cases: readonly [title: string, value: number, code: ServerResponse['code'], answered: boolean][] = [
    ['0 wants everything', 0, '2.04', true],
    ['2 wants no success', 2, '2.04', false],
    ['2 wants errors', 2, '4.04', true],
    ['8 wants no 4.xx', 8, '4.04', false],
    ['16 wants no 5.xx', 16, '5.00', false],
    ['26 wants nothing', 26, '2.05', false],
  ];
  it.each(cases)('%s', async (_, value, code, answered) => {
    const non = await exchange(() => ({ code }), { type: 'NON', ...none(value) });
    expect(non.answers.length).toBe(answered ? 1 : 0);
    const con = await exchange(() => ({ code }), none(value));
    expect(con.answers.map(line)).toEqual([answered ? `ACK ${code} 11 0` : 'ACK 0.00  0']);
  });
});
