import { toHex } from '@selvage/core';
import { describe, expect, it } from 'vitest';
import type { CipherSuiteName, DtlsConfiguration } from '../../src/index.js';
import { describeWith } from '../../../core/test/support/described-with.js';
import { onlySuite, startClient, startServer } from './support/openssl.js';
import { configure, OurClient, OurServer, type Talk } from './support/ours.js';
import type { Program } from '../../../core/test/support/peer-program.js';

interface Meeting {
  readonly title: string;
  readonly suite: CipherSuiteName;
  readonly openssl: string;
  readonly options?: readonly string[];
  readonly changes?: Partial<DtlsConfiguration>;
}

const meetings: readonly Meeting[] = [
  { title: 'CCM_8', suite: 'TLS_ECDHE_ECDSA_WITH_AES_128_CCM_8', openssl: 'ECDHE-ECDSA-AES128-CCM8' },
  { title: 'CCM', suite: 'TLS_ECDHE_ECDSA_WITH_AES_128_CCM', openssl: 'ECDHE-ECDSA-AES128-CCM' },
  { title: '256-bit CCM_8', suite: 'TLS_ECDHE_ECDSA_WITH_AES_256_CCM_8', openssl: 'ECDHE-ECDSA-AES256-CCM8' },
  { title: '256-bit CCM', suite: 'TLS_ECDHE_ECDSA_WITH_AES_256_CCM', openssl: 'ECDHE-ECDSA-AES256-CCM' },
  { title: 'GCM', suite: 'TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256', openssl: 'ECDHE-ECDSA-AES128-GCM-SHA256' },
  { title: 'PSK', suite: 'TLS_PSK_WITH_AES_128_CCM_8', openssl: 'PSK-AES128-CCM8' },
  { title: '256-bit PSK', suite: 'TLS_PSK_WITH_AES_256_CCM_8', openssl: 'PSK-AES256-CCM8' },
  {
    title: 'ECDHE_PSK CBC, encrypt then MAC',
    suite: 'TLS_ECDHE_PSK_WITH_AES_128_CBC_SHA256',
    openssl: 'ECDHE-PSK-AES128-CBC-SHA256',
  },
  {
    title: 'ECDHE_PSK CBC, MAC then encrypt',
    suite: 'TLS_ECDHE_PSK_WITH_AES_128_CBC_SHA256',
    openssl: 'ECDHE-PSK-AES128-CBC-SHA256',
    options: ['-no_etm'],
  },
  {
    title: 'without extended master secret',
    suite: 'TLS_ECDHE_ECDSA_WITH_AES_128_CCM_8',
    openssl: 'ECDHE-ECDSA-AES128-CCM8',
    changes: { extendedMasterSecret: 'off' },
  },
];

const label = 'EXPORTER-selvage-test';
const exporting = ['-keymatexport', label, '-keymatexportlen', '32'];

describeWith(['openssl'], 'OpenSSL', () => {
  describe.each(meetings)('$title', ({ suite, openssl, options = [], changes = {} }) => {
    const common = [...onlySuite(openssl), '-no_ticket', ...exporting, ...options];

    // s_server closes its socket before it could say close_notify, so only ours ends here.
    it('our client and s_server talk, export the same, and ours closes', async () => {
      const { server, port } = await startServer(common);
      const client = await OurClient.open();
      const talk = await client.connect(port, configure('client', [suite], changes));
      expectAgreed(talk, suite, options, changes);
      await expectSameExport(server, talk);
      await expectEcho(server, talk);
      talk.socket.close();
      await server.says(/DONE/);
    });

    it.each(['ours', 'theirs'])('s_client and our server talk, export the same, and %s closes', async (closer) => {
      const ours = await OurServer.listen(configure('server', [suite], changes));
      const client = startClient(ours.port, common);
      const talk = await ours.accepts();
      expectAgreed(talk, suite, options, changes);
      await client.says(new RegExp(`Cipher *: ${openssl}`));
      const secret = changes.extendedMasterSecret === 'off' ? 'no' : 'yes';
      await client.says(new RegExp(`Extended master secret: ${secret}`));
      await expectSameExport(client, talk);
      await expectEcho(client, talk);
      if (closer === 'ours') {
        talk.socket.close();
        await client.says(/^closed$/m);
      } else {
        client.type('Q');
        expect(await talk.closed()).toEqual({ by: 'peer' });
      }
    });
  });
});

function expectAgreed(
  { session }: Talk,
  suite: CipherSuiteName,
  options: readonly string[],
  changes: Partial<DtlsConfiguration>,
): void {
  expect(session.suite.name).toBe(suite);
  expect(session.extendedMasterSecret).toBe(changes.extendedMasterSecret !== 'off');
  expect(session.encryptThenMac).toBe(session.suite.cipher.kind === 'cbc-hmac-sha256' && !options.includes('-no_etm'));
}

/** RFC 5705. */
async function expectSameExport(program: Program, { socket }: Talk): Promise<void> {
  const [, material = ''] = await program.says(/Keying material: ([0-9A-F]{64})/);
  expect(material.toLowerCase()).toBe(toHex(socket.exportKeyingMaterial(label, 32)));
}

async function expectEcho(program: Program, talk: Talk): Promise<void> {
  talk.say('from ours to theirs\n');
  await program.says(/from ours to theirs/);
  program.type('from theirs to ours');
  expect(await talk.hears()).toBe('from theirs to ours\n');
}
