import { SeededRandom } from '@selvage/core/virtual';
import { describe, expect, it } from 'vitest';
import {
  type CoapMessage,
  type CoapResponse,
  first,
  option,
  type ServerRequest,
  type ServerResponse,
} from '../../src/index.js';
import { isNewer } from '../../src/observe/freshness.js';
import { text, textOf } from '../support/messages.js';
import { acknowledging, type Endpoint, line, type RawPeer, type Sketch, World } from '../support/world.js';

const observeOf = ({ options }: CoapMessage): number | undefined => first(options, option.observe);
const withSequence = (sequence: number): CoapMessage['options'] => [option.observe.of(sequence)];

interface Seen {
  readonly states: string[];
  end: { readonly error?: { readonly code: string }; readonly response?: CoapResponse } | undefined;
}

function observe(client: Endpoint, server: { readonly address: { readonly key: string } }, path = '/light') {
  const seen: Seen = { states: [], end: undefined };
  const stop = client.observe(
    server.address,
    { method: 'GET', path },
    {
      onNotification: ({ payload }) => seen.states.push(textOf(payload)),
      onEnd: (end) => {
        seen.end = end;
      },
    },
  );
  return { seen, stop };
}

/** A client that observes a server without an engine, already registered with sequence 10. */
async function observed() {
  const world = new World();
  const [client, server] = [world.endpoint('client'), world.raw('server')];
  const { seen, stop } = observe(client, server);
  await world.pass(5);
  const registration = server.takeOne();
  server.send(client, acknowledging(registration, { code: '2.05', options: withSequence(10), payload: text('a') }));
  await world.pass(5);
  const notify = async (sequence: number | undefined, state: string, sketch: Sketch = {}): Promise<void> => {
    const options = sequence === undefined ? [] : withSequence(sequence);
    server.send(client, {
      type: 'NON',
      code: '2.05',
      token: registration.token,
      options,
      payload: text(state),
      ...sketch,
    });
    await world.pass(5);
  };
  return { world, client, server, seen, stop, registration, notify };
}

describe('freshness (RFC 7641 §3.4)', () => {
  const cases: readonly [v1: number, v2: number, later: number, newer: boolean][] = [
    [1, 2, 0, true],
    [2, 1, 0, false],
    [2, 2, 0, false],
    [0, 2 ** 23 - 1, 0, true],
    [0, 2 ** 23, 0, false],
    [2 ** 24 - 1, 0, 0, true],
    [2 ** 24 - 1, 2 ** 23 - 2, 0, true],
    [2 ** 24 - 1, 2 ** 23 - 1, 0, false],
    [9, 3, 128_000, false],
    [9, 3, 128_001, true],
  ];
  it.each(cases)('%i, then %i after %i ms: %s', (v1, v2, later, newer) => {
    expect(isNewer({ sequence: v1, at: 5 }, { sequence: v2, at: 5 + later })).toBe(newer);
  });
});

describe('an observation by a client', () => {
  it('asks with Observe 0, and tells the first state and every later one', async () => {
    const { registration, seen, notify, server } = await observed();
    expect([line(registration).slice(0, 8), observeOf(registration)]).toEqual(['CON 0.01', 0]);
    await notify(11, 'b');
    await notify(12, 'c', { type: 'CON' });
    expect(seen.states).toEqual(['a', 'b', 'c']);
    expect(server.take().map(line)).toEqual(['ACK 0.00  0']);
  });

  it('drops what was overtaken, and copies', async () => {
    const { seen, notify } = await observed();
    await notify(13, 'd');
    await notify(12, 'c');
    await notify(13, 'd again');
    await notify(14, 'e');
    expect(seen.states).toEqual(['a', 'd', 'e']);
  });

  it('asks anew with the same token when Max-Age has passed, 5 to 15 s later (§3.3.1)', async () => {
    const { world, server, client, notify, registration, seen } = await observed();
    await notify(11, 'b', { options: [...withSequence(11), option.maxAge.of(100)] });
    await world.pass(104_000);
    expect(server.take()).toEqual([]);
    await world.pass(12_000);
    const again = server.take()[0] as CoapMessage;
    expect([again.token, observeOf(again)]).toEqual([registration.token, 0]);
    server.send(client, acknowledging(again, { code: '2.05', options: withSequence(3), payload: text('restarted') }));
    await world.pass(5);
    await notify(4, 'next');
    expect(seen.states).toEqual(['a', 'b', 'restarted', 'next']);
  });

  it('takes 60 s for a Max-Age that is not given', async () => {
    const { world, server } = await observed();
    await world.pass(64_000);
    expect(server.take()).toEqual([]);
    await world.pass(12_000);
    expect(server.take().length).toBeGreaterThan(0);
  });

  it('ends with an error when the server is gone by then', async () => {
    const { world, seen, client } = await observed();
    await world.pass(200_000);
    expect(seen.end).toMatchObject({ error: { code: 'timed-out' } });
    expect(client.endpoint.load.requests).toBe(0);
  });

  it.each([
    ['a success without Observe', { code: '2.05' as const, payload: text('z') }],
    ['an error', { code: '4.04' as const }],
  ])('ends with %s', async (_, sketch) => {
    const { notify, seen, server, client } = await observed();
    await notify(undefined, '', { type: 'CON', ...sketch });
    expect(seen.end?.response?.code).toBe(sketch.code);
    expect(seen.states).toEqual(['a']);
    expect(server.take().map(line)).toEqual(['ACK 0.00  0']);
    expect(client.endpoint.load.requests).toBe(0);
    await notify(15, 'late');
    expect(server.take().map(({ type }) => type)).toEqual(['RST']);
  });

  it('ends when the server does not observe in the first place', async () => {
    const world = new World();
    const handler = (): ServerResponse => ({ code: '2.05', payload: text('once') });
    const [client, server] = [world.endpoint('client'), world.endpoint('server', { handler })];
    const { seen } = observe(client, server);
    await world.pass(10);
    expect([seen.states, textOf(seen.end?.response?.payload ?? text(''))]).toEqual([[], 'once']);
  });

  it('ends when the server is not there', async () => {
    const world = new World();
    const client = world.endpoint('client');
    const { seen } = observe(client, { address: { key: 'nobody' } });
    await world.pass(100_000);
    expect(seen.end).toMatchObject({ error: { code: 'timed-out' } });
  });

  it('tells the server when nobody listens any longer, with the same token, and hears nothing more (§3.6)', async () => {
    const { stop, world, server, client, registration, notify, seen } = await observed();
    stop();
    await world.pass(5);
    const leaving = server.takeOne();
    expect([leaving.token, observeOf(leaving)]).toEqual([registration.token, 1]);
    server.send(client, acknowledging(leaving, { code: '2.05', payload: text('bye') }));
    await world.pass(5);
    expect(client.endpoint.load.requests).toBe(0);
    await notify(20, 'late');
    expect(server.take().map(({ type }) => type)).toEqual(['RST']);
    expect([seen.states, seen.end]).toEqual([['a'], undefined]);
  });

  it('is not ended by a response from elsewhere, nor by one with another token', async () => {
    const { world, client, registration, seen, notify, server } = await observed();
    const liar: RawPeer = world.raw('liar');
    liar.send(client, { type: 'NON', code: '4.04', token: registration.token });
    liar.send(client, { type: 'NON', code: '2.05', token: registration.token, options: withSequence(99) });
    await notify(50, 'forged', { token: Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8) });
    await notify(11, 'b');
    expect(seen).toEqual({ states: ['a', 'b'], end: undefined });
    expect(liar.take().every(({ type }) => type === 'RST')).toBe(true);
    expect(server.take().map(({ type }) => type)).toEqual(['RST']);
  });
});

