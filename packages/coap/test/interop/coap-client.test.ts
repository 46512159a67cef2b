import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { nativeCore } from '@selvage/crypto';
import { SeededRandom } from '@selvage/core/virtual';
import { expect, it, onTestFinished } from 'vitest';
import { all, first, option, type ServerRequest, type ServerResponse } from '../../src/index.js';
import { text, textOf } from '../support/messages.js';
import { Program } from '../../../core/test/support/peer-program.js';
import { describeWithLibcoap, libcoap } from './support/libcoap.js';
import { groupAddress, joinGroup, loopback, type Ours, open } from './support/ours.js';

const body = Buffer.from(new SeededRandom('body').bytes(3000)).toString('hex').slice(0, 5000);

function ask(port: number, path: string, ...args: readonly string[]): Program {
  const uri = `coap://${loopback}:${port}${path}`;
  return Program.start(libcoap('coap-client') as string, ['-B', '15', ...args, uri]);
}

function words(flags: string): string[] {
  return flags.split(' ').filter((word) => word !== '');
}

/** A file that ends with the test. */
function fileOf(content: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'selvage-coap-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, 'body');
  writeFileSync(file, content);
  return file;
}

async function serving(answer: (request: ServerRequest) => ServerResponse | undefined | Promise<ServerResponse>) {
  const requests: ServerRequest[] = [];
  const ours: Ours = await open({
    handler: (request) => {
      requests.push(request);
      return answer(request);
    },
  });
  return { ...ours, requests };
}

describeWithLibcoap('libcoap coap-client asks our server', () => {
  it.each(['', '-N'])('for a small resource %s', async (flags) => {
    const { port, requests } = await serving(() => ({ code: '2.05', payload: text('hello') }));
    expect(await ask(port, '/a/b%2Fc?x=1&y', ...words(flags)).ended()).toContain('hello');
    expect(requests).toMatchObject([{ method: 'GET', path: '/a/b%2Fc', query: ['x=1', 'y'] }]);
  });

  it.each(['get', 'put', 'post', 'delete', 'fetch', 'patch', 'ipatch'])('with the method %s', async (method) => {
    const { port, requests } = await serving(({ payload }) => ({
      code: '2.05',
      payload: text(`got ${textOf(payload)}!`),
    }));
    const sends = !['get', 'delete'].includes(method);
    const output = await ask(port, '/', '-m', method, ...(sends ? ['-e', 'this'] : [])).ended();
    expect(output).toContain(sends ? 'got this!' : 'got !');
    expect(requests[0]?.method.toLowerCase()).toBe(method);
  });

  it('and shows our errors', async () => {
    const { port } = await serving(() => undefined);
    expect(await ask(port, '/nothing').ended()).toContain('4.04');
    const bad = await ask(port, '/', '-O', '65001,x').ended();
    expect(bad).toContain('4.02');
  });

  it('and waits for a response that is sent apart', async () => {
    const { port } = await serving(
      () => new Promise((resolve) => setTimeout(() => resolve({ code: '2.05', payload: text('at last') }), 600)),
    );
    expect(await ask(port, '/').ended()).toContain('at last');
  });

  it.each(['', '-b 16', '-b 64', '-b 512', '-b 1024', '-N -b 256'])(
    'for a large resource in blocks %s',
    async (flags) => {
      const { port, requests } = await serving(() => ({ code: '2.05', payload: text(body) }));
      expect((await ask(port, '/large', ...words(flags)).ended()).trim()).toBe(body);
      expect(requests.length).toBe(1);
    },
  );

  it.each(['', '-b 16', '-b 64', '-b 512', '-b 1024', '-N -b 256'])(
    'to keep a large body in blocks %s, and gets it back',
    async (flags) => {
      const { port, requests } = await serving(({ payload }) => ({ code: '2.04', payload }));
      const output = await ask(port, '/large', '-m', 'put', '-f', fileOf(body), ...words(flags)).ended();
      expect(output.trim()).toBe(body);
      expect(requests.map(({ payload }) => textOf(payload))).toEqual([body]);
      expect(all(requests[0]?.options ?? [], option.requestTag).length).toBeGreaterThan(0);
    },
  );

  it('to keep more than we take: 4.13', async () => {
    const { port } = await open({ handler: () => ({ code: '2.04' }), limits: { body: 2000 } });
    expect(await ask(port, '/', '-m', 'put', '-f', fileOf(body)).ended()).toContain('4.13');
  });

  it('and observes, until it says that it no longer does', async () => {
    let state = 0;
    const { port, coap, requests } = await serving(() => ({
      code: '2.05',
      payload: text(`<${state}>`),
      observable: true,
    }));
    const client = ask(port, '/state', '-s', '2');
    await client.says(/<0>/);
    for (state = 1; state <= 5; state++) {
      coap.changed('/state');
      await client.says(new RegExp(`<${state}>`));
    }
    await client.ended();
    expect(requests.at(-1)?.observe).toBe('deregister');
    expect(coap.endpoint.load.observers).toBe(0);
  });

  it('and observes a large resource', async () => {
    let state = 'a'.repeat(3000);
    const { port, coap } = await serving(() => ({ code: '2.05', payload: text(state), observable: true }));
    const client = ask(port, '/state', '-s', '2');
    await client.says(/a{3000}/);
    state = 'b'.repeat(3000);
    coap.changed('/state');
    await client.says(/b{3000}/);
    await client.ended();
  });

  it('and comes again with the Echo that we ask for (RFC 9175)', async () => {
    const fresh: boolean[] = [];
    const { port } = await open({
      echo: { core: nativeCore },
      handler: (request) => {
        fresh.push(request.fresh);
        return request.fresh ? { code: '2.05', payload: text('let in') } : { code: '4.01', challenge: true };
      },
    });
    expect(await ask(port, '/').ended()).toContain('let in');
    expect(fresh).toEqual([false, true]);
  });

  it('over a link on which every fifth of its datagrams is lost', async () => {
    const { port, requests } = await serving(({ payload }) => ({ code: '2.04', payload }));
    const short = body.slice(0, 1200);
    const output = await ask(port, '/', '-m', 'put', '-f', fileOf(short), '-b', '512', '-l', '2').ended();
    expect(output).toContain(short);
    expect(requests.length).toBe(1);
  });

  it('in a group on the loopback', async () => {
    const groupPort = await joinGroup();
    const handler = ({ multicast }: ServerRequest): ServerResponse => ({
      code: '2.05',
      payload: text(multicast ? 'one of the group' : 'alone'),
      leisure: 50,
    });
    await open({ handler, groupPorts: [groupPort] });
    const uri = `coap://${groupAddress}:${groupPort.local.port}/`;
    const client = Program.start(libcoap('coap-client') as string, ['-B', '3', '-N', '-a', loopback, uri]);
    await client.says(/one of the group/);
  });

  it('with a token and formats of its own,', async () => {
    const { port, requests } = await serving(() => ({ code: '2.05', payload: text('x') }));
    await ask(port, '/', '-T', 'mytoken', '-A', '60', '-t', '50', '-m', 'post', '-e', '{}').ended();
    const { options = [] } = requests[0] ?? {};
    expect([first(options, option.accept), first(options, option.contentFormat)]).toEqual([60, 50]);
  });
});
