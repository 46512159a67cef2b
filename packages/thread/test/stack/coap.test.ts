import { CoapTransport } from '@selvage/coap';
import { SeededEntropy } from '@selvage/core/virtual';
import { Ip6Endpoint, parseIp6 } from '@selvage/thread';
import { describe, expect, it } from 'vitest';
import { addressOf, MeshWorld } from '../support/mesh-world.js';

describe('CoAP runs on a mesh as it is', () => {
  it.each([
    ['awake', {}],
    ['asleep', { sleepy: true, pollPeriod: 300 }],
  ] as const)('between two children, %s: blocks of 4 KiB both ways, and a group asked', async (_name, child) => {
    const world = new MeshWorld('coap');
    await world.lead();
    const [server, client] = [await world.attach('server', { child }), await world.attach('client')];
    const group = parseIp6('ff03::158');
    const port = server.runner.openPort({ port: 5683 }, [group]);
    await world.pass(1000);
    const { clock } = world;
    const asked: string[] = [];
    const echo = ({ payload, path }: { payload: Uint8Array; path: string }) => {
      asked.push(path);
      return { code: '2.04', payload } as const;
    };
    new CoapTransport({
      port,
      groupPorts: [port.groups],
      clock,
      entropy: new SeededEntropy('s'),
      handler: (request) => echo({ payload: request.payload, path: request.path }),
    });
    const own = new CoapTransport({ port: client.runner.openPort(), clock, entropy: new SeededEntropy('c') });
    const payload = new Uint8Array(4096).map((_, i) => i);
    const to = new Ip6Endpoint(addressOf(server, 'mesh-local'), 5683);
    let answer: Uint8Array | undefined;
    own.request(to, { method: 'POST', path: '/echo', payload }).then(
      (response) => (answer = response.payload),
      (error: unknown) => expect.fail(String(error)),
    );
    await world.until(() => answer !== undefined);
    expect(answer).toEqual(payload);
    expect(asked).toContain('/echo');
    let found = 0;
    void own.askGroup(new Ip6Endpoint(group, 5683), { method: 'GET', path: '/oic/res' }, { onResponse: () => found++ });
    await world.until(() => found === 1, 20_000);
  });
});
