import { concat, decode, encode, fromHex, toHex } from '@selvage/core';
import { describe, expect, it } from 'vitest';
import { type CoapMessage, coapMessage, first, option, type ServerRequest } from '../../src/index.js';
import { line, World } from '../support/world.js';
import vectors from '../vectors/ocf-messages.json' with { type: 'json' };

const understands = [option.ocfAcceptContentFormatVersion, option.ocfContentFormatVersion];

/** The messages of a flow that carry a token, in order. */
function withToken(flow: keyof typeof vectors.flows, token: string): CoapMessage[] {
  const entries: readonly { readonly raw: string; readonly token: string }[] = vectors.flows[flow];
  return entries.filter((entry) => entry.token === token).map(({ raw }) => decode(coapMessage, fromHex(raw)));
}

/** All messages of a flow, in order. */
function flow(name: keyof typeof vectors.flows): CoapMessage[] {
  return vectors.flows[name].map(({ raw }) => decode(coapMessage, fromHex(raw)));
}

const isRequest = ({ code }: CoapMessage): boolean => code > 0 && code < 0x20;
const isBlock = ({ options }: CoapMessage): boolean =>
  first(options, option.block1) !== undefined || first(options, option.block2) !== undefined;

describe('what IoTivity-Lite sent, said to our endpoints', () => {
  it('its blocks of /oic/sec/cred, the last in a message of its own, are one body (flow a08)', async () => {
    const blocks = flow('a08-discover-owned').filter((message) => !isRequest(message) && isBlock(message));
    const [token] = blocks.map((message) => toHex(message.token));
    const answers = withToken('a08-discover-owned', token as string).filter((message) => !isRequest(message));
    expect(answers.map(({ type }) => type)).toEqual(['ACK', 'ACK', 'CON']);
    const world = new World();
    const [client, server] = [world.endpoint('client'), world.raw('server')];
    const promise = client.request(server.address, { method: 'GET', path: '/oic/sec/cred' });
    for (const answer of answers) {
      await world.pass(5);
      const request = server.take().find(isRequest) as CoapMessage;
      if (answer.type === 'CON') server.send(client, { type: 'ACK', code: 'Empty', messageId: request.messageId });
      const messageId = answer.type === 'ACK' ? request.messageId : answer.messageId;
      server.sendBytes(client, encode(coapMessage, { ...answer, token: request.token, messageId }));
    }
    const whole = await world.settle(promise);
    expect(toHex(whole.payload)).toBe(toHex(concat(...answers.map(({ payload }) => payload))));
    expect(whole.options.map(({ number }) => number)).toEqual([4, 12, 2053]);
    await world.pass(5);
    expect(server.take().map(line)).toEqual(['ACK 0.00  0']);
  });

  it('its upload of a certificate in two blocks is one body (flow i01)', async () => {
    const requests = flow('i01-role-cert-authority-block1').filter((message) => isRequest(message) && isBlock(message));
    expect(requests.length).toBe(2);
    const world = new World();
    const bodies: ServerRequest[] = [];
    const handler = (request: ServerRequest): { code: '2.04' } => {
      bodies.push(request);
      return { code: '2.04' };
    };
    const [server, client] = [world.endpoint('server', { handler, understands }), world.raw('client')];
    for (const request of requests) client.sendBytes(server, encode(coapMessage, request));
    await world.pass(5);
    expect(client.take().map((message) => line(message).slice(0, 8))).toEqual(['ACK 2.31', 'ACK 2.04']);
    expect(bodies.map(({ path, payload }) => [path, payload.length])).toEqual([['/oic/sec/cred', 1441]]);
    expect(toHex(bodies[0]?.payload as Uint8Array)).toBe(toHex(concat(...requests.map(({ payload }) => payload))));
  });

  it('its client observes our lamp, and stops (flow a11)', async () => {
    const asked = flow('a11-client-get-dtls-psk').filter((one) => first(one.options, option.observe) !== undefined);
    const [register, leave] = [asked.find(isRequest), asked.filter(isRequest).at(-1)] as [CoapMessage, CoapMessage];
    const world = new World();
    const handler = () => ({ code: '2.05' as const, observable: true });
    const settings = { handler, understands, notifications: 'NON' as const };
    const [server, client] = [world.endpoint('server', settings), world.raw('client')];
    client.sendBytes(server, encode(coapMessage, register));
    await world.pass(5);
    for (let i = 0; i < 3; i++) {
      server.changed('/binaryswitch');
      await world.pass(5);
    }
    const told = client.take();
    expect(told.map(({ type }) => type)).toEqual(['ACK', 'NON', 'NON', 'NON']);
    expect(told.every(({ token }) => toHex(token) === toHex(register.token))).toBe(true);
    client.sendBytes(server, encode(coapMessage, leave));
    await world.pass(5);
    expect(server.endpoint.load.observers).toBe(0);
    expect(first(client.takeOne().options, option.observe)).toBeUndefined();
  });

  it('none of its requests is refused for its options by an endpoint that understands OCF, except OSCORE', async () => {
    const refused: string[] = [];
    for (const [name, entries] of Object.entries(vectors.flows)) {
      const world = new World();
      const [server, client] = [
        world.endpoint('server', { handler: () => ({ code: '2.05' }), understands }),
        world.raw('c'),
      ];
      const requests = entries.map(({ raw }) => fromHex(raw)).filter((raw) => isRequest(decode(coapMessage, raw)));
      for (const raw of requests) client.sendBytes(server, raw);
      await world.pass(5);
      const codes = client.take().map(({ code }) => code);
      if (codes.some((code) => code === 0x82) || codes.length < requests.length) refused.push(name);
    }
    expect(refused).toEqual(['f04-client-multicast-update-oscore']);
  });
});
