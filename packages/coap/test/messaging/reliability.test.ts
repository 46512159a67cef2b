import { toHex } from '@selvage/core';
import { describe, expect, it } from 'vitest';
import { derivedTimes, defaultParameters, option } from '../../src/index.js';
import { text, textOf } from '../support/messages.js';
import { acknowledging, line, World } from '../support/world.js';

const path = [option.uriPath.of('light')];
const token = Uint8Array.of(0xaa, 0xbb);

describe('the times that follow from the parameters (RFC 7252 §4.8.2)', () => {
  it('are those of the table', () => {
    expect(derivedTimes(defaultParameters)).toEqual({
      maxTransmitSpan: 45_000,
      maxTransmitWait: 93_000,
      exchangeLifetime: 247_000,
      nonLifetime: 145_000,
    });
  });
});

describe('retransmission (RFC 7252 §4.2)', () => {
  it('sends a Confirmable message 5 times, after 2 to 3 s and then twice as long each time, then gives up', async () => {
    for (let seed = 0; seed < 20; seed++) {
      const world = new World({ seed, delay: 0 });
      const client = world.endpoint('client');
      const times: number[] = [];
      world.network.tap(({ kind, at }) => kind === 'sent' && times.push(at));
      const outcome = await world.settle(client.request({ key: 'nobody' }, { method: 'GET' }).catch((e: unknown) => e));
      const waits = times.slice(1).map((at, i) => at - (times[i] as number));
      const first = waits[0] as number;
      expect({ seed, count: times.length }).toEqual({ seed, count: 5 });
      expect(first).toBeGreaterThanOrEqual(2000);
      expect(first).toBeLessThanOrEqual(3000);
      expect(waits.map((wait) => Math.round(wait / first))).toEqual([1, 2, 4, 8]);
      expect(world.clock.now()).toBeCloseTo(31 * first);
      expect(outcome).toMatchObject({ code: 'timed-out' });
    }
  });

  it('draws the first wait anew for each message, from the entropy port', async () => {
    const waits = new Set<number>();
    for (let seed = 0; seed < 20; seed++) {
      const world = new World({ seed, delay: 0 });
      const client = world.endpoint('client');
      void client.request({ key: 'nobody' }, { method: 'GET' }).catch(() => undefined);
      waits.add(client.endpoint.deadline as number);
    }
    expect(waits.size).toBe(20);
  });

  it('sends the same bytes again', async () => {
    const world = new World();
    const sent = new Set<string>();
    world.network.tap(({ kind, payload }) => kind === 'sent' && sent.add(toHex(payload)));
    const client = world.endpoint('client');
    await world.settle(client.request({ key: 'nobody' }, { method: 'GET' }).catch(() => undefined));
    expect(sent.size).toBe(1);
  });

  it('ends with an Empty Acknowledgement, and the response may come later, in a message of its own (§5.2.2)', async () => {
    const world = new World();
    const [client, server] = [world.endpoint('client'), world.raw('server')];
    const response = client.request(server.address, { method: 'GET' });
    await world.pass(10);
    const request = server.takeOne();
    server.send(client, acknowledging(request));
    await world.pass(60_000);
    expect(server.take()).toEqual([]);
    server.send(client, { type: 'CON', code: '2.05', messageId: 77, token: request.token, payload: text('late') });
    expect(textOf((await world.settle(response)).payload)).toBe('late');
    await world.pass(10);
    expect(server.takeOne()).toMatchObject({ type: 'ACK', code: 0, messageId: 77 });
  });

  it('ends with the response, whether the Acknowledgement was lost or comes later (§5.2.2)', async () => {
    const world = new World();
    const [client, server] = [world.endpoint('client'), world.raw('server')];
    const response = client.request(server.address, { method: 'GET' });
    await world.pass(10);
    const request = server.takeOne();
    server.send(client, { type: 'NON', code: '2.05', token: request.token });
    expect((await world.settle(response)).code).toBe('2.05');
    server.send(client, acknowledging(request));
    await world.pass(10_000);
    expect(server.take()).toEqual([]);
    expect(client.endpoint.counters.stray).toBe(1);
  });

  it('gives up after EXCHANGE_LIFETIME when the acknowledged request is never answered', async () => {
    const world = new World();
    const [client, server] = [world.endpoint('client'), world.raw('server')];
    const response = client.request(server.address, { method: 'GET' });
    await world.pass(10);
    server.send(client, acknowledging(server.takeOne()));
    await expect(world.settle(response)).rejects.toMatchObject({ code: 'timed-out' });
    expect(world.clock.now()).toBeGreaterThan(247_000);
    expect(client.endpoint.load.requests).toBe(0);
  });

  it('ends with a Reset, and so does the request (§5.3.2)', async () => {
    const world = new World();
    const [client, server] = [world.endpoint('client'), world.raw('server')];
    const response = client.request(server.address, { method: 'GET' });
    await world.pass(10);
    const { messageId } = server.takeOne();
    server.send(client, { type: 'RST', code: 'Empty', messageId });
    await expect(world.settle(response)).rejects.toMatchObject({ code: 'request-reset', fault: 'peer' });
  });

  it('gives up earlier when the caller wants it, by time or by signal', async () => {
    const world = new World();
    const client = world.endpoint('client');
    const timed = client.request({ key: 'nobody' }, { method: 'GET' }, { timeout: 700 });
    await expect(world.settle(timed)).rejects.toMatchObject({ code: 'timed-out' });
    expect(world.clock.now()).toBe(700);
    const abort = new AbortController();
    const aborted = client.request({ key: 'nobody' }, { method: 'GET' }, { signal: abort.signal });
    abort.abort();
    await expect(aborted).rejects.toMatchObject({ code: 'cancelled' });
    const late = client.request({ key: 'nobody' }, { method: 'GET' }, { signal: abort.signal });
    await expect(late).rejects.toMatchObject({ code: 'cancelled' });
    expect(client.endpoint.load.requests).toBe(0);
    await world.pass(100_000);
    expect(client.endpoint.counters.retransmissions).toBe(0);
  });
});

