import { encode, trace } from '@selvage/core';
import { mutate, mutateFields } from '@selvage/core/testing';
import { SeededRandom } from '@selvage/core/virtual';
import { describe, expect, it } from 'vitest';
import { coapMessage, option, type ServerRequest, type ServerResponse } from '../../src/index.js';
import { randomMessage, text, textOf } from '../support/messages.js';
import { acknowledging, type Endpoint, line, loadOf, type Options, type RawPeer, World } from '../support/world.js';

const observing = [option.observe.of(0), option.uriPath.of('light')];

/** A server that counts what it carries out, and answers with as many bytes as the query says. */
function serving(world: World, options: Options = {}) {
  const served: string[] = [];
  const handler = ({ method, path, query, payload }: ServerRequest): ServerResponse => {
    served.push(`${method} ${path}`);
    return {
      code: '2.05',
      observable: true,
      payload: query[0] === undefined ? payload : new Uint8Array(Number(query[0])),
    };
  };
  return { server: world.endpoint('server', { handler, ...options }), served };
}

/** What goes over the wire when a client asks, sends, fetches and observes; in order, with direction. */
async function conversation(world: World, client: Endpoint, server: Endpoint): Promise<void> {
  const to = server.address;
  const asked = [
    client.request(to, { method: 'GET', path: '/a' }),
    client.request(to, { method: 'PUT', path: '/b', payload: new Uint8Array(2100) }),
    client.request(to, { method: 'GET', path: '/c', query: ['2100'] }),
    client.request(to, { method: 'POST', path: '/d', payload: text('x'), confirmable: false }),
  ];
  const stop = client.observe(to, { method: 'GET', path: '/light' }, { onNotification: () => undefined });
  await world.settle(Promise.allSettled(asked));
  server.changed('/light');
  await world.pass(20);
  stop();
  await world.pass(20);
}

async function recorded(): Promise<{ readonly payload: Uint8Array; readonly from: string }[]> {
  const world = new World();
  const wire: { payload: Uint8Array; from: string }[] = [];
  world.network.tap(({ kind, payload, from }) => kind === 'sent' && wire.push({ payload, from: from.key }));
  const { server } = serving(world);
  await conversation(world, world.endpoint('client'), server);
  return wire;
}

describe('a peer that tampers', () => {
  it('with any field of any message: nothing throws, nothing stays, and the next exchange is good', async () => {
    const wire = await recorded();
    let damagedInAll = 0;
    for (const [index, { payload: original }] of wire.entries()) {
      for (const damaged of mutateFields(original, trace(coapMessage, original))) {
        damagedInAll++;
        const world = new World();
        const { server } = serving(world);
        const client = world.endpoint('client');
        let count = 0;
        world.network.tamper = (payload) => [count++ === index ? damaged : payload];
        await conversation(world, client, server);
        const answer = client.request(server.address, { method: 'PUT', path: '/after', payload: text('good') });
        expect(textOf((await world.settle(answer)).payload)).toBe('good');
      }
    }
    expect([wire.length, damagedInAll]).toEqual([26, 1098]);
  });

  it('with everything for a while: what it leaves behind is gone after a day, when observers are asked', async () => {
    for (let seed = 0; seed < 30; seed++) {
      const world = new World({ seed });
      const random = new SeededRandom(`tamper ${seed}`);
      const { server } = serving(world);
      const client = world.endpoint('client');
      world.network.tamper = (payload) => (random.chance(0.5) ? [mutate(payload, random)] : [payload]);
      await conversation(world, client, server);
      world.network.tamper = undefined;
      await world.pass(26 * 3_600_000);
      expect({ seed, left: [loadOf(client), loadOf(server)] }).toEqual({ seed, left: [0, 0] });
      expect([client.endpoint.deadline, server.endpoint.deadline]).toEqual([undefined, undefined]);
    }
  });
});

