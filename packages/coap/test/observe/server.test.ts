import { toHex } from '@selvage/core';
import { SeededRandom } from '@selvage/core/virtual';
import { describe, expect, it } from 'vitest';
import { type CoapMessage, first, option, type ServerRequest, type ServerResponse } from '../../src/index.js';
import { text, textOf } from '../support/messages.js';
import { acknowledging, line, type Options, type RawPeer, World } from '../support/world.js';

const token = Uint8Array.of(0x21);
const path = [option.uriPath.of('light')];
const observing = [option.observe.of(0), ...path];
const sequenceOf = ({ options }: CoapMessage): number | undefined => first(options, option.observe);

/** A server of one observable resource whose state a test sets. */
function lighting(options: Options = {}) {
  const world = new World();
  const resource = { state: '0', response: {} as Partial<ServerResponse>, requests: [] as ServerRequest[] };
  const handler = (request: ServerRequest): ServerResponse => {
    resource.requests.push(request);
    return { code: '2.05', payload: text(resource.state), observable: true, ...resource.response };
  };
  const server = world.endpoint('server', { handler, ...options });
  const client = world.raw('client');
  const set = async (state: string, wait = 5): Promise<void> => {
    resource.state = state;
    server.changed('/light');
    await world.pass(wait);
  };
  const register = async (from: RawPeer = client, tag: Uint8Array = token): Promise<CoapMessage> => {
    from.send(server, { token: tag, options: observing });
    await world.pass(5);
    return from.takeOne();
  };
  return { world, server, client, resource, set, register };
}

describe('registration (RFC 7641 §4.1)', () => {
  it('is confirmed by Observe in the response', async () => {
    const { register, server } = lighting();
    const answer = await register();
    expect([line(answer), sequenceOf(answer) !== undefined]).toEqual(['ACK 2.05 21 1', true]);
    expect(server.endpoint.observerCount('/light')).toBe(1);
  });

  it('is not, where the handler does not say that the resource is observable', async () => {
    const { register, server, resource } = lighting();
    resource.response = { observable: false };
    expect(sequenceOf(await register())).toBeUndefined();
    expect(server.endpoint.load.observers).toBe(0);
  });

  it('is not, where the response is an error, or the method one that changes something', async () => {
    const { register, server, resource, client, world } = lighting();
    resource.response = { code: '4.01' };
    expect(sequenceOf(await register())).toBeUndefined();
    resource.response = {};
    client.send(server, { code: 'POST', token, options: observing });
    await world.pass(5);
    expect(sequenceOf(client.takeOne())).toBeUndefined();
    expect(server.endpoint.load.observers).toBe(0);
  });

  it('of the same token again is the same observation, and its sequence goes on (§4.1)', async () => {
    const { register, server, set, client } = lighting();
    const before = sequenceOf(await register()) as number;
    await set('1');
    const told = client.takeOne();
    client.send(server, acknowledging(told));
    const after = sequenceOf(await register()) as number;
    expect(server.endpoint.load.observers).toBe(1);
    expect([sequenceOf(told) as number, after]).toEqual([before + 1, before + 2]);
  });

  it('stops at so many of one peer and of all; the rest are served without being told', async () => {
    const { register, server, world } = lighting({ limits: { observersPerPeer: 3, observers: 5 } });
    const counts: number[] = [];
    for (const name of ['one', 'two', 'three']) {
      const from = world.raw(name);
      const answers: CoapMessage[] = [];
      for (let i = 0; i < 4; i++) answers.push(await register(from, Uint8Array.of(i)));
      expect(answers.map(line).every((answer) => answer.startsWith('ACK 2.05'))).toBe(true);
      counts.push(answers.filter((answer) => sequenceOf(answer) !== undefined).length);
    }
    expect(counts).toEqual([3, 2, 0]);
    expect(server.endpoint.load.observers).toBe(5);
  });
});

