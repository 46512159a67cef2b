import { toHex } from '@selvage/core';
import { describe, expect, it } from 'vitest';
import { MemorySessionCache } from '../../src/index.js';
import { authority } from '../support/certificates.js';
import { handshakeFragments } from '../support/wire-records.js';
import { describeWith } from '../../../core/test/support/described-with.js';
import { onlySuite, startClient, startServer } from './support/openssl.js';
import { configure, OurClient, ourCertificates, OurServer, type Talk } from './support/ours.js';
import type { Program } from '../../../core/test/support/peer-program.js';
import { temporaryFile } from './support/temporary.js';

const ccm8 = 'TLS_ECDHE_ECDSA_WITH_AES_128_CCM_8';
const theirCcm8 = [...onlySuite('ECDHE-ECDSA-AES128-CCM8'), '-no_ticket'];
/** s_server and s_client take the link's MTU, from which the headers of IPv4 and UDP go off. */
const linkMtu = 256;
const smallDatagram = linkMtu - 28;

describeWith(['openssl'], 'OpenSSL', () => {
  describe('session resumption by session ID (RFC 5246 §7.3)', () => {
    it.each([
      ['TLS_ECDHE_ECDSA_WITH_AES_128_CCM_8', 'ECDHE-ECDSA-AES128-CCM8'],
      ['TLS_PSK_WITH_AES_128_CCM_8', 'PSK-AES128-CCM8'],
      ['TLS_ECDHE_PSK_WITH_AES_128_CBC_SHA256', 'ECDHE-PSK-AES128-CBC-SHA256'],
    ] as const)('our client resumes %s with s_server', async (suite, openssl) => {
      const { server, port } = await startServer([...onlySuite(openssl), '-no_ticket']);
      const first = await (await OurClient.open()).connect(port, configure('client', [suite]));
      const resume = first.socket.resumableSession();
      if (resume === undefined) return expect.fail('s_server keeps no session');
      first.socket.close();
      await server.says(/DONE/);

      const again = await (await OurClient.open()).connect(port, configure('client', [suite], { resume }));
      expect(again.session).toMatchObject({ resumed: true, suite: { name: suite }, peer: first.session.peer });
      expect(toHex(again.session.sessionId)).toBe(toHex(first.session.sessionId));
      await expectEcho(server, again);
    });

    it('our client falls back to a full handshake when s_server has forgotten the session', async () => {
      const { server, port } = await startServer([...theirCcm8, '-no_cache']);
      const session = await (await OurClient.open()).connect(port, configure('client', [ccm8]));
      const resume = {
        sessionId: new Uint8Array(32).fill(7),
        suiteId: 0xc0ae,
        masterSecret: new Uint8Array(48),
        extendedMasterSecret: true,
        peer: session.session.peer,
      };
      session.socket.close();
      await server.says(/DONE/);
      const again = await (await OurClient.open()).connect(port, configure('client', [ccm8], { resume }));
      expect(again.session.resumed).toBe(false);
      await expectEcho(server, again);
    });

    it.each([
      ['TLS_ECDHE_ECDSA_WITH_AES_128_CCM_8', 'ECDHE-ECDSA-AES128-CCM8'],
      ['TLS_PSK_WITH_AES_128_CCM_8', 'PSK-AES128-CCM8'],
      ['TLS_ECDHE_PSK_WITH_AES_128_CBC_SHA256', 'ECDHE-PSK-AES128-CBC-SHA256'],
    ] as const)('s_client resumes %s with our server', async (suite, openssl) => {
      const file = temporaryFile('session.pem');
      const ours = await OurServer.listen(configure('server', [suite], { sessionCache: new MemorySessionCache() }));
      const options = [...onlySuite(openssl), '-no_ticket'];
      const first = startClient(ours.port, [...options, '-sess_out', file]);
      expect((await ours.accepts()).session.resumed).toBe(false);
      await first.says(/^New, /m);
      first.type('Q');
      await first.ended();

      const again = startClient(ours.port, [...options, '-sess_in', file]);
      const talk = await ours.accepts();
      expect(talk.session).toMatchObject({ resumed: true, suite: { name: suite } });
      await again.says(/^Reused, /m);
      await expectEcho(again, talk);
    });
  });

  describe('handshake fragmentation at a link MTU of 256 bytes (RFC 6347 §4.2.3)', () => {
    const changes = { maximumDatagram: smallDatagram, clientAuthentication: 'require' } as const;

    it('our client and s_server open a session with certificates both ways', async () => {
      const { server, port } = await startServer([...theirCcm8, ...askForCertificate, '-mtu', `${linkMtu}`]);
      const client = await OurClient.open();
      const talk = await client.connect(port, configure('client', [ccm8], changes));
      await expectEcho(server, talk);
      expectFragments(client.wire, 'certificate');
    });

    it('s_client and our server open a session with certificates both ways', async () => {
      const ours = await OurServer.listen(configure('server', [ccm8], changes));
      const client = startClient(ours.port, [...theirCcm8, ...clientCertificate, '-mtu', `${linkMtu}`]);
      const talk = await ours.accepts();
      await expectEcho(client, talk);
      expectFragments(ours.wire, 'certificate');
    });
  });

  describe('certificates both ways', () => {
    it('our client proves itself to s_server, which verifies its chain', async () => {
      const { server, port } = await startServer([...theirCcm8, ...askForCertificate]);
      const talk = await (await OurClient.open()).connect(port, configure('client', [ccm8]));
      await server.says(/subject=O = Selvage tests, CN = client\.selvage\.test/);
      const { certificate } = ourCertificates.server;
      expect(talk.session.peer).toMatchObject({ kind: 'certificate', chain: [certificate, authority.certificate] });
      await expectEcho(server, talk);
    });

    it('s_client proves itself to our server', async () => {
      const ours = await OurServer.listen(configure('server', [ccm8], { clientAuthentication: 'require' }));
      const client = startClient(ours.port, [...theirCcm8, ...clientCertificate]);
      const talk = await ours.accepts();
      const { certificate } = ourCertificates.client;
      expect(talk.session.peer).toMatchObject({ kind: 'certificate', chain: [certificate, authority.certificate] });
      await client.says(/Verify return code: 0 \(ok\)/);
      await expectEcho(client, talk);
    });

    it('our server refuses an s_client without a certificate when it requires one', async () => {
      const ours = await OurServer.listen(configure('server', [ccm8], { clientAuthentication: 'require', grace: 50 }));
      const client = startClient(ours.port, theirCcm8);
      expect(await ours.fails()).toMatchObject({ code: 'handshake-failure' });
      await client.says(/alert handshake failure/);
    });
  });

  describe('the largest fragment (RFC 6066 §4)', () => {
    it('s_server keeps to 512 bytes when our client asks for it', async () => {
      const { server, port } = await startServer([...theirCcm8, ...askForCertificate]);
      const client = await OurClient.open();
      const talk = await client.connect(port, configure('client', [ccm8], { maximumFragmentLength: 512 }));
      server.type('x'.repeat(511));
      expect(await talk.hears()).toHaveLength(512);
      expect(talk.socket.maximumData).toBe(512);
      await expectEcho(server, talk);
    });

    it('our server keeps to 512 bytes when s_client asks for it', async () => {
      const ours = await OurServer.listen(configure('server', [ccm8]));
      const client = startClient(ours.port, [...theirCcm8, '-maxfraglen', '512']);
      const talk = await ours.accepts();
      expect(talk.socket.maximumData).toBe(512);
      expectFragments(ours.wire, 'certificate', 'sent');
      await expectEcho(client, talk);
    });
  });

  describe('on IPv6', () => {
    const address = '::1';

    it('our client and s_server talk', async () => {
      const { server, port } = await startServer(theirCcm8, '[::1]');
      await expectEcho(server, await (await OurClient.open({ address })).connect(port, configure('client', [ccm8])));
    });

    it('s_client and our server talk', async () => {
      const ours = await OurServer.listen(configure('server', [ccm8]), { address });
      const client = startClient(ours.port, theirCcm8, '[::1]');
      await expectEcho(client, await ours.accepts());
    });
  });

  describe('without connection IDs, which OpenSSL does not know (RFC 9146 §3)', () => {
    it('our client that offers one talks with s_server', async () => {
      const { server, port } = await startServer(theirCcm8);
      const client = await OurClient.open({ connectionIdLength: 4 });
      await expectEcho(server, await client.connect(port, configure('client', [ccm8])));
      expect(client.wire.passed.some(({ payload }) => payload[0] === 25)).toBe(false);
    });

    it('our server that wants one talks with s_client', async () => {
      const ours = await OurServer.listen(configure('server', [ccm8]), { connectionIdLength: 4 });
      const client = startClient(ours.port, theirCcm8);
      await expectEcho(client, await ours.accepts());
      expect(ours.wire.passed.some(({ payload }) => payload[0] === 25)).toBe(false);
    });
  });

  it('a wrong pre-shared key is noticed on both sides', async () => {
    const ours = await OurServer.listen(configure('server', ['TLS_PSK_WITH_AES_128_CCM_8'], { grace: 50 }));
    const client = startClient(ours.port, [...onlySuite('PSK-AES128-CCM8'), '-psk', 'ff'.repeat(16)]);
    expect(await ours.fails()).toMatchObject({ code: 'bad-record' });
    await client.says(/alert bad record mac/);
  });
});

const askForCertificate = ['-Verify', '2', '-CAfile', authority.certificateFile, '-verify_return_error'];
const { certificateFile, keyFile } = ourCertificates.client;
const clientCertificate = ['-cert', certificateFile, '-key', keyFile];

async function expectEcho(program: Program, talk: Talk): Promise<void> {
  talk.say('from ours to theirs\n');
  await program.says(/from ours to theirs/);
  program.type('from theirs to ours');
  let heard = '';
  while (!heard.endsWith('from theirs to ours\n')) heard += await talk.hears();
}

/** Both sides cut the message into pieces, and no datagram was larger than allowed. */
function expectFragments(wire: OurClient['wire'], type: string, ...directions: ('sent' | 'received')[]): void {
  for (const direction of directions.length === 0 ? (['sent', 'received'] as const) : directions) {
    const pieces = handshakeFragments(wire.passed.filter((passed) => passed.direction === direction));
    const ofMessage = pieces.filter((piece) => piece.type === type);
    expect(ofMessage.length, `pieces of ${type} ${direction}`).toBeGreaterThan(1);
    if (directions.length === 0) expect(wire.largest(direction)).toBeLessThanOrEqual(smallDatagram);
  }
}
