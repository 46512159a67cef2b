import { toHex } from '@selvage/core';
import { describe, expect, it } from 'vitest';
import { type CipherSuiteName, MemorySessionCache } from '../../src/index.js';
import { authority } from '../support/certificates.js';
import { handshakeFragments } from '../support/wire-records.js';
import { freePort } from './support/free-port.js';
import { describeWith } from '../../../core/test/support/described-with.js';
import { configure, OurClient, ourCertificates, OurServer, psk, type Talk } from './support/ours.js';
import { Program } from '../../../core/test/support/peer-program.js';
import { temporaryFile } from './support/temporary.js';

interface Meeting {
  readonly suite: CipherSuiteName;
  /** Key exchange, cipher and MAC in the words of GnuTLS's priority strings. */
  readonly priority: string;
  readonly encryptThenMac?: boolean;
}

const meetings: readonly Meeting[] = [
  { suite: 'TLS_PSK_WITH_AES_128_CCM_8', priority: '+PSK:+AES-128-CCM-8:+AEAD' },
  { suite: 'TLS_PSK_WITH_AES_256_CCM_8', priority: '+PSK:+AES-256-CCM-8:+AEAD' },
  { suite: 'TLS_ECDHE_ECDSA_WITH_AES_128_CCM_8', priority: '+ECDHE-ECDSA:+AES-128-CCM-8:+AEAD' },
  { suite: 'TLS_ECDHE_ECDSA_WITH_AES_128_CCM', priority: '+ECDHE-ECDSA:+AES-128-CCM:+AEAD' },
  { suite: 'TLS_ECDHE_ECDSA_WITH_AES_256_CCM_8', priority: '+ECDHE-ECDSA:+AES-256-CCM-8:+AEAD' },
  { suite: 'TLS_ECDHE_ECDSA_WITH_AES_256_CCM', priority: '+ECDHE-ECDSA:+AES-256-CCM:+AEAD' },
  { suite: 'TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256', priority: '+ECDHE-ECDSA:+AES-128-GCM:+AEAD' },
  {
    suite: 'TLS_ECDHE_PSK_WITH_AES_128_CBC_SHA256',
    priority: '+ECDHE-PSK:+AES-128-CBC:+SHA256',
    encryptThenMac: true,
  },
  {
    suite: 'TLS_ECDHE_PSK_WITH_AES_128_CBC_SHA256',
    priority: '+ECDHE-PSK:+AES-128-CBC:+SHA256:%NO_ETM',
    encryptThenMac: false,
  },
];

const label = 'EXPORTER-selvage-test';