describe('notification (RFC 7641 §4.2)', () => {
  it('carries token, Observe and the state of now, asked of the handler anew', async () => {
    const { register, set, client, resource } = lighting();
    const before = sequenceOf(await register()) as number;
    await set('1');
    const told = client.takeOne();
    expect([line(told), textOf(told.payload), sequenceOf(told)]).toEqual(['CON 2.05 21 1', '1', before + 1]);
    expect(resource.requests.map(({ observe, path: of, method }) => [observe, of, method])).toEqual([
      ['register', '/light', 'GET'],
      ['notify', '/light', 'GET'],
    ]);
  });

  it('goes to every observer of that resource and to no other', async () => {
    const { register, set, world, server } = lighting();
    const others = ['one', 'two'].map((name) => world.raw(name));
    for (const other of others) await register(other);
    const elsewhere = world.raw('elsewhere');
    elsewhere.send(server, { token, options: [option.observe.of(0), option.uriPath.of('lock')] });
    await world.pass(5);
    elsewhere.take();
    await set('1');
    expect(others.map((other) => line(other.takeOne()))).toEqual(['CON 2.05 21 1', 'CON 2.05 21 1']);
    expect(elsewhere.take()).toEqual([]);
  });

  it('tells changes that come while one is on its way as one, the newest (§4.5.1)', async () => {
    const { register, set, client, server, world } = lighting();
    await register();
    await set('1');
    const told = client.takeOne();
    for (const state of ['2', '3', '4']) await set(state);
    expect(client.take()).toEqual([]);
    client.send(server, acknowledging(told));
    await world.pass(5);
    expect(textOf(client.takeOne().payload)).toBe('4');
  });

  it('sends the newest state in place of a copy, as a new message that inherits the attempts (§4.5.2)', async () => {
    const { register, set, client, server, world } = lighting();
    await register();
    await set('1');
    const told = client.takeOne();
    await set('2');
    await world.pass(120_000);
    const again = client.take();
    expect(again.map(({ payload }) => textOf(payload))).toEqual(['1', '2', '2', '2']);
    expect(new Set([told, ...again].map(({ messageId }) => messageId)).size).toBe(2);
    expect(server.endpoint.load.observers).toBe(0);
  });

  it('ends the observation when nobody acknowledges it', async () => {
    const { register, set, server, world, client } = lighting();
    await register();
    await set('1');
    await world.pass(100_000);
    expect(client.take().length).toBe(5);
    expect(server.endpoint.load.observers).toBe(0);
    await set('2');
    expect(client.take()).toEqual([]);
  });

  it('that the client resets ends the observation (§4.2)', async () => {
    const { register, set, client, server, world } = lighting();
    await register();
    await set('1');
    client.send(server, { type: 'RST', code: 'Empty', messageId: client.takeOne().messageId });
    await world.pass(5);
    expect(server.endpoint.load.observers).toBe(0);
    await world.pass(100_000);
    expect(client.take()).toEqual([]);
  });

  it('that is an error is the last, and carries no Observe', async () => {
    const { register, set, client, server, resource } = lighting();
    await register();
    resource.response = { code: '4.04' };
    await set('1');
    const last = client.takeOne();
    expect([line(last), sequenceOf(last)]).toEqual(['CON 4.04 21 1', undefined]);
    expect(server.endpoint.load.observers).toBe(0);
  });

  it('ends the observation of a resource that is observable no longer', async () => {
    const { register, set, client, server, resource } = lighting();
    await register();
    resource.response = { observable: false };
    await set('1');
    const last = client.takeOne();
    expect([line(last), sequenceOf(last)]).toEqual(['CON 2.05 21 1', undefined]);
    expect(server.endpoint.load.observers).toBe(0);
  });

  it('of a state that does not fit one message is the first block of it (RFC 7959 §2.6)', async () => {
    const { register, set, client, server, world, resource } = lighting();
    await register();
    const body = new SeededRandom('state').bytes(1500);
    resource.response = { payload: body };
    await set('1');
    const told = client.takeOne();
    expect(first(told.options, option.block2)).toEqual({ number: 0, more: true, size: 1024 });
    resource.response = { payload: body.toReversed() };
    const block = option.block2.of({ number: 1, more: false, size: 1024 });
    client.send(server, { token: Uint8Array.of(0x99), options: [...path, block] });
    await world.pass(5);
    expect(toHex(client.takeOne().payload)).toBe(toHex(body.subarray(1024)));
  });

  it('keeps to the block size that the client named when it registered', async () => {
    const { set, client, server, world, resource } = lighting();
    resource.response = { payload: new Uint8Array(300) };
    const block = option.block2.of({ number: 0, more: false, size: 64 });
    client.send(server, { token, options: [...observing, block] });
    await world.pass(5);
    expect(client.takeOne().payload.length).toBe(64);
    await set('1');
    const told = client.takeOne();
    expect(first(told.options, option.block2)).toEqual({ number: 0, more: true, size: 64 });
  });

  it('that cannot be written is told as 5.00, and ends the observation', async () => {
    const errors: unknown[] = [];
    const { register, set, client, server, resource } = lighting({ onError: (error) => errors.push(error) });
    await register();
    resource.response = { options: [{ number: -1, value: text('') }] };
    await set('1');
    expect([line(client.takeOne()), server.endpoint.load.observers]).toEqual(['CON 5.00 21 0', 0]);
    expect(errors).toMatchObject([{ code: 'invalid-value', fault: 'caller' }]);
  });

  it('waits for an asynchronous handler, and drops the answer that comes after the end', async () => {
    const world = new World();
    const answers: (() => void)[] = [];
    const handler = ({ observe }: ServerRequest): ServerResponse | Promise<ServerResponse> => {
      const response: ServerResponse = { code: '2.05', observable: true };
      return observe === 'notify' ? new Promise((resolve) => answers.push(() => resolve(response))) : response;
    };
    const [server, client] = [world.endpoint('server', { handler }), world.raw('client')];
    client.send(server, { token, options: observing });
    await world.pass(5);
    client.take();
    server.changed('/light');
    await world.pass(100);
    expect(client.take()).toEqual([]);
    answers[0]?.();
    await world.pass(5);
    const told = client.takeOne();
    client.send(server, acknowledging(told));
    await world.pass(5);
    server.changed('/light');
    client.send(server, { token, options: [option.observe.of(1), ...path] });
    await world.pass(5);
    client.take();
    answers[1]?.();
    await world.pass(100);
    expect(client.take()).toEqual([]);
    expect(server.endpoint.load).toMatchObject({ observers: 0, serving: 0 });
  });

  it('that no handler ever answers ends the observation', async () => {
    const world = new World();
    const handler = ({ observe }: ServerRequest): ServerResponse | Promise<ServerResponse> =>
      observe === 'notify' ? new Promise(() => undefined) : { code: '2.05', observable: true };
    const [server, client] = [world.endpoint('server', { handler }), world.raw('client')];
    client.send(server, { token, options: observing });
    await world.pass(5);
    server.changed('/light');
    await world.pass(300_000);
    expect(server.endpoint.load.observers).toBe(0);
  });
});