describe('Non-confirmable requests (RFC 7252 §4.3)', () => {
  it('are sent once', async () => {
    const world = new World();
    const [client, server] = [world.endpoint('client'), world.raw('server')];
    const response = client.request(server.address, { method: 'GET', confirmable: false });
    await expect(world.settle(response)).rejects.toMatchObject({ code: 'timed-out' });
    expect(server.take().map(({ type }) => type)).toEqual(['NON']);
  });

  it('may be rejected with a Reset', async () => {
    const world = new World();
    const [client, server] = [world.endpoint('client'), world.raw('server')];
    const response = client.request(server.address, { method: 'GET', confirmable: false });
    await world.pass(5);
    server.send(client, { type: 'RST', code: 'Empty', messageId: server.takeOne().messageId });
    await expect(world.settle(response)).rejects.toMatchObject({ code: 'request-reset' });
  });
});

describe('deduplication (RFC 7252 §4.5)', () => {
  function counting(world: World) {
    let served = 0;
    const handler = () => ({ code: '2.05' as const, payload: text(`${++served}`) });
    return { server: world.endpoint('server', { handler }), served: () => served };
  }

  it('answers every copy of a Confirmable request alike, and handles it once', async () => {
    const world = new World();
    const { server, served } = counting(world);
    const client = world.raw('client');
    const request = client.send(server, { token, options: path });
    for (let i = 0; i < 3; i++) client.send(server, request);
    await world.pass(10);
    expect(client.take().map((message) => textOf(message.payload))).toEqual(['1', '1', '1', '1']);
    expect(served()).toBe(1);
    expect(server.endpoint.counters.copies).toBe(3);
  });

  it('still knows a copy just before EXCHANGE_LIFETIME, and forgets it after', async () => {
    const world = new World();
    const { server, served } = counting(world);
    const client = world.raw('client');
    const request = client.send(server, { options: path });
    await world.pass(246_990);
    client.send(server, request);
    await world.pass(5);
    expect(served()).toBe(1);
    await world.pass(100);
    client.send(server, request);
    await world.pass(5);
    expect(served()).toBe(2);
  });

  it('ignores copies of a Non-confirmable request', async () => {
    const world = new World();
    const { server, served } = counting(world);
    const client = world.raw('client');
    const request = client.send(server, { type: 'NON', options: path });
    client.send(server, request);
    await world.pass(10);
    expect(client.take().length).toBe(1);
    expect(served()).toBe(1);
  });

  it('does not mix two clients that happen to use one message ID and token', async () => {
    const world = new World();
    const { server, served } = counting(world);
    const clients = ['one', 'two', 'three'].map((name) => world.raw(name));
    for (const client of clients) client.send(server, { messageId: 7, token, options: path });
    await world.pass(10);
    expect(clients.map((client) => textOf(client.takeOne().payload))).toEqual(['1', '2', '3']);
    expect(served()).toBe(3);
  });

  it('takes a message of the same ID and other bytes for the new message that it is', async () => {
    const world = new World();
    const { server, served } = counting(world);
    const client = world.raw('client');
    client.send(server, { messageId: 7, token: Uint8Array.of(1), options: path });
    client.send(server, { messageId: 7, token: Uint8Array.of(2), options: path });
    await world.pass(10);
    expect(client.take().map(line)).toEqual(['ACK 2.05 01 1', 'ACK 2.05 02 1']);
    expect(served()).toBe(2);
  });

  it('acknowledges a copy of a request that is still in work, and answers it once', async () => {
    const world = new World();
    let answer: () => void = () => undefined;
    const handler = () =>
      new Promise<{ code: '2.05' }>((resolve) => {
        answer = () => resolve({ code: '2.05' });
      });
    const server = world.endpoint('server', { handler });
    const client = world.raw('client');
    const request = client.send(server, { token, options: path });
    client.send(server, request);
    await world.pass(10);
    expect(client.takeOne()).toMatchObject({ type: 'ACK', code: 0, messageId: request.messageId });
    answer();
    await world.pass(10);
    const response = client.takeOne();
    expect(line(response)).toBe('CON 2.05 aabb 0');
    client.send(server, acknowledging(response));
    await world.pass(100_000);
    expect(client.take()).toEqual([]);
  });

  it('acknowledges every copy of a Confirmable response, and delivers it once', async () => {
    const world = new World();
    const [client, server] = [world.endpoint('client'), world.raw('server')];
    const response = client.request(server.address, { method: 'GET' });
    await world.pass(5);
    const request = server.takeOne();
    const separate = server.send(client, { type: 'CON', code: '2.05', token: request.token });
    server.send(client, separate);
    await world.settle(response);
    server.send(client, separate);
    await world.pass(5);
    expect(server.take().map(line)).toEqual(['ACK 0.00  0', 'ACK 0.00  0', 'ACK 0.00  0']);
  });

  it('remembers no more of a peer, and of all, than its limits', async () => {
    const world = new World();
    const server = world.endpoint('server', { limits: { receivedPerPeer: 8, received: 20 } });
    const clients = Array.from({ length: 5 }, (_, i) => world.raw(`client ${i}`));
    for (let round = 0; round < 30; round++) {
      for (const client of clients) client.send(server, { options: path });
      await world.pass(5);
      expect(server.endpoint.load.received).toBeLessThanOrEqual(20);
    }
    expect(server.endpoint.load.received).toBe(20);
    const [busy] = clients;
    for (let round = 0; round < 50; round++) busy?.send(server, { options: path });
    await world.pass(5);
    expect(server.endpoint.load.received).toBeLessThanOrEqual(20);
    await world.pass(300_000);
    expect(server.endpoint.load).toMatchObject({ received: 0, peers: 0 });
    expect(server.endpoint.deadline).toBeUndefined();
  });
});