describeWith(['gnutls-cli', 'gnutls-serv'], 'GnuTLS', () => {
  describe.each(meetings)('$suite, priority $priority', ({ suite, priority, encryptThenMac = false }) => {
    const common = ['--udp', '--priority', prioritise(priority), '--keymatexport', label, '--keymatexportsize', '32'];

    it('our client and gnutls-serv talk, and ours closes', async () => {
      const { port } = await startServer(common);
      const talk = await (await OurClient.open()).connect(port, configure('client', [suite]));
      expect(talk.session).toMatchObject({ suite: { name: suite }, encryptThenMac });
      talk.say('echo this\n');
      expect(await talk.hears()).toBe('echo this\n');
      talk.socket.close();
    });

    const meet = async (): Promise<{ client: Program; talk: Talk }> => {
      const ours = await OurServer.listen(configure('server', [suite], { clientAuthentication: 'require' }));
      const client = startClient(ours.port, common);
      const talk = await ours.accepts();
      expect(talk.session).toMatchObject({ suite: { name: suite }, encryptThenMac });
      return { client, talk };
    };

    // gnutls-cli 3.7 crashes when it goes to print whom it met by ECDHE_PSK; by then both sides have verified Finished.
    if (suite === 'TLS_ECDHE_PSK_WITH_AES_128_CBC_SHA256') {
      it('gnutls-cli and our server complete the handshake', meet);
      return;
    }

    it.each(['ours', 'theirs'])('gnutls-cli and our server talk, export the same, and %s closes', async (closer) => {
      const { client, talk } = await meet();
      await expectSameExport(client, talk);
      await client.says(/Simple Client Mode/);
      client.type('from theirs to ours');
      expect(await talk.hears()).toBe('from theirs to ours\n');
      talk.say('from ours to theirs\n');
      await client.says(/from ours to theirs/);
      if (closer === 'ours') {
        talk.socket.close();
        await client.says(/Peer has closed the GnuTLS connection/);
      } else {
        client.closeInput();
        expect(await talk.closed()).toEqual({ by: 'peer' });
      }
    });
  });

  describe('with ECDHE_ECDSA CCM_8', () => {
    const suite = 'TLS_ECDHE_ECDSA_WITH_AES_128_CCM_8';
    const common = ['--udp', '--priority', prioritise('+ECDHE-ECDSA:+AES-128-CCM-8:+AEAD')];

    it('gnutls-cli resumes a session of our server by its ID', async () => {
      const ours = await OurServer.listen(configure('server', [suite], { sessionCache: new MemorySessionCache() }));
      const client = startClient(ours.port, [...common, '--resume']);
      expect((await ours.accepts()).session.resumed).toBe(false);
      const again = await ours.accepts();
      expect(again.session.resumed).toBe(true);
      await client.says(/This is a resumed session/);
      client.type('once more');
      expect(await again.hears()).toBe('once more\n');
    });

    it('our client and gnutls-serv fragment their certificates at 256 bytes', async () => {
      const { port } = await startServer([...common, '--mtu', '256']);
      const client = await OurClient.open();
      const talk = await client.connect(port, configure('client', [suite], { maximumDatagram: 256 }));
      talk.say('echo this\n');
      expect(await talk.hears()).toBe('echo this\n');
      expectFragments(client.wire);
    });

    it('gnutls-cli and our server fragment their certificates at 256 bytes', async () => {
      const changes = { maximumDatagram: 256, clientAuthentication: 'require' } as const;
      const ours = await OurServer.listen(configure('server', [suite], changes));
      const client = startClient(ours.port, [...common, '--mtu', '256']);
      const talk = await ours.accepts();
      client.type('in small pieces');
      expect(await talk.hears()).toBe('in small pieces\n');
      expectFragments(ours.wire);
    });
  });
});

function expectFragments(wire: OurClient['wire']): void {
  for (const direction of ['sent', 'received'] as const) {
    const pieces = handshakeFragments(wire.passed.filter((passed) => passed.direction === direction));
    expect(pieces.filter(({ type }) => type === 'certificate').length, direction).toBeGreaterThan(1);
    expect(wire.largest(direction)).toBeLessThanOrEqual(256);
  }
}

function prioritise(choice: string): string {
  return `NONE:+VERS-DTLS1.2:${choice}:+SIGN-ECDSA-SHA256:+GROUP-SECP256R1:+COMP-NULL:+CTYPE-X509`;
}

async function startServer(options: readonly string[]): Promise<{ server: Program; port: number }> {
  const port = await freePort();
  const { certificateFile, keyFile } = ourCertificates.server;
  const keys = temporaryFile('psk.txt', `${psk.identity}:${psk.hex}\n`);
  const own = ['--x509certfile', certificateFile, '--x509keyfile', keyFile, '--pskpasswd', keys];
  const clients = ['--x509cafile', authority.certificateFile, '--require-client-cert', '--verify-client-cert'];
  const server = Program.start('gnutls-serv', ['--echo', '--port', `${port}`, ...own, ...clients, ...options]);
  await server.says(/UDP Echo Server listening on IPv4 .*done/);
  return { server, port };
}

function startClient(port: number, options: readonly string[]): Program {
  const { certificateFile, keyFile } = ourCertificates.client;
  const own = ['--x509certfile', certificateFile, '--x509keyfile', keyFile];
  const trust = ['--x509cafile', authority.certificateFile, '--verify-hostname', 'server.selvage.test'];
  const keys = ['--pskusername', psk.identity, '--pskkey', psk.hex];
  return Program.start('gnutls-cli', ['127.0.0.1', '--port', `${port}`, ...own, ...trust, ...keys, ...options]);
}

/** RFC 5705. */
async function expectSameExport(program: Program, { socket }: Talk): Promise<void> {
  const [, material = ''] = await program.says(/Key material: ([0-9a-f]{64})/);
  expect(material).toBe(toHex(socket.exportKeyingMaterial(label, 32)));
}
