import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { nativeCore } from '@selvage/crypto';
import { describe, expect, it } from 'vitest';
import { fingerprint } from '../../src/dtls/trust.js';
import { certificateFile, certificateOf } from '../support/certificates.js';
import { converse, listening } from '../support/conversation.js';
import { scratchFolder } from '../support/scratch.js';
import { TestSurface } from '../support/test-surface.js';

const psk = ['--psk', '00112233445566778899aabbccddeeff'];
const pin = ['--peer-certificate', fingerprint(nativeCore, certificateOf('leaf-of-middle'))];
const own = ['--cert', certificateFile('chain.pem'), '--key', certificateFile('chain.key.pem')];
const ca = ['--ca', certificateFile('root.cert.pem')];
const file = scratchFolder();

describe('dtls client and server carry standard input to standard output', () => {
  writeFileSync(file('pskd'), 'J01NME\n');
  const passphrase = { SELVAGE_PASSPHRASE: 'J01NME' };

  it.each([
    ['a passphrase', ['--passphrase', 'J01NME'], ['--passphrase-file', file('pskd')], /knows the passphrase/],
    ['a pre-shared key', psk, psk, /knows the pre-shared key/],
    ['a pre-shared key and a hint', [...psk, '--psk-hint', 'site 7'], psk, /knows the key of site 7/],
    [
      'a pre-shared key whose identity is bytes',
      [...psk, '--identity', 'hex:00ff80'],
      [...psk, '--identity', 'hex:00ff80'],
      /ECDHE_PSK/,
    ],
    ['a server certificate and its authority', own, ca, /holds the key of certificate sha256:/],
    ['a server certificate and its hash', own, pin, /holds the key of certificate sha256:/],
    ['certificates on both sides', [...own, ...ca], [...own, ...ca], /ECDHE_ECDSA_WITH_AES_128_GCM_SHA256/],
    ['nobody authenticated', ['--anonymous'], ['--anonymous'], /is not authenticated/],
    [
      'the suite that was asked for',
      [...psk, '--suite', 'TLS_PSK_WITH_AES_256_CCM_8'],
      psk,
      /: TLS_PSK_WITH_AES_256_CCM_8;/,
    ],
    ['connection IDs', [...psk, '--cid'], [...psk, '--cid', '0'], /session with/],
    [
      'small datagrams and small records',
      [...own, '--mtu', '256'],
      [...pin, '--mtu', '256', '--max-fragment-length', '512'],
      /session/,
    ],
  ])('with %s', async (_, server, client, says) => {
    const { client: near, server: far, ...exits } = await converse({ server, client, types: 'across\n' });
    expect(exits).toEqual({ clientExit: 0, serverExit: 0 });
    expect(far.stdout.text).toBe('across\n');
    expect(near.stderr.text.replace(/\s+/g, ' ')).toMatch(says);
    expect(near.stderr.text).toContain('closed by us');
    expect(far.stderr.text).toContain('closed by the peer');
  });

  it('with a passphrase from the environment, which does not stand in the process list', async () => {
    const ended = await converse({
      server: [],
      client: [],
      env: { client: passphrase, server: passphrase },
      types: 'x',
    });
    expect(ended.server.stdout.text).toBe('x');
  });

  it('in both directions, with --echo', async () => {
    const ended = await converse({ server: [...psk, '--echo'], client: psk, types: 'and back\n' });
    expect(ended.client.stdout.text).toBe('and back\n');
  });

  it('in pieces where the input is longer than a record', async () => {
    const long = 'selvage '.repeat(1000);
    const ended = await converse({ server: psk, client: psk, types: long });
    expect(ended.server.stdout.text).toBe(long);
  });

  it('to several clients at once, until Ctrl-C says goodbye to them', async () => {
    const server = new TestSurface();
    const end = server.run('dtls', 'server', '--listen', '127.0.0.1:0', ...psk);
    const address = await listening(server);
    const clients = [new TestSurface(), new TestSurface()];
    const ends = clients.map((client) => client.run('dtls', 'client', address, ...psk));
    await server.stderr.shows(/session with[^]*session with/);
    server.stdin.type('to all\n');
    for (const client of clients) await client.stdout.shows(/to all/);
    server.interrupt();
    expect(await Promise.all([end, ...ends])).toEqual([0, 0, 0]);
    for (const client of clients) expect(client.stderr.text).toContain('closed by the peer');
  });
});