describe('message IDs (RFC 7252 §4.4)', () => {
  it('differ while anything is under way, and start at random for each peer', async () => {
    const world = new World();
    const client = world.endpoint('client', { parameters: { nstart: 100 } });
    const servers = [world.raw('one'), world.raw('two')];
    for (let i = 0; i < 50; i++) {
      for (const server of servers) void client.request(server.address, { method: 'GET' }).catch(() => undefined);
    }
    await world.pass(5);
    const ids = servers.map((server) => server.take().map(({ messageId }) => messageId));
    expect(ids.map((all) => new Set(all).size)).toEqual([50, 50]);
    expect(Math.abs((ids[0]?.[0] as number) - (ids[1]?.[0] as number))).toBeGreaterThan(100);
  });

  it('pass 65535 and go on with 0', async () => {
    const world = new World();
    const [client, server] = [world.endpoint('client'), world.endpoint('server')];
    for (let i = 0; i < 66_000; i++) {
      if (i % 1000 === 0) await world.settle(client.ping(server.address));
      else client.endpoint.ping(server.address, world.clock.now());
    }
    await world.settle(client.ping(server.address));
    expect(client.endpoint.load.requests).toBe(0);
  });
});

describe('ping (RFC 7252 §4.3)', () => {
  it('is answered with a Reset', async () => {
    const world = new World();
    const [server, client] = [world.endpoint('server'), world.raw('client')];
    client.send(server, { type: 'CON', code: 'Empty', messageId: 99 });
    await world.pass(5);
    expect(client.takeOne()).toMatchObject({ type: 'RST', code: 0, messageId: 99 });
    expect(server.endpoint.load.peers).toBe(0);
  });

  it('comes back from a peer that is there, and fails from one that is not', async () => {
    const world = new World();
    const [client, server] = [world.endpoint('client'), world.endpoint('server')];
    await world.settle(client.ping(server.address));
    await expect(world.settle(client.ping({ key: 'nobody' }))).rejects.toMatchObject({ code: 'timed-out' });
  });
});

