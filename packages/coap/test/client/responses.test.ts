import { describe, expect, it } from 'vitest';
import { type CoapRequest, option } from '../../src/index.js';
import { text } from '../support/messages.js';
import { acknowledging, type Options, type Sketch, World } from '../support/world.js';

const unknown = { number: 65_001, value: text('?') };

/** What becomes of a request to a server without an engine, and what the server gets in return for its response. */
async function answered(response: Sketch, request: Partial<CoapRequest> = {}, options: Options = {}) {
  const world = new World();
  const [client, server] = [world.endpoint('client', options), world.raw('server')];
  const promise = client.request(server.address, { method: 'GET', ...request }).catch((error: unknown) => error);
  await world.pass(5);
  const asked = server.takeOne();
  const sketch = { code: '2.05' as const, ...response };
  server.send(client, sketch.type === undefined ? acknowledging(asked, sketch) : { ...sketch, token: asked.token });
  await world.pass(5);
  const returned = server.take().map(({ type }) => type);
  return { asked, outcome: await world.settle(promise), returned, left: client.endpoint.load.requests };
}

describe('a response with a critical option that nobody here recognizes (RFC 7252 §5.4.1)', () => {
  it.each([
    ['Confirmable: it is reset', 'CON' as const, ['RST']],
    ['Non-confirmable: it is reset', 'NON' as const, ['RST']],
    ['in an Acknowledgement', undefined, []],
  ])('is rejected, %s', async (_, type, expected) => {
    const { outcome, returned, left } = await answered({ ...(type && { type }), options: [unknown] });
    expect(outcome).toMatchObject({ code: 'unrecognized-option', fault: 'peer', details: { option: 65_001 } });
    expect([returned, left]).toEqual([expected, 0]);
  });

  it('is taken when the request had that option, as libcoap sends it back with 4.02', async () => {
    const { outcome } = await answered({ code: '4.02', options: [unknown] }, { options: [unknown] });
    expect(outcome).toMatchObject({ code: '4.02' });
  });

  it('is taken when the application understands it', async () => {
    const understands = [{ ...option.ifMatch, name: 'Of tomorrow', number: 65_001 }];
    const { outcome } = await answered({ options: [unknown] }, {}, { understands });
    expect(outcome).toMatchObject({ code: '2.05' });
  });

  it('is not one with options of requests, which IoTivity-Lite puts into responses', async () => {
    const options = [option.accept.of(10_000), option.ocfAcceptContentFormatVersion.of(2048)];
    expect((await answered({ options })).outcome).toMatchObject({ code: '2.05' });
  });
});

describe('a response from somebody else (RFC 7252 §5.3.2)', () => {
  it.each(['CON', 'NON'] as const)(
    'is rejected though it has the token, and the one who was asked is heard: %s',
    async (type) => {
      const world = new World();
      const [client, server, other] = [world.endpoint('client'), world.raw('server'), world.raw('other')];
      const promise = client.request(server.address, { method: 'GET' });
      await world.pass(5);
      const asked = server.takeOne();
      other.send(client, { type, code: '2.05', token: asked.token, payload: text('forged') });
      await world.pass(5);
      expect(other.take().map((message) => message.type)).toEqual(['RST']);
      server.send(client, acknowledging(asked, { code: '2.05', payload: text('true') }));
      expect((await world.settle(promise)).payload).toEqual(text('true'));
    },
  );
});

describe('a request', () => {
  it('puts its options in order, whatever order they were given in', async () => {
    const { asked } = await answered(
      {},
      {
        path: '/a/b',
        query: ['x', 'y'],
        accept: 60,
        contentFormat: 50,
        options: [option.ocfContentFormatVersion.of(2048), option.ifMatch.of(text('e')), option.uriHost.of('h')],
      },
    );
    expect(asked.options.map(({ number }) => number)).toEqual([1, 3, 11, 11, 12, 15, 15, 17, 2053]);
  });

  it('has a token of 8 random bytes', async () => {
    const world = new World();
    const [client, server] = [world.endpoint('client', { parameters: { nstart: 500 } }), world.raw('server')];
    for (let i = 0; i < 200; i++) void client.request(server.address, { method: 'GET' }).catch(() => undefined);
    await world.pass(5);
    const tokens = server.take().map(({ token }) => token);
    expect(new Set(tokens.map(({ length }) => length))).toEqual(new Set([8]));
    expect(new Set(tokens.map((token) => token.join())).size).toBe(200);
  });

  it.each([
    ['a path that is not percent-encoded', { path: '/%zz' }, 'invalid-argument'],
    ['a path segment that is too long', { path: `/${'x'.repeat(256)}` }, 'length-out-of-range'],
    ['a format that is none', { accept: 70_000 }, 'length-out-of-range'],
    ['an option that is none', { options: [{ number: 65_536, value: text('') }] }, 'invalid-value'],
  ])('with %s is refused before anything is sent', async (_, request, code) => {
    const world = new World();
    const [client, server] = [world.endpoint('client'), world.raw('server')];
    await expect(client.request(server.address, { method: 'GET', ...request })).rejects.toMatchObject({ code });
    await world.pass(5);
    expect([server.take(), client.endpoint.load.requests]).toEqual([[], 0]);
  });

  it('beyond the limit of all that are under way is refused', async () => {
    const world = new World();
    const client = world.endpoint('client', { limits: { requests: 3 } });
    const ask = (i: number) => client.request({ key: `nobody ${i}` }, { method: 'GET' }, { timeout: 50 });
    const taken = [0, 1, 2].map((i) => ask(i).catch(() => undefined));
    await expect(ask(3)).rejects.toMatchObject({ code: 'too-many-requests' });
    await world.settle(Promise.all(taken));
    await expect(world.settle(ask(4))).rejects.toMatchObject({ code: 'timed-out' });
  });
});
