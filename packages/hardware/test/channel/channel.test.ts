import { FormatError, SelvageError } from '@selvage/core';
import { outcomeOfPromise } from '@selvage/core/testing';
import { eventLoopTurn } from '@selvage/core/virtual';
import { Channel, type ChannelOptions, type ChannelRequest, memoryStreams } from '@selvage/hardware';
import { describe, expect, it } from 'vitest';

const service = 9;
const turns = { soon: (work: () => void) => queueMicrotask(work), later: (work: () => void) => setImmediate(work) };

function pair(options: ChannelOptions = {}): { client: Channel; server: Channel } {
  const [a, b] = memoryStreams();
  return {
    client: new Channel(a, { schedule: turns, ...options }),
    server: new Channel(b, { schedule: turns, ...options }),
  };
}

describe('Channel', () => {
  it('answers requests, each with its own answer', async () => {
    const { client, server } = pair();
    server.serve(service, { request: ({ operation, body }) => Uint8Array.of(operation, ...body) });
    const answers = await Promise.all(
      Array.from({ length: 500 }, (_, i) => client.request(service, 1 + (i % 100), Uint8Array.of(i & 0xff))),
    );
    expect(answers.map((answer) => [...answer])).toEqual(answers.map((_, i) => [1 + (i % 100), i & 0xff]));
    expect([server.violations, client.violations]).toEqual([0, 0]);
  });

  it('asks both ways, and carries notices', async () => {
    const { client, server } = pair();
    const seen: number[] = [];
    client.serve(service, { request: () => Uint8Array.of(1), notice: ({ operation }) => void seen.push(operation) });
    expect([...(await server.request(service, 2, new Uint8Array(0)))]).toEqual([1]);
    expect(server.notify(service, 7, new Uint8Array(0))).toBe(true);
    await eventLoopTurn();
    expect(seen).toEqual([7]);
  });

  it('carries an error with its code, its details and what to do, and no cause', async () => {
    const { client, server } = pair();
    server.serve(service, {
      request: async () => {
        const cause = new SelvageError('internal', 'the inside');
        throw new SelvageError('key-not-found', 'no key', { details: { id: 'x', n: 1 }, remedy: 'Look.', cause });
      },
    });
    const error: unknown = await client.request(service, 1, new Uint8Array(0)).catch((thrown: unknown) => thrown);
    expect(error instanceof SelvageError && error.toJSON()).toEqual({
      code: 'key-not-found',
      fault: 'caller',
      message: 'no key',
      details: { id: 'x', n: 1 },
      remedy: 'Look.',
    });
  });

  it('says nothing of what is no SelvageError', async () => {
    const { client, server } = pair();
    server.serve(service, {
      request: () => {
        throw Object.assign(new FormatError('truncated', 'x'), { code: 'secret', name: 'secret' });
      },
    });
    const failed = client.request(service, 1, new Uint8Array(0));
    expect(await outcomeOfPromise(failed)).toBe('internal');
  });

  it('withdraws a request that waits, one that is served, and one that was never sent', async () => {
    const { client, server } = pair({ limits: { requests: 4 } });
    const begun: ChannelRequest[] = [];
    const release: (() => void)[] = [];
    server.serve(service, {
      request: (request) => {
        begun.push(request);
        return new Promise((resolve) => release.push(() => resolve(new Uint8Array(0))));
      },
    });
    const controllers = Array.from({ length: 4 }, () => new AbortController());
    const outcomes = controllers.map(({ signal }) =>
      outcomeOfPromise(client.request(service, 1, new Uint8Array(0), { signal })),
    );
    await eventLoopTurn();
    expect(begun.length).toBe(2);
    for (const index of [0, 3]) controllers[index]!.abort();
    await eventLoopTurn();
    expect(begun.map(({ signal }) => signal.aborted)).toEqual([true, false]);
    for (let i = 0; i < 3; i++) {
      release.splice(0).forEach((go) => go());
      await eventLoopTurn();
    }
    expect(await Promise.all(outcomes)).toEqual(['cancelled', 'returned', 'returned', 'cancelled']);
    expect(begun.length).toBe(3);
    expect([server.violations, client.violations]).toEqual([0, 0]);
  });

  it('serves lanes in turn, so that a full one keeps another waiting for one request', async () => {
    const { client, server } = pair({ limits: { slice: 1 } });
    const order: number[] = [];
    server.serve(service, { request: ({ lane }) => (order.push(lane), new Uint8Array(0)) });
    const storm = Array.from({ length: 100 }, () => client.request(service, 1, new Uint8Array(0), { lane: 1 }));
    await eventLoopTurn();
    const before = order.length;
    await client.request(service, 1, new Uint8Array(0), { lane: 0 });
    const behind = order.indexOf(0) - before;
    expect(before < 50 && behind <= 3).toBe(true);
    await Promise.all(storm);
    expect(order.length).toBe(101);
  });

  it('fails what is under way and what comes later when either side closes', async () => {
    for (const closing of ['client', 'server'] as const) {
      const both = pair();
      both.server.serve(service, { request: () => new Promise(() => undefined) });
      const asked = outcomeOfPromise(both.client.request(service, 1, new Uint8Array(0)));
      await eventLoopTurn();
      both[closing].close();
      expect(await asked).toBe('port-closed');
      expect(await outcomeOfPromise(both.client.request(service, 1, new Uint8Array(0)))).toBe('port-closed');
      expect([both.client.isClosed, both.server.isClosed]).toEqual([true, true]);
    }
  });

  it('looks for a quick answer without a rest while it is the only one that is waited for', async () => {
    const [a, b] = memoryStreams();
    const wanted: (() => boolean)[] = [];
    const client = new Channel(a, { schedule: { ...turns, hurry: (isWanted) => void wanted.push(isWanted) } });
    new Channel(b).serve(service, { request: () => new Uint8Array(0) });
    await client.request(service, 1, new Uint8Array(0));
    expect(wanted.length).toBe(0);
    const quick = client.request(service, 1, new Uint8Array(0), { isQuick: true });
    expect(wanted.map((isWanted) => isWanted())).toEqual([true]);
    await quick;
    expect(wanted.map((isWanted) => isWanted())).toEqual([false]);
    await Promise.all([1, 2, 3].map(() => client.request(service, 1, new Uint8Array(0), { isQuick: true })));
    expect(wanted.length).toBe(2);
  });

  it('refuses to send what the other side would not take', async () => {
    const { client } = pair({ limits: { frame: 100 } });
    expect(await outcomeOfPromise(client.request(service, 1, new Uint8Array(94)))).toBe('payload-too-large');
  });
});
