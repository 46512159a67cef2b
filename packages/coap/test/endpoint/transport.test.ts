import { SelvageError } from '@selvage/core';
import { describe, expect, it } from 'vitest';
import { World } from '../support/world.js';

describe('a transport', () => {
  it('that is closed fails what is under way, and is silent', async () => {
    const world = new World();
    const [client, server] = [world.endpoint('client'), world.raw('server')];
    let end: unknown;
    const failures = Promise.all(
      [client.request(server.address, { method: 'GET' }), client.ping(server.address)].map((promise) =>
        promise.catch((error: unknown) => error),
      ),
    );
    const group = client.askGroup(server.address, { method: 'GET' }).catch((error: unknown) => error);
    client.observe(
      server.address,
      { method: 'GET' },
      { onNotification: () => undefined, onEnd: (e) => void (end = e) },
    );
    client.close();
    client.close();
    expect(await failures).toMatchObject([{ code: 'port-closed' }, { code: 'port-closed' }]);
    expect([await group, end]).toMatchObject([{ code: 'port-closed' }, { error: { code: 'port-closed' } }]);
    await world.pass(5);
    server.take();
    await world.pass(100_000);
    expect(server.take()).toEqual([]);
  });

  it('that is closed while a handler works drops its answer', async () => {
    const world = new World();
    const handler = () =>
      new Promise<{ code: '2.05' }>((resolve) => world.clock.wakeAt(50, () => resolve({ code: '2.05' })));
    const [server, client] = [world.endpoint('server', { handler }), world.raw('client')];
    client.send(server, {});
    await world.pass(10);
    server.close();
    await world.pass(100);
    expect(client.take()).toEqual([]);
  });

  it('goes on when its port cannot send', async () => {
    const world = new World();
    const errors: unknown[] = [];
    const client = world.endpoint('client', { onError: (error) => errors.push(error) });
    const port = world.network.open('broken');
    const send = port.send.bind(port);
    let broken = true;
    port.send = (...datagram): void => {
      if (broken) throw new SelvageError('port-failed', 'no route');
      send(...datagram);
    };
    expect(errors).toEqual([]);
    const server = world.endpoint('server', { handler: () => ({ code: '2.05' }) });
    const other = world.endpoint('other', { port, onError: (error) => errors.push(error) });
    const promise = other.request(server.address, { method: 'GET' });
    await world.pass(100);
    broken = false;
    expect((await world.settle(promise)).code).toBe('2.05');
    expect(errors).toMatchObject([{ code: 'port-failed' }]);
    expect(client.endpoint.load.requests).toBe(0);
  });

  it('sends nothing before it is asked, and sets no timer', () => {
    const world = new World();
    const client = world.endpoint('client');
    expect([world.clock.pending, client.endpoint.deadline]).toEqual([0, undefined]);
  });

  it('does not set its timer anew for every message', async () => {
    const world = new World();
    const server = world.endpoint('server', { handler: () => ({ code: '2.05' }) });
    const client = world.raw('client');
    let set = 0;
    const wakeAt = world.clock.wakeAt.bind(world.clock);
    world.clock.wakeAt = (at, callback) => {
      if (at > world.clock.now() + 100) set++;
      return wakeAt(at, callback);
    };
    for (let i = 0; i < 100; i++) client.send(server, {});
    await world.pass(10);
    expect(client.take().length).toBe(100);
    expect(set).toBeLessThanOrEqual(2);
  });
});