describe('random datagrams', () => {
  it('throw nothing, are answered by no more than their own length, and leave the server well (seed noise)', async () => {
    const world = new World();
    const { server } = serving(world, { handler: () => ({ code: '2.04' }) });
    const attacker = world.network.open('attacker');
    const client = world.endpoint('client');
    const random = new SeededRandom('noise');
    let [sent, answered] = [0, 0];
    world.network.tap(({ kind, payload, from, to }) => {
      if (kind === 'sent' && from.key === 'attacker') sent += payload.length;
      if (kind === 'sent' && to.key === 'attacker') answered += payload.length;
    });
    for (let round = 0; round < 20_000; round++) {
      const message = encode(coapMessage, randomMessage(random)).subarray(0, 1200);
      attacker.send([random.bytes(random.below(40)), message, mutate(message, random)][round % 3]!, server.address);
      if (round % 1000 === 0) await world.pass(5);
    }
    const answer = await world.settle(client.request(server.address, { method: 'GET' }));
    expect(answer.code).toBe('2.04');
    expect(answered).toBeLessThan(sent);
  });
});

describe('a replayed conversation', () => {
  it('is carried out no second time', async () => {
    const world = new World();
    const wire: { payload: Uint8Array; from: { key: string }; to: { key: string } }[] = [];
    const stop = world.network.tap(
      ({ kind, payload, from, to }) => kind === 'sent' && wire.push({ payload, from, to }),
    );
    const { server, served } = serving(world);
    const client = world.endpoint('client');
    await conversation(world, client, server);
    stop();
    const before = [...served];
    for (const { payload, from, to } of wire) world.network.inject(payload, from, to);
    await world.pass(100);
    expect(served).toEqual(before);
    expect(server.endpoint.load.observers).toBe(0);
    expect(server.endpoint.counters.copies).toBeGreaterThan(5);
  });
});

describe('an attacker beside the path who forges addresses', () => {
  it('does not guess a token: 20,000 forged responses, and the right one counts', async () => {
    const world = new World();
    const [client, server] = [world.endpoint('client'), world.raw('server')];
    const random = new SeededRandom('guess');
    const promise = client.request(server.address, { method: 'GET' });
    await world.pass(5);
    const request = server.takeOne();
    for (let i = 0; i < 20_000; i++) {
      const type = (['CON', 'NON', 'ACK'] as const)[i % 3]!;
      const token = random.bytes(random.below(9));
      const messageId = type === 'ACK' ? request.messageId : i;
      const forged = server.draw({ type, code: '2.05', messageId, token, payload: text('forged') });
      world.network.inject(encode(coapMessage, forged), server.address, client.address);
    }
    await world.pass(5);
    server.take();
    server.send(client, acknowledging(request, { code: '2.05', payload: text('true') }));
    expect(textOf((await world.settle(promise)).payload)).toBe('true');
    expect(client.endpoint.load.received).toBeLessThanOrEqual(64);
  });

  it('does not make the real request look like a copy of its own', async () => {
    const world = new World();
    const { server, served } = serving(world);
    const client = world.raw('client');
    const real = client.draw({
      code: 'PUT',
      token: text('real'),
      options: [option.uriPath.of('a')],
      payload: text('real'),
    });
    const forged = { ...real, token: text('fake'), payload: text('fake') };
    world.network.inject(encode(coapMessage, forged), client.address, server.address);
    await world.pass(5);
    client.take();
    client.send(server, real);
    await world.pass(5);
    expect(textOf(client.takeOne().payload)).toBe('real');
    expect(served.length).toBe(2);
  });

  it('does not end a transfer by a block that does not belong', async () => {
    const world = new World();
    const { server } = serving(world);
    const client = world.raw('client');
    const block = (number: number, more: boolean, token: string) => ({
      code: 'PUT' as const,
      token: text(token),
      options: [option.uriPath.of('a'), option.block1.of({ number, more, size: 16 })],
      payload: new Uint8Array(16).fill(number),
    });
    client.send(server, block(0, true, 'a'));
    for (const number of [2, 3, 7, 100]) {
      world.network.inject(encode(coapMessage, client.draw(block(number, true, 'x'))), client.address, server.address);
    }
    await world.pass(5);
    client.take();
    client.send(server, block(1, false, 'b'));
    await world.pass(5);
    expect(line(client.takeOne())).toBe('ACK 2.05 62 32');
  });
});

