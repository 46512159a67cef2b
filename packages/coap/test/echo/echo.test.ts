import { toHex } from '@selvage/core';
import { nativeCore } from '@selvage/crypto';
import { SeededEntropy } from '@selvage/core/virtual';
import { describe, expect, it } from 'vitest';
import { type CoapMessage, first, option, type ServerRequest, type ServerResponse } from '../../src/index.js';
import { EchoGuard } from '../../src/echo/echo-guard.js';
import { text } from '../support/messages.js';
import { acknowledging, line, type Options, type Sketch, World } from '../support/world.js';

const core = nativeCore;
const token = Uint8Array.of(0x44);
const echoOf = ({ options }: CoapMessage): Uint8Array | undefined => first(options, option.echo);
const large = new Uint8Array(300).fill(7);

function guarded(options: Options = {}, response: ServerResponse = { code: '2.05', payload: large, observable: true }) {
  const world = new World();
  const served: ServerRequest[] = [];
  const handler = (request: ServerRequest): ServerResponse => {
    served.push(request);
    return request.path === '/small' ? { code: '2.05' } : response;
  };
  const server = world.endpoint('server', { handler, echo: { core, amplification: 3 }, ...options });
  const client = world.raw('client');
  const ask = async (sketch: Sketch = {}, from = client): Promise<CoapMessage> => {
    from.send(server, { token, ...sketch });
    await world.pass(5);
    return from.takeOne();
  };
  const withEcho = (value: Uint8Array, sketch: Sketch = {}): Sketch => ({
    ...sketch,
    options: [...(sketch.options ?? []), option.echo.of(value)],
  });
  return { world, server, client, served, ask, withEcho };
}

describe('amplification (RFC 9175 §2.4)', () => {
  it('is refused to a peer that has not shown where it is: a small 4.01 with an Echo', async () => {
    const { ask, server } = guarded();
    const answer = await ask();
    expect([line(answer), echoOf(answer)?.length]).toEqual(['ACK 4.01 44 0', 14]);
    expect(server.endpoint.counters.challenged).toBe(1);
  });

  it('is granted when the Echo comes back, and from then on', async () => {
    const { ask, withEcho, world } = guarded();
    const value = echoOf(await ask()) as Uint8Array;
    expect(line(await ask(withEcho(value)))).toBe('ACK 2.05 44 300');
    expect(line(await ask())).toBe('ACK 2.05 44 300');
    await world.pass(240_000);
    expect(line(await ask())).toBe('ACK 2.05 44 300');
    await world.pass(10_000);
    expect(line(await ask())).toBe('ACK 4.01 44 0');
  });

  it('leaves small responses alone, and never answers with more than the factor', async () => {
    const { ask } = guarded();
    expect(line(await ask({ options: [option.uriPath.of('small')] }))).toBe('ACK 2.05 44 0');
    for (let padding = 0; padding < 300; padding += 10) {
      const { world, server, client } = guarded();
      let [sent, answered] = [0, 0];
      world.network.tap(({ kind, from, payload }) => {
        if (kind !== 'sent') return;
        if (from.key === 'client') sent += payload.length;
        else answered += payload.length;
      });
      client.send(server, { token, payload: new Uint8Array(padding) });
      await world.pass(5);
      expect({ padding, within: answered <= 3 * Math.max(sent, 10) }).toEqual({ padding, within: true });
    }
  });

  it('nothing is changed, kept or observed for a peer before it has shown where it is', async () => {
    const { ask, served, server } = guarded();
    const block = option.block1.of({ number: 0, more: true, size: 16 });
    const sketches: Sketch[] = [
      { code: 'POST', options: [option.uriPath.of('small')] },
      { code: 'PUT', options: [option.uriPath.of('small'), block], payload: new Uint8Array(16) },
      { options: [option.observe.of(0), option.uriPath.of('small')] },
      { code: 'DELETE', options: [option.uriPath.of('small')] },
    ];
    for (const sketch of sketches) {
      const answer = await ask(sketch);
      expect([line(answer).slice(0, 8), echoOf(answer)?.length]).toEqual(['ACK 4.01', 14]);
    }
    expect(served).toEqual([]);
    expect(server.endpoint.load).toMatchObject({ uploads: 0, observers: 0, serving: 0 });
  });

  it('a large first state leaves no observer behind', async () => {
    const { ask, withEcho, server } = guarded();
    const value = echoOf(await ask({ options: [option.observe.of(0)] })) as Uint8Array;
    expect(server.endpoint.load.observers).toBe(0);
    const answer = await ask(withEcho(value, { options: [option.observe.of(0)] }));
    expect([line(answer), server.endpoint.load.observers]).toEqual(['ACK 2.05 44 300', 1]);
  });

  it('is refused for a later block too, and no body is kept for who was refused the first', async () => {
    const { ask, withEcho, server } = guarded({}, { code: '2.05', payload: new Uint8Array(3000) });
    const later = { options: [option.block2.of({ number: 1, more: false, size: 1024 })] };
    const value = echoOf(await ask()) as Uint8Array;
    expect([line(await ask(later)), server.endpoint.load.downloads]).toEqual(['ACK 4.01 44 0', 0]);
    expect(line(await ask(withEcho(value, later)))).toBe('ACK 2.05 44 1024');
    expect(line(await ask(later))).toBe('ACK 2.05 44 1024');
  });

  it("is nobody's concern by default", async () => {
    const world = new World();
    const server = world.endpoint('server', { handler: () => ({ code: '2.05', payload: large }) });
    const client = world.raw('client');
    client.send(server, { token });
    await world.pass(5);
    expect(line(client.takeOne())).toBe('ACK 2.05 44 300');
  });
});