describe('the environment', () => {
  it('does not change what the options ask for', async () => {
    const env = { SELVAGE_PASSPHRASE: 'J01NME', SELVAGE_PSK: '0011' };
    const ended = await converse({ server: psk, client: psk, env: { client: env, server: env } });
    expect(ended.client.stderr.text).not.toContain('ECJPAKE');
    expect(ended.clientExit).toBe(0);
  });
});

describe('--save-session and --resume', () => {
  it('resume without the credentials of the first time, and keep the secret from others', async () => {
    const server = new TestSurface();
    const end = server.run('dtls', 'server', '--listen', '127.0.0.1:0', ...own);
    const address = await listening(server);
    const first = new TestSurface();
    first.stdin.end();
    expect(await first.run('dtls', 'client', address, '--linger', '0', ...pin, '--save-session', file('s.json'))).toBe(
      0,
    );
    expect(statSync(file('s.json')).mode & 0o777).toBe(0o600);

    const again = new TestSurface();
    again.stdin.type('again\n');
    again.stdin.end();
    expect(await again.run('dtls', 'client', address, '--linger', '0', ...pin, '--resume', file('s.json'))).toBe(0);
    expect(again.stderr.text).toContain('(resumed)');
    await server.stdout.shows(/again/);
    server.interrupt();
    await end;
  });
});

describe('--trace', () => {
  it('decodes each message of both directions', async () => {
    const { client } = await converse({ server: psk, client: [...psk, '--trace'] });
    const names = [...client.stderr.text.matchAll(/^(──▶|◀──) (\w+)/gm)].map(([, arrow, name]) => `${arrow} ${name}`);
    expect(names).toEqual([
      '──▶ ClientHello',
      '◀── HelloVerifyRequest',
      '──▶ ClientHello',
      '◀── ServerHello',
      '◀── ServerKeyExchange',
      '◀── ServerHelloDone',
      '──▶ ClientKeyExchange',
      '──▶ ChangeCipherSpec',
      '──▶ Finished',
      '◀── ChangeCipherSpec',
      '◀── Finished',
      '──▶ Alert',
    ]);
  });
});

describe('--json', () => {
  it('prints one object a line and nothing else on standard output', async () => {
    const { client, server } = await converse({
      server: ['--json', ...own, '--echo'],
      client: ['--json', '--trace', ...pin],
      types: 'hi',
    });
    const kinds = client.events.map(({ event }) => event);
    expect(kinds.slice(0, 2)).toEqual(['connecting', 'message']);
    expect(kinds).toContain('session');
    expect(client.events.find(({ event }) => event === 'session')).toMatchObject({
      suite: 'TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256',
      suiteId: 0xc02b,
      resumed: false,
      extendedMasterSecret: true,
      authenticated: { by: 'certificate', certificates: [pin[1], expect.stringMatching(/^sha256:/)] },
    });
    expect(server.events).toContainEqual(expect.objectContaining({ event: 'data', hex: '6869', text: 'hi' }));
    expect(client.events).toContainEqual(expect.objectContaining({ event: 'data', text: 'hi' }));
    expect(client.events.at(-1)).toMatchObject({ event: 'closed', by: 'us' });
    expect(client.stderr.text).toBe('');
  });
});

describe('--pcap and --keylog', () => {
  it('leave files that only their owner reads, and warn of the keys', async () => {
    const kept = ['--pcap', file('p.pcap'), '--keylog', file('k.log')];
    const { client } = await converse({ server: psk, client: [...psk, ...kept] });
    expect(client.stderr.text.replace(/\s+/g, ' ')).toMatch(/WARNING: --keylog writes the keys of every session to/);
    for (const name of ['p.pcap', 'k.log']) expect(statSync(file(name)).mode & 0o777).toBe(0o600);
    expect(readFileSync(file('k.log'), 'utf8')).toMatch(/^CLIENT_RANDOM [0-9a-f]{64} [0-9a-f]{96}\n$/);
    expect(readFileSync(file('p.pcap')).readUInt32BE()).toBe(0xa1b2c3d4);
  });

  it('keep no keys unasked', async () => {
    const { client } = await converse({ server: psk, client: [...psk, '--trace', '--json'] });
    expect(client.stdout.text + client.stderr.text).not.toMatch(/CLIENT_RANDOM|00112233445566778899aabbccddeeff/);
  });
});