describe('a client that sends without end', () => {
  const megabytes = 10;

  it.each([
    ['announcing it', true],
    ['without a word', false],
  ])(`${megabytes} MB in blocks, %s: 4.13, and no more is kept than the limit`, async (_, announced) => {
    const world = new World();
    const { server, served } = serving(world);
    const client = world.raw('client');
    const blocks = (megabytes * 2 ** 20) / 1024;
    const codes = new Set<string>();
    let most = 0;
    for (let number = 0; number < blocks; number++) {
      const options = [option.block1.of({ number, more: number < blocks - 1, size: 1024 })];
      if (announced && number === 0) options.push(option.size1.of(megabytes * 2 ** 20));
      client.send(server, { code: 'PUT', options, payload: new Uint8Array(1024) });
      if (number % 64 === 0) await world.pass(2);
      most = Math.max(most, server.endpoint.load.transferBytes);
    }
    await world.pass(5);
    for (const message of client.take()) codes.add(line(message).slice(4, 8));
    expect([...codes].sort()).toEqual(announced ? ['4.08', '4.13'] : ['2.31', '4.13']);
    expect(most).toBeLessThanOrEqual(65_536);
    expect(server.endpoint.load).toMatchObject({ uploads: 0, transferBytes: 0 });
    expect(served).toEqual([]);
  });

  it('from 300 addresses at once: all together keep no more than their limit', async () => {
    const world = new World();
    const { server } = serving(world);
    const clients = Array.from({ length: 300 }, (_, i) => world.raw(`client ${i}`));
    for (let number = 0; number < 60; number++) {
      for (const client of clients) {
        const options = [option.block1.of({ number, more: true, size: 1024 })];
        client.send(server, { code: 'PUT', options, payload: new Uint8Array(1024) });
      }
      await world.pass(2);
      for (const client of clients) client.take();
      const { uploads, transferBytes } = server.endpoint.load;
      expect(uploads).toBeLessThanOrEqual(64);
      expect(transferBytes).toBeLessThanOrEqual(1_048_576);
    }
  });

  it('blocks of 16 bytes cost no more than others', async () => {
    const world = new World();
    const { server } = serving(world);
    const client = world.raw('client');
    for (let number = 0; number < 4096; number++) {
      const options = [option.block1.of({ number, more: number < 4095, size: 16 })];
      client.send(server, { code: 'PUT', options, payload: new Uint8Array(16).fill(number) });
      if (number % 64 === 0) await world.pass(2);
    }
    await world.pass(5);
    const last = client.take().at(-1);
    expect(line(last!)).toBe('ACK 2.05  1024');
  });
});

describe('a flood of observers', () => {
  it('is held at the limits, and a change tells no more than those', async () => {
    const world = new World();
    const { server } = serving(world);
    const clients: RawPeer[] = Array.from({ length: 100 }, (_, i) => world.raw(`client ${i}`));
    for (let i = 0; i < 50; i++) {
      for (const client of clients) client.send(server, { token: Uint8Array.of(i), options: observing });
      await world.pass(2);
    }
    expect(server.endpoint.load.observers).toBe(1024);
    for (const client of clients) client.take();
    let told = 0;
    world.network.tap(({ kind, from }) => {
      if (kind === 'sent' && from.key === 'server') told++;
    });
    for (let i = 0; i < 100; i++) server.changed('/light');
    await world.pass(2);
    // One notification at a time to each peer (NSTART), each of which has some of the 1024 observations.
    expect(told).toBe(100);
    await world.pass(1_000_000);
    expect(server.endpoint.load.observers).toBe(0);
    expect(told).toBeLessThanOrEqual(1024 * 5);
  });
});

