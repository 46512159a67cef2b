import { SeededRandom } from '@selvage/core/virtual';
import { expect, it } from 'vitest';
import { type CoapRequest, contentFormat } from '../../src/index.js';
import { text, textOf } from '../support/messages.js';
import { at, freePort, groupAddress, loopback, type Ours, open, until } from './support/ours.js';
import { Program } from '../../../core/test/support/peer-program.js';
import { describeWithLibcoap, libcoap } from './support/libcoap.js';

const body = Buffer.from(new SeededRandom('body').bytes(3000)).toString('hex').slice(0, 5000);

/** A libcoap server and a client of ours that has heard of it. */
async function server(args: readonly string[] = [], options: Parameters<typeof open>[0] = {}) {
  const port = await freePort();
  Program.start(libcoap('coap-server') as string, ['-A', loopback, '-p', `${port}`, '-d', '10', ...args]);
  const ours: Ours = await open({ parameters: { ackTimeout: 300 }, ...options });
  const to = at(port);
  await ours.coap.ping(to);
  const ask = (request: CoapRequest) => ours.coap.request(to, request);
  return { ...ours, to, ask };
}

describeWithLibcoap('our client asks libcoap coap-server', () => {
  it.each([true, false])('for a small resource, Confirmable: %s', async (confirmable) => {
    const { ask } = await server();
    const answer = await ask({ method: 'GET', path: '/', confirmable });
    expect(answer.code).toBe('2.05');
    expect(textOf(answer.payload)).toContain('made with libcoap');
  });

  it('for its list of resources', async () => {
    const { ask } = await server();
    const answer = await ask({ method: 'GET', path: '/.well-known/core', accept: contentFormat.linkFormat });
    expect(textOf(answer.payload)).toContain('</time>;if="clock"');
  });

  it('for what is not there, and with what it does not know', async () => {
    const { ask } = await server();
    expect((await ask({ method: 'GET', path: '/nothing' })).code).toBe('4.04');
    expect((await ask({ method: 'GET', options: [{ number: 65_001, value: text('') }] })).code).toBe('4.02');
    expect((await ask({ method: 'POST', path: '/time' })).code).toMatch(/4\.0[45]/);
  });

  it('and waits for a response that is sent apart', async () => {
    const { ask } = await server();
    const answer = await ask({ method: 'GET', path: '/async', query: ['1'] });
    expect(textOf(answer.payload)).toBe('done');
  });

  it.each([1232, 600, 120])(
    'to keep and to give back a large body, in datagrams of %i bytes at most',
    async (maximum) => {
      const { UdpPort } = await import('@selvage/core/node');
      const { ask } = await server([], { port: await UdpPort.bind({ maximumPayload: maximum }) });
      const put = await ask({ method: 'PUT', path: '/example_data', payload: text(body), contentFormat: 0 });
      expect(put.code).toMatch(/2\.0[14]/);
      expect(textOf((await ask({ method: 'GET', path: '/example_data' })).payload)).toBe(body);
    },
  );

  it('to make, to change and to delete a resource', async () => {
    const { ask } = await server();
    const path = '/made/here';
    expect((await ask({ method: 'PUT', path, payload: text('one') })).code).toBe('2.01');
    expect((await ask({ method: 'PUT', path, payload: text('two') })).code).toBe('2.04');
    expect(textOf((await ask({ method: 'GET', path })).payload)).toBe('two');
    expect((await ask({ method: 'DELETE', path })).code).toBe('2.02');
    expect((await ask({ method: 'GET', path })).code).toBe('4.04');
  });

  it.each(['CON', 'NON'])('and observes its clock, by %s', async (type) => {
    const { coap, to } = await server(type === 'NON' ? ['-N'] : []);
    const ticks: string[] = [];
    const stop = coap.observe(
      to,
      { method: 'GET', path: '/time', query: ['ticks'] },
      { onNotification: ({ payload }) => ticks.push(textOf(payload)) },
    );
    await until(() => ticks.length >= 3);
    stop();
    expect(new Set(ticks).size).toBeGreaterThanOrEqual(2);
    await until(() => coap.endpoint.load.requests === 0);
  });

  it('and observes a large resource that it changes itself', async () => {
    const { coap, to, ask } = await server();
    await ask({ method: 'PUT', path: '/example_data', payload: text(body), contentFormat: 0 });
    const states: string[] = [];
    coap.observe(
      to,
      { method: 'GET', path: '/example_data' },
      { onNotification: (r) => states.push(textOf(r.payload)) },
    );
    await until(() => states.length === 1);
    const changed = body.toUpperCase();
    await ask({ method: 'PUT', path: '/example_data', payload: text(changed), contentFormat: 0 });
    await until(() => states.at(-1) === changed);
    expect(states[0]).toBe(body);
  });

  it('over a link on which a third of its datagrams is lost', async () => {
    const { ask } = await server(['-l', '33%'], { parameters: { ackTimeout: 50, maxRetransmit: 10 } });
    for (let i = 0; i < 10; i++) {
      expect((await ask({ method: 'PUT', path: '/example_data', payload: text(`${i}`) })).code).toMatch(/2\.0[14]/);
      expect(textOf((await ask({ method: 'GET', path: '/example_data' })).payload)).toBe(`${i}`);
    }
  });

  it('in a group on the loopback', async () => {
    const port = await freePort();
    const command = libcoap('coap-server') as string;
    Program.start(command, ['-p', `${port}`, '-g', groupAddress, '-G', 'lo']);
    const { coap } = await open({ parameters: { ackTimeout: 300 } });
    await coap.ping(at(port));
    const request = { method: 'GET', path: '/.well-known/core' } as const;
    const answers = await coap.askGroup(at(port, groupAddress), request, { listenFor: 6000 });
    expect(answers.map(({ payload }) => textOf(payload).includes('</time>'))).toEqual([true]);
    expect(answers[0]?.from.port).toBe(port);
  });
});