describe('between two endpoints', () => {
  function pair(options: { readonly notifications?: 'CON' | 'NON' } = {}) {
    const world = new World();
    const resource = { state: text('0') };
    const handler = ({ path }: ServerRequest): ServerResponse | undefined =>
      path === '/light' ? { code: '2.05', payload: resource.state, observable: true } : undefined;
    const server = world.endpoint('server', { handler, ...options });
    const client = world.endpoint('client');
    return { world, resource, server, client };
  }

  it.each(['CON', 'NON'] as const)('every state arrives, by %s', async (notifications) => {
    const { world, resource, server, client } = pair({ notifications });
    const { seen, stop } = observe(client, server);
    for (let i = 1; i <= 20; i++) {
      await world.pass(20);
      resource.state = text(`${i}`);
      server.changed('/light');
    }
    await world.pass(20);
    expect(seen.states).toEqual(Array.from({ length: 21 }, (_, i) => `${i}`));
    stop();
    await world.pass(20);
    expect([server.endpoint.load.observers, client.endpoint.load.requests]).toEqual([0, 0]);
  });

  it('goes on for hours, past every Max-Age', async () => {
    const { world, resource, server, client } = pair();
    const { seen } = observe(client, server);
    await world.pass(3 * 3_600_000);
    resource.state = text('at last');
    server.changed('/light');
    await world.pass(10);
    expect([seen.states.at(-1), seen.end]).toEqual(['at last', undefined]);
    expect(server.endpoint.load.observers).toBe(1);
  });

  it('large states arrive whole, and the newest when they change while they are fetched (RFC 7959 §2.6)', async () => {
    const { world, resource, server, client } = pair();
    const random = new SeededRandom('states');
    const states = Array.from({ length: 4 }, () => random.bytes(3000));
    const seen: Uint8Array[] = [];
    client.observe(server.address, { method: 'GET', path: '/light' }, { onNotification: (r) => seen.push(r.payload) });
    await world.pass(50);
    for (const state of states) {
      resource.state = state;
      server.changed('/light');
      await world.pass(3);
    }
    await world.pass(1000);
    expect(seen.at(-1)).toEqual(states.at(-1));
    expect(seen.slice(1).every((state) => states.some((one) => Buffer.from(one).equals(state)))).toBe(true);
  });

  it('at 30 % loss the last state arrives', async () => {
    for (let seed = 0; seed < 20; seed++) {
      const { world, resource, server, client } = pair();
      world.network.conditions = { loss: 0.3, delay: [1, 50], duplication: 0.1, reordering: 0.2 };
      const states: string[] = [];
      const start = (): void => {
        client.observe(
          server.address,
          { method: 'GET', path: '/light' },
          { onNotification: ({ payload }) => states.push(textOf(payload)), onEnd: start },
        );
      };
      start();
      for (let i = 1; i <= 10; i++) {
        await world.pass(3000);
        resource.state = text(`${i}`);
        server.changed('/light');
      }
      await world.pass(600_000);
      expect({ seed, last: states.at(-1) }).toEqual({ seed, last: '10' });
      const numbers = states.map(Number);
      expect({ seed, numbers }).toEqual({ seed, numbers: [...numbers].sort((a, b) => a - b) });
    }
  });
});