describe('a flood of addresses', () => {
  it('is held at the limit, and costs those who have something under way nothing', async () => {
    const world = new World();
    const { server } = serving(world, { limits: { peers: 200 } });
    const client = world.endpoint('client');
    const states: number[] = [];
    client.observe(
      server.address,
      { method: 'GET', path: '/light' },
      { onNotification: ({ payload }) => states.push(payload.length) },
    );
    const uploader = world.raw('uploader');
    const block = (number: number, more: boolean) => [option.block1.of({ number, more, size: 16 })];
    uploader.send(server, { code: 'PUT', options: block(0, true), payload: new Uint8Array(16) });
    await world.pass(5);
    const request = encode(coapMessage, uploader.draw({ type: 'NON' }));
    for (let i = 0; i < 20_000; i++) {
      world.network.inject(request, { key: `spoofed ${i}` }, server.address);
      if (i % 1000 === 0) await world.pass(2);
    }
    await world.pass(5);
    expect(server.endpoint.load.peers).toBe(200);
    expect(server.endpoint.load.received).toBeLessThanOrEqual(16_384);
    uploader.take();
    uploader.send(server, { code: 'PUT', options: block(1, false), payload: new Uint8Array(16) });
    server.changed('/light');
    await world.pass(5);
    expect(line(uploader.takeOne())).toBe('ACK 2.05  32');
    expect(states.length).toBe(2);
  });

  it('of whom each has something under way is turned away, not the others', async () => {
    const world = new World();
    const { server } = serving(world, { limits: { peers: 20 } });
    const clients = Array.from({ length: 30 }, (_, i) => world.raw(`client ${i}`));
    for (const client of clients) client.send(server, { options: observing });
    await world.pass(5);
    expect(clients.map((client) => client.take().length)).toEqual([
      ...new Array<number>(20).fill(1),
      ...new Array<number>(10).fill(0),
    ]);
    expect(server.endpoint.counters.refused).toBe(10);
    expect(server.endpoint.load).toMatchObject({ peers: 20, observers: 20 });
  });
});

describe('a flood of large downloads', () => {
  it('keeps no more than its limit, and still serves', async () => {
    const world = new World();
    const { server } = serving(world);
    const clients = Array.from({ length: 100 }, (_, i) => world.endpoint(`client ${i}`));
    const answers = clients.map((client) =>
      client.request(server.address, { method: 'GET', path: '/c', query: ['60000'] }),
    );
    const lengths = new Set((await world.settle(Promise.all(answers))).map(({ payload }) => payload.length));
    expect([...lengths]).toEqual([60_000]);
    expect(server.endpoint.load.downloads).toBeLessThanOrEqual(64);
    expect(server.endpoint.load.transferBytes).toBeLessThanOrEqual(1_048_576);
  });
});

describe('a server that wears its client out', () => {
  it('with a body in blocks without end: the client stops at its limit', async () => {
    const world = new World();
    const [client, server] = [world.endpoint('client'), world.raw('server')];
    const promise = client.request(server.address, { method: 'GET' }).catch((error: unknown) => error);
    let asked = 0;
    for (; asked < 100; asked++) {
      await world.pass(5);
      const [request] = server.take();
      if (request === undefined) break;
      const options = [option.block2.of({ number: asked, more: true, size: 1024 })];
      server.send(client, acknowledging(request, { code: '2.05', options, payload: new Uint8Array(1024) }));
    }
    expect(asked).toBe(65);
    expect(await promise).toMatchObject({ code: 'payload-too-large', fault: 'peer' });
  });

  it('with notifications without end: each is told, and no more is remembered than the limit', async () => {
    const world = new World();
    const [client, server] = [world.endpoint('client'), world.raw('server')];
    let told = 0;
    client.observe(server.address, { method: 'GET' }, { onNotification: () => told++ });
    await world.pass(5);
    const { token } = server.takeOne();
    for (let i = 1; i <= 5000; i++) {
      server.send(client, { type: 'NON', code: '2.05', token, options: [option.observe.of(i)] });
      if (i % 100 === 0) await world.pass(2);
    }
    expect(told).toBe(5000);
    expect(client.endpoint.load.received).toBe(64);
  });

  it('with answers to a group from addresses without end: so many are heard as peers are kept', async () => {
    const world = new World();
    const client = world.endpoint('client', { limits: { peers: 50 } });
    let token = new Uint8Array();
    world.network.tap(({ kind, payload }) => {
      if (kind === 'sent' && token.length === 0) token = payload.slice(4, 12);
    });
    const promise = client.askGroup({ key: 'group' }, { method: 'GET' }, { listenFor: 1000 });
    const raw = world.raw('raw');
    for (let i = 0; i < 5000; i++) {
      const answer = encode(coapMessage, raw.draw({ type: 'NON', code: '2.05', token }));
      world.network.inject(answer, { key: `spoofed ${i}` }, client.address);
    }
    expect((await world.settle(promise)).length).toBe(50);
    expect(client.endpoint.load.peers).toBeLessThanOrEqual(50);
  });
});