describe('an Echo value', () => {
  it('counts for its peer alone, for its lifetime, and as it was made', async () => {
    const { ask, withEcho, world } = guarded();
    const value = echoOf(await ask()) as Uint8Array;
    expect(line(await ask(withEcho(value), world.raw('another')))).toBe('ACK 4.01 44 0');
    for (let i = 0; i < value.length; i++) {
      const forged = value.slice();
      forged[i] = (forged[i] as number) ^ 1;
      expect({ i, line: line(await ask(withEcho(forged))) }).toEqual({ i, line: 'ACK 4.01 44 0' });
    }
    for (const length of [1, 13, 15, 40]) {
      expect(line(await ask(withEcho(new Uint8Array(length))))).toBe('ACK 4.01 44 0');
    }
    await world.pass(10_000);
    expect(line(await ask(withEcho(value)))).toBe('ACK 4.01 44 0');
  });

  it('tells one moment from the next, also after 50 days, and is of another secret in each endpoint', () => {
    const address = { key: 'a' };
    const [one, two] = [1, 2].map((seed) => new EchoGuard({ core }, new SeededEntropy(seed)));
    for (const now of [0, 0.7, 1, 2 ** 32 - 1, 2 ** 32, 2 ** 40 + 5.5]) {
      const value = one?.value(address, now) as Uint8Array;
      expect([one?.isFresh(value, address, now), one?.isFresh(value, address, now + 9999)]).toEqual([true, true]);
      expect(one?.isFresh(value, address, now + 10_001)).toBe(false);
      expect(one?.isFresh(value, address, now - 1)).toBe(false);
      expect(two?.isFresh(value, address, now)).toBe(false);
      expect(toHex(value)).not.toBe(toHex(one?.value(address, now + 1) as Uint8Array));
    }
  });
});

describe('freshness (RFC 9175 §2.3)', () => {
  it('is what a handler may ask for, and then sees', async () => {
    const world = new World();
    const seen: boolean[] = [];
    const handler = ({ fresh }: ServerRequest): ServerResponse => {
      seen.push(fresh);
      return fresh ? { code: '2.04' } : { code: '4.01', challenge: true };
    };
    const server = world.endpoint('server', { handler, echo: { core } });
    const client = world.endpoint('client');
    const answer = await world.settle(client.request(server.address, { method: 'POST', path: '/unlock' }));
    expect([answer.code, seen]).toEqual(['2.04', [false, true]]);
  });

  it('needs an endpoint that was made for it', async () => {
    const world = new World();
    const errors: unknown[] = [];
    const handler = (): ServerResponse => ({ code: '4.01', challenge: true });
    const server = world.endpoint('server', { handler, onError: (error) => errors.push(error) });
    const client = world.endpoint('client');
    expect((await world.settle(client.request(server.address, { method: 'GET' }))).code).toBe('5.00');
    expect(errors).toMatchObject([{ code: 'invalid-argument' }]);
  });
});

describe('a client that is asked for an Echo', () => {
  it.each(['GET', 'PUT'] as const)('brings it, whole bodies included: %s', async (method) => {
    const world = new World();
    const bodies: number[] = [];
    const handler = ({ payload }: ServerRequest): ServerResponse => {
      bodies.push(payload.length);
      return { code: method === 'GET' ? '2.05' : '2.04', payload: new Uint8Array(3000) };
    };
    const server = world.endpoint('server', { handler, echo: { core, amplification: 3 } });
    const client = world.endpoint('client');
    const payload = new Uint8Array(method === 'GET' ? 0 : 3000);
    const answer = await world.settle(client.request(server.address, { method, path: '/x', payload }));
    expect(answer.payload.length).toBe(3000);
    expect(bodies.at(-1)).toBe(payload.length);
    expect(server.endpoint.counters.challenged).toBe(1);
  });

  it('brings it for an observation', async () => {
    const { world, server } = guarded();
    const client = world.endpoint('other');
    const seen: number[] = [];
    client.observe(server.address, { method: 'GET' }, { onNotification: ({ payload }) => seen.push(payload.length) });
    await world.pass(50);
    server.changed('/');
    await world.pass(50);
    expect(seen).toEqual([300, 300]);
  });

  it('brings it twice and no more: then 4.01 is the answer', async () => {
    const world = new World();
    const [client, server] = [world.endpoint('client'), world.raw('server')];
    const promise = client.request(server.address, { method: 'GET' });
    for (let i = 0; i < 3; i++) {
      await world.pass(5);
      const request = server.takeOne();
      expect(echoOf(request)).toEqual(i === 0 ? undefined : text(`${i - 1}`));
      server.send(client, acknowledging(request, { code: '4.01', options: [option.echo.of(text(`${i}`))] }));
    }
    expect((await world.settle(promise)).code).toBe('4.01');
    await world.pass(5);
    expect(server.take()).toEqual([]);
  });

  it('takes a 4.01 without Echo for the answer that it is', async () => {
    const world = new World();
    const [client, server] = [
      world.endpoint('client'),
      world.endpoint('server', { handler: () => ({ code: '4.01' }) }),
    ];
    expect((await world.settle(client.request(server.address, { method: 'GET' }))).code).toBe('4.01');
  });
});
