import { decode, encode, type PeerAddress } from '@selvage/core';
import { SeededRandom } from '@selvage/core/virtual';
import { describe, expect, it } from 'vitest';
import {
  type CoapMessage,
  coapMessage,
  type CoapResponse,
  option,
  type ServerRequest,
  type ServerResponse,
} from '../../src/index.js';
import { text, textOf } from '../support/messages.js';
import {
  acknowledging,
  type Endpoint,
  line,
  type Options,
  type RawPeer,
  type Sketch,
  World,
} from '../support/world.js';

const token = Uint8Array.of(0x33);
const group: PeerAddress = { key: 'group' };

/** A network on which what is sent to `group` reaches the group port of every member. */
function neighbourhood(seed: number | string = 1) {
  const world = new World({ seed });
  const members: { readonly port: PeerAddress }[] = [];
  const join = (name: string, handler: NonNullable<Options['handler']>, options: Options = {}): Endpoint => {
    const groupPort = world.network.open(`${name} in group`);
    members.push({ port: groupPort.address });
    return world.endpoint(name, { handler, groupPorts: [groupPort], ...options });
  };
  world.network.tap(({ kind, payload, from, to }) => {
    if (kind === 'sent' && to.key === group.key) {
      for (const { port } of members) world.network.inject(payload, from, port);
    }
  });
  const ask = (client: RawPeer, sketch: Sketch): CoapMessage => {
    const message = client.draw({ type: 'NON', token, ...sketch });
    client.port.send(encode(coapMessage, message), group);
    return message;
  };
  return { world, join, ask };
}

const named = ({ path }: ServerRequest): ServerResponse | undefined =>
  path === '/name' ? { code: '2.05', payload: text('me') } : undefined;
const name = [option.uriPath.of('name')];

