import { concat, toHex } from '@selvage/core';
import { SeededRandom } from '@selvage/core/virtual';
import { describe, expect, it } from 'vitest';
import { type CoapMessage, type ServerRequest, type ServerResponse, first, has, option } from '../../src/index.js';
import { text, textOf } from '../support/messages.js';
import { line, type Options, World } from '../support/world.js';
import { block2, block2Of, path } from './support/blocks.js';

const random = new SeededRandom('serving');

describe('a server that serves blocks (RFC 7959 §2.4)', () => {
  const body = random.bytes(2500);

  async function asking(options: Options = {}, maximumPayload = 1232) {
    const world = new World({ maximumPayload });
    let served = 0;
    let current = body;
    const handler = (): ServerResponse => {
      served++;
      return { code: '2.05', payload: current, contentFormat: 42 };
    };
    const server = world.endpoint('server', { handler, ...options });
    const client = world.raw('client');
    const ask = async (...extra: CoapMessage['options']): Promise<CoapMessage> => {
      client.send(server, { options: [...path, ...extra] });
      await world.pass(5);
      return client.takeOne();
    };
    const change = (to: Uint8Array): void => {
      current = to;
    };
    return { world, server, client, ask, served: () => served, change };
  }

  it('begins with the first, its size, an ETag and the length of the whole', async () => {
    const { ask } = await asking();
    const answer = await ask();
    expect([block2Of(answer), answer.payload.length]).toEqual(['0/1/1024', 1024]);
    expect(first(answer.options, option.size2)).toBe(2500);
    expect(first(answer.options, option.etag)?.length).toBe(8);
    expect(first(answer.options, option.contentFormat)).toBe(42);
  });

  it('gives each block with the same ETag and format, all of one state, and asks its handler once', async () => {
    const { ask, served, change } = await asking();
    const answers = [await ask()];
    change(random.bytes(2500));
    answers.push(await ask(block2(1, false, 1024)), await ask(block2(2, false, 1024)));
    expect(answers.map(block2Of)).toEqual(['0/1/1024', '1/1/1024', '2/0/1024']);
    expect(new Set(answers.map(({ options }) => toHex(first(options, option.etag) as Uint8Array))).size).toBe(1);
    expect(answers.every(({ options }) => first(options, option.contentFormat) === 42)).toBe(true);
    expect(toHex(concat(...answers.map(({ payload }) => payload)))).toBe(toHex(body));
    expect(served()).toBe(1);
  });

  it('keeps to a smaller size that the client names, at first or later', async () => {
    const { ask } = await asking();
    expect(block2Of(await ask(block2(0, false, 64)))).toBe('0/1/64');
    expect(block2Of(await ask(block2(39, false, 64)))).toBe('39/0/64');
    const smaller = await ask(block2(128, false, 16));
    expect([block2Of(smaller), toHex(smaller.payload)]).toEqual(['128/1/16', toHex(body.subarray(2048, 2064))]);
  });

  it('never sends more than its port carries, whatever the client names', async () => {
    const { ask } = await asking({}, 200);
    const answer = await ask(block2(1, false, 1024));
    expect([block2Of(answer), toHex(answer.payload)]).toEqual(['8/1/128', toHex(body.subarray(1024, 1152))]);
  });

  it('says that a body which fits is whole, if it is asked for a block', async () => {
    const { ask, change } = await asking();
    change(body.subarray(0, 64));
    const whole = await ask(block2(0, false, 64));
    expect([block2Of(whole), whole.payload.length, has(whole.options, option.etag)]).toEqual(['0/0/64', 64, false]);
    expect(block2Of(await ask())).toBeUndefined();
  });

  it('answers 4.00 for a block beyond the end', async () => {
    const { ask } = await asking();
    await ask();
    expect(line(await ask(block2(3, false, 1024)))).toContain('4.00');
  });

  it('asks its handler anew when the body was forgotten, and equal bodies have equal ETags', async () => {
    const { ask, served, world } = await asking({ limits: { transferLifetime: 1000 } });
    const one = await ask();
    await world.pass(2000);
    const two = await ask(block2(1, false, 1024));
    expect(served()).toBe(2);
    expect(first(one.options, option.etag)).toEqual(first(two.options, option.etag));
    expect(block2Of(two)).toBe('1/1/1024');
  });

  it('does not carry out a POST again for its second block: 4.08 when the body was forgotten', async () => {
    const { client, server, world, served } = await asking({ limits: { transfers: 0 } });
    client.send(server, { code: 'POST', options: path });
    await world.pass(5);
    expect(block2Of(client.takeOne())).toBe('0/1/1024');
    client.send(server, { code: 'POST', options: [...path, block2(1, false, 1024)] });
    await world.pass(5);
    expect(line(client.takeOne())).toContain('4.08');
    expect(served()).toBe(1);
  });

  it('keeps the ETag of the handler', async () => {
    const world = new World();
    const handler = (): ServerResponse => ({ code: '2.05', payload: body, options: [option.etag.of(text('v1'))] });
    const [server, client] = [world.endpoint('server', { handler }), world.raw('client')];
    client.send(server, {});
    await world.pass(5);
    expect(textOf(first(client.takeOne().options, option.etag) as Uint8Array)).toBe('v1');
  });

  it('keeps apart what two clients, two queries and two methods are fetching', async () => {
    const world = new World();
    const handler = ({ query, from, method }: ServerRequest): ServerResponse => ({
      code: '2.05',
      payload: text(`${method} ${from.key} ${query.join('&')} `.repeat(100)),
    });
    const server = world.endpoint('server', { handler });
    const clients = ['one', 'two'].map((name) => world.endpoint(name, { parameters: { nstart: 9 } }));
    const all = clients.flatMap((client) =>
      ['a', 'b'].flatMap((query) =>
        (['GET', 'FETCH'] as const).map(async (method) => {
          const answer = await client.request(server.address, { method, query: [query] });
          return textOf(answer.payload) === `${method} ${client.address.key} ${query} `.repeat(100);
        }),
      ),
    );
    expect(await world.settle(Promise.all(all))).toEqual(Array(8).fill(true));
  });
});