describe('NSTART (RFC 7252 §4.7)', () => {
  it.each([1, 3])('lets %i requests to one peer be outstanding, and the rest wait in order', async (nstart) => {
    const world = new World();
    const [client, server] = [world.endpoint('client', { parameters: { nstart } }), world.raw('server')];
    const responses = Array.from({ length: 6 }, (_, i) =>
      client.request(server.address, { method: 'GET', path: `/${i}` }),
    );
    const seen: string[] = [];
    while (seen.length < 6) {
      await world.pass(5);
      const requests = server.take();
      expect(requests.length).toBe(Math.min(nstart, 6 - seen.length));
      for (const request of requests) {
        seen.push(textOf(request.options[0]?.value as Uint8Array));
        server.send(client, acknowledging(request, { code: '2.05' }));
      }
    }
    expect(seen).toEqual(['0', '1', '2', '3', '4', '5']);
    await world.settle(Promise.all(responses));
  });

  it('does not count a request that is acknowledged, nor hold up those to other peers', async () => {
    const world = new World();
    const [client, server, other] = [world.endpoint('client'), world.raw('server'), world.raw('other')];
    for (const peer of [server, server, other]) {
      void client.request(peer.address, { method: 'GET' }).catch(() => undefined);
    }
    await world.pass(5);
    expect(other.take().length).toBe(1);
    server.send(client, acknowledging(server.takeOne()));
    await world.pass(5);
    expect(server.take().length).toBe(1);
  });

  it('goes on after a peer has not answered', async () => {
    const world = new World();
    const client = world.endpoint('client');
    const [first, second] = [1, 2].map(() => client.request({ key: 'nobody' }, { method: 'GET' }));
    await expect(world.settle(first as Promise<unknown>)).rejects.toMatchObject({ code: 'timed-out' });
    await expect(world.settle(second as Promise<unknown>)).rejects.toMatchObject({ code: 'timed-out' });
    expect(client.endpoint.counters.retransmissions).toBe(8);
  });

  it('refuses more than may wait', async () => {
    const world = new World();
    const client = world.endpoint('client', { limits: { waitingPerPeer: 2 } });
    const ask = (): Promise<unknown> => client.request({ key: 'nobody' }, { method: 'GET' });
    const taken = [ask(), ask(), ask()].map((request) => request.catch(() => undefined));
    await expect(ask()).rejects.toMatchObject({ code: 'too-many-requests', fault: 'caller' });
    await world.settle(Promise.all(taken));
    expect(client.endpoint.load.requests).toBe(0);
  });
});

describe('what belongs to nothing (RFC 7252 §4.2, §4.3)', () => {
  it('a Confirmable message that is malformed is rejected; any other is dropped', async () => {
    const world = new World();
    const [server, client] = [world.endpoint('server'), world.raw('client')];
    const malformed = ['49 01 1234', '59 01 1234', '69 01 1234', '79 01 1234', '40 01 12', '80 01 1234', '40 e1 4321'];
    for (const bytes of malformed) client.sendBytes(server, Buffer.from(bytes.replaceAll(' ', ''), 'hex'));
    await world.pass(5);
    const resets = client.take().map(({ type, messageId }) => `${type} ${messageId.toString(16)}`);
    expect(resets).toEqual(['RST 1234', 'RST 4321']);
    expect(server.endpoint.counters.malformed).toBe(7);
    expect(server.endpoint.load.peers).toBe(0);
  });

  it('responses that nobody waits for are reset, every copy alike', async () => {
    const world = new World();
    const [server, client] = [world.endpoint('server'), world.raw('client')];
    const response = client.send(server, { type: 'CON', code: '2.05', messageId: 5, token });
    client.send(server, response);
    client.send(server, { type: 'NON', code: '2.05', messageId: 6, token });
    await world.pass(5);
    expect(client.take().map(({ type, messageId }) => `${type} ${messageId}`)).toEqual(['RST 5', 'RST 5', 'RST 6']);
  });

  it('Acknowledgements, Resets and Empty Non-confirmable messages are counted and dropped', async () => {
    const world = new World();
    const [server, client] = [world.endpoint('server'), world.raw('client')];
    client.send(server, { type: 'ACK', code: 'Empty' });
    client.send(server, { type: 'ACK', code: '2.05', token });
    client.send(server, { type: 'ACK', code: 'GET', token });
    client.send(server, { type: 'RST', code: 'Empty' });
    client.send(server, { type: 'RST', code: '2.05' });
    client.send(server, { type: 'NON', code: 'Empty' });
    await world.pass(5);
    expect(client.take()).toEqual([]);
    expect(server.endpoint.counters.stray).toBe(6);
    expect(server.endpoint.load.peers).toBe(0);
  });
});