describe('a server that is asked as one of a group (RFC 7252 §8.2)', () => {
  it('answers Non-confirmable, from its own port, at a random time within the leisure', async () => {
    const times: number[] = [];
    for (let seed = 0; seed < 40; seed++) {
      const { world, join, ask } = neighbourhood(seed);
      join('server', named);
      const client = world.raw('client');
      let from = '';
      world.network.tap((event) => {
        if (event.kind === 'delivered' && event.to.key === 'client') {
          from = event.from.key;
          times.push(event.at);
        }
      });
      ask(client, { options: name });
      await world.pass(5100);
      expect([client.take().map(line), from]).toEqual([['NON 2.05 33 2'], 'server']);
    }
    expect(Math.min(...times)).toBeLessThan(1000);
    expect(Math.max(...times)).toBeGreaterThan(4000);
    expect(Math.max(...times)).toBeLessThanOrEqual(5001);
  });

  it("answers within a time of its handler's choice, at once too", async () => {
    const { world, join, ask } = neighbourhood();
    join('server', () => ({ code: '2.05', leisure: 0 }));
    const client = world.raw('client');
    ask(client, {});
    await world.pass(2);
    expect(client.take().map(line)).toEqual(['NON 2.05 33 0']);
  });

  it.each([
    ['nothing to say', undefined],
    ['4.04', { code: '4.04' as const }],
    ['4.00', { code: '4.00' as const }],
    ['5.00', { code: '5.00' as const }],
  ])('keeps silent rather than say %s', async (_, response) => {
    const { world, join, ask } = neighbourhood();
    const server = join('server', () => response);
    const client = world.raw('client');
    ask(client, {});
    await world.pass(10_000);
    expect(client.take()).toEqual([]);
    expect(server.endpoint.load.serving).toBe(0);
  });

  it.each<[string, Sketch]>([
    ['that is Confirmable', { type: 'CON', options: name }],
    ['with a critical option that nobody knows', { options: [...name, { number: 65_001, value: text('') }] }],
    ['with a method that nobody knows', { code: 0x1e, options: name }],
    ['with a path that is not UTF-8', { options: [{ number: 11, value: Uint8Array.of(0xff) }] }],
    [
      'with a first block of a body',
      { code: 'PUT', options: [...name, { number: 27, value: Uint8Array.of(8) }], payload: new Uint8Array(16) },
    ],
    ['by a proxy', { options: [...name, option.proxyUri.of('coap://h')] }],
    ['that is a response', { code: '2.05' }],
    ['that is a ping', { type: 'CON', code: 'Empty', token: new Uint8Array() }],
    ['that is a Reset', { type: 'RST', code: 'Empty', token: new Uint8Array() }],
    ['that wants no success (RFC 7967)', { options: [...name, option.noResponse.of(2)] }],
  ])('keeps silent to a message %s', async (_, sketch) => {
    const { world, join, ask } = neighbourhood();
    join('server', named);
    const client = world.raw('client');
    ask(client, sketch);
    await world.pass(10_000);
    expect(client.take()).toEqual([]);
  });

  it('keeps silent to what is no message, and when its handler throws', async () => {
    const { world, join, ask } = neighbourhood();
    join('server', () => {
      throw new RangeError('oops');
    });
    const client = world.raw('client');
    client.port.send(Uint8Array.of(0x49, 1, 0, 0), group);
    ask(client, {});
    await world.pass(10_000);
    expect(client.take()).toEqual([]);
  });

  it('takes no observer from a group', async () => {
    const { world, join, ask } = neighbourhood();
    const server = join('server', () => ({ code: '2.05', observable: true }));
    ask(world.raw('client'), { options: [option.observe.of(0)] });
    await world.pass(10_000);
    expect(server.endpoint.load.observers).toBe(0);
  });

  it('says its handler that it is asked in a group', async () => {
    const { world, join, ask } = neighbourhood();
    const seen: boolean[] = [];
    const server = join('server', ({ multicast }) => void seen.push(multicast));
    const client = world.raw('client');
    ask(client, {});
    client.send(server, {});
    await world.pass(10);
    expect(seen.sort()).toEqual([false, true]);
  });

  it('answers one copy of a request that reached it twice', async () => {
    const { world, join, ask } = neighbourhood();
    join('server', named);
    const client = world.raw('client');
    const request = ask(client, { options: name });
    ask(client, request);
    await world.pass(10_000);
    expect(client.take().length).toBe(1);
  });

  it('has so many answers in waiting, no more', async () => {
    const { world, join, ask } = neighbourhood();
    const server = join('server', named, { limits: { exchanges: 3 } });
    const client = world.raw('client');
    for (let i = 0; i < 10; i++) ask(client, { options: name });
    await world.pass(10_000);
    expect(client.take().length).toBe(3);
    expect(server.endpoint.load.serving).toBe(0);
  });
});