describe('Non-confirmable notifications (RFC 7641 §4.5)', () => {
  it('are each fifth Confirmable, to see whether anybody listens', async () => {
    const { register, set, client, server, world } = lighting({ notifications: 'NON' });
    await register();
    const types: string[] = [];
    for (let i = 0; i < 10; i++) {
      await set(`${i}`);
      const told = client.takeOne();
      types.push(told.type);
      if (told.type === 'CON') client.send(server, acknowledging(told));
      await world.pass(5);
    }
    expect(types.join(' ')).toBe('NON NON NON NON CON NON NON NON NON CON');
  });

  it('are Confirmable at least once in 24 hours', async () => {
    const { register, set, client, world } = lighting({ notifications: 'NON' });
    await register();
    await world.pass(23 * 3_600_000);
    await set('1');
    expect(client.takeOne().type).toBe('NON');
    await world.pass(3_600_001);
    expect(client.takeOne().type).toBe('CON');
  });

  it('ask after a day whether a client is still there, also where nothing has changed', async () => {
    const { register, client, world, server } = lighting();
    await register();
    await world.pass(24 * 3_600_000 - 10);
    expect(client.take()).toEqual([]);
    await world.pass(20);
    client.send(server, acknowledging(client.takeOne()));
    await world.pass(24 * 3_600_000 + 100_000);
    expect([client.take().length, server.endpoint.load.observers]).toEqual([5, 0]);
  });

  it('can be reset, also one that was overtaken, and the first response too', async () => {
    for (const which of [0, 1, 2]) {
      const { set, client, server, world } = lighting({ notifications: 'NON' });
      client.send(server, { type: 'NON', token, options: observing });
      await world.pass(5);
      await set('1');
      await set('2');
      const messageId = client.take()[which]?.messageId as number;
      client.send(server, { type: 'RST', code: 'Empty', messageId });
      await world.pass(5);
      expect({ which, observers: server.endpoint.load.observers }).toEqual({ which, observers: 0 });
    }
  });
});

describe('the end of an observation', () => {
  it('comes with a GET that says so (§3.6)', async () => {
    const { register, set, client, server, world } = lighting();
    await register();
    client.send(server, { token, options: [option.observe.of(1), ...path] });
    await world.pass(5);
    const answer = client.takeOne();
    expect([line(answer), sequenceOf(answer)]).toEqual(['ACK 2.05 21 1', undefined]);
    expect(server.endpoint.load.observers).toBe(0);
    await set('1');
    expect(client.take()).toEqual([]);
  });

  it('does not come with another token, nor from another peer', async () => {
    const { register, client, server, world } = lighting();
    await register();
    client.send(server, { token: Uint8Array.of(0x22), options: [option.observe.of(1), ...path] });
    world.raw('other').send(server, { token, options: [option.observe.of(1), ...path] });
    await world.pass(5);
    expect(server.endpoint.load.observers).toBe(1);
  });

  it('comes with the rejection of a response that was sent apart (§4.2)', async () => {
    const world = new World();
    const handler = () =>
      new Promise<ServerResponse>((resolve) =>
        world.clock.wakeAt(world.clock.now() + 1000, () => resolve({ code: '2.05', observable: true })),
      );
    const [server, client] = [world.endpoint('server', { handler }), world.raw('client')];
    client.send(server, { token, options: observing });
    await world.pass(1100);
    const separate = client.take().at(-1) as CoapMessage;
    expect([separate.type, server.endpoint.load.observers]).toEqual(['CON', 1]);
    client.send(server, { type: 'RST', code: 'Empty', messageId: separate.messageId });
    await world.pass(5);
    expect(server.endpoint.load.observers).toBe(0);
  });

  it('leaves nothing behind', async () => {
    const { register, set, server, world } = lighting();
    await register();
    await set('1');
    await world.pass(600_000);
    expect(server.endpoint.load).toMatchObject({ observers: 0, peers: 0, received: 0 });
    expect(server.endpoint.deadline).toBeUndefined();
  });
});