describe('a client that asks a group (RFC 7252 §8.1)', () => {
  it('asks once, Non-confirmable, and hears all who answer in time', async () => {
    const { world, join } = neighbourhood();
    for (let i = 0; i < 20; i++) join(`server ${i}`, () => ({ code: '2.05', payload: text(`${i}`) }));
    join('late', () => ({ code: '2.05', payload: text('late'), leisure: 1e9 }));
    const client = world.endpoint('client');
    const heard: string[] = [];
    const onResponse = ({ payload }: CoapResponse): void => void heard.push(textOf(payload));
    const answers = await world.settle(client.askGroup(group, { method: 'GET', path: '/name' }, { onResponse }));
    expect(answers.map(({ payload }) => textOf(payload))).toEqual(heard);
    expect(heard.map(Number).sort((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, i) => i));
    expect(new Set(answers.map(({ from }) => from.key)).size).toBe(20);
    expect(world.clock.now()).toBeLessThan(6010);
    expect(client.endpoint.load.requests).toBe(0);
  });

  it('does not ask it with more than one message holds', async () => {
    const world = new World();
    const client = world.endpoint('client');
    const asked = client.askGroup(group, { method: 'POST', payload: new Uint8Array(1300) });
    await expect(asked).rejects.toMatchObject({ code: 'payload-too-large', fault: 'caller' });
    expect(client.endpoint.load.requests).toBe(0);
  });

  it('hears nothing when nobody is there', async () => {
    const world = new World();
    const client = world.endpoint('client');
    expect(await world.settle(client.askGroup(group, { method: 'GET' }, { listenFor: 500 }))).toEqual([]);
  });

  it('fetches further blocks from each member alone (RFC 7959 §2.8)', async () => {
    const { world, join } = neighbourhood();
    const random = new SeededRandom('resources');
    const bodies = Array.from({ length: 5 }, () => random.bytes(3000));
    for (const [i, payload] of bodies.entries()) join(`server ${i}`, () => ({ code: '2.05', payload, leisure: 300 }));
    const client = world.endpoint('client');
    const answers = await world.settle(client.askGroup(group, { method: 'GET' }, { listenFor: 400 }));
    const found = answers.map(({ payload }) => bodies.findIndex((body) => Buffer.from(body).equals(payload)));
    expect(found.sort()).toEqual([0, 1, 2, 3, 4]);
  });

  it('goes without a member whose further blocks cannot be had', async () => {
    const { world, join } = neighbourhood();
    join('good', () => ({ code: '2.05', payload: text('good'), leisure: 0 }));
    const half = world.raw('half');
    const client = world.endpoint('client');
    const promise = client.askGroup(group, { method: 'GET' }, { listenFor: 200, timeout: 3000 });
    let asked: CoapMessage | undefined;
    world.network.tap(({ kind, to, payload }) => {
      if (kind === 'sent' && to.key === group.key) asked = decode(coapMessage, payload);
    });
    const again = client.askGroup(group, { method: 'GET' }, { listenFor: 200, timeout: 3000 });
    const options = [option.block2.of({ number: 0, more: true, size: 16 })];
    half.send(client, {
      type: 'NON',
      code: '2.05',
      token: asked?.token as Uint8Array,
      options,
      payload: new Uint8Array(16),
    });
    const answers = await world.settle(Promise.all([promise, again]));
    expect(answers.map((all) => all.map(({ payload }) => textOf(payload)))).toEqual([['good'], ['good']]);
  });

  it('acknowledges a member that answers Confirmable, as IoTivity-Lite does, and hears each member once', async () => {
    const world = new World();
    const [client, member] = [world.endpoint('client'), world.raw('member')];
    let asked: CoapMessage | undefined;
    world.network.tap(({ kind, to, payload }) => {
      if (kind === 'sent' && to.key === group.key) asked = decode(coapMessage, payload);
    });
    const promise = client.askGroup(group, { method: 'GET' }, { listenFor: 500 });
    for (const state of ['1', '2']) {
      member.send(client, { type: 'CON', code: '2.05', token: asked?.token as Uint8Array, payload: text(state) });
    }
    const answers = await world.settle(promise);
    expect(answers.map(({ payload }) => textOf(payload))).toEqual(['1']);
    expect(member.take().map(line)).toEqual(['ACK 0.00  0', 'ACK 0.00  0']);
    member.send(client, { type: 'CON', code: '2.05', token: asked?.token as Uint8Array });
    await world.pass(5);
    expect(member.take().map(({ type }) => type)).toEqual(['RST']);
  });

  it('does not take the answer of one member for that to a request to another', async () => {
    const world = new World();
    const [client, server, liar] = [world.endpoint('client'), world.raw('server'), world.raw('liar')];
    const promise = client.request(server.address, { method: 'GET' });
    await world.pass(5);
    const request = server.takeOne();
    liar.send(client, { type: 'NON', code: '2.05', token: request.token, payload: text('lie') });
    liar.send(client, acknowledging(request, { code: '2.05', payload: text('lie') }));
    await world.pass(5);
    server.send(client, acknowledging(request, { code: '2.05', payload: text('truth') }));
    expect(textOf((await world.settle(promise)).payload)).toBe('truth');
  });
});
