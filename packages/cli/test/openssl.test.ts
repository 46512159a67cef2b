import { expect, it } from 'vitest';
import { clientExamples, serverExamples } from '../src/dtls/examples.js';
import { certificateFile } from './support/certificates.js';
import { describeWith } from '../../core/test/support/described-with.js';
import { Program } from './support/program.js';

const key = '00112233445566778899aabbccddeeff';

/** The command line that an example of the help shows, with another port. */
function exampleOf(help: string, program: string, has: string, port: string): string[] {
  const lines = help
    .replaceAll(/\\\n\s+/g, '')
    .split('\n')
    .map((line) => line.trim());
  const line = lines.find((entry) => entry.startsWith(`$ ${program}`) && entry.includes(has));
  expect(line, `an example of ${program} with ${has}`).toBeDefined();
  return (line as string)
    .slice(2 + program.length + 1)
    .replaceAll('5684', port)
    .split(' ');
}

async function ourServer(options: readonly string[]): Promise<{ server: Program; port: string }> {
  const server = Program.selvage(['dtls', 'server', '--listen', '127.0.0.1:0', '--once', ...options]);
  const [, port = ''] = await server.says(/listening on \S+?:(\d+) /);
  return { server, port };
}

describeWith(['openssl'], 'the examples of the help against OpenSSL', () => {
  it('s_server with a pre-shared key, as dtls client --help shows it', async () => {
    const server = Program.start('openssl', [...exampleOf(clientExamples, 'openssl', 's_server', '0')]);
    const [, port = ''] = await server.says(/ACCEPT \S*:(\d+)/);
    const [, host = '', ...options] = exampleOf(clientExamples, 'selvage', `localhost:5684 --psk ${key}`, port).slice(
      1,
    );
    const client = Program.selvage(['dtls', 'client', host, ...options, '--linger', '100']);
    client.types('to s_server\n');
    client.endInput();
    await server.says(/to s_server/);
    expect(await client.ended).toBe(0);
    expect(client.stderr).toContain('TLS_PSK_WITH_AES_128_CCM_8');
    server.signal('SIGTERM');
    await server.ended;
  });

  it('s_client with a pre-shared key and --echo, as dtls server --help shows it', async () => {
    const { server, port } = await ourServer(['--psk', key, '--echo']);
    const client = Program.start('openssl', exampleOf(serverExamples, 'openssl', '-psk', port));
    await client.says(/Cipher is ECDHE-PSK-AES128-CBC-SHA256/);
    client.types('back and forth\n');
    await client.says(/^back and forth/m);
    client.types('Q\n');
    client.endInput();
    expect(await server.ended).toBe(0);
    await client.ended;
  });

  it('s_client with certificates on both sides, as dtls server --help shows it', async () => {
    const own = ['--cert', certificateFile('chain.pem'), '--key', certificateFile('chain.key.pem')];
    const ca = certificateFile('root.cert.pem');
    const { server, port } = await ourServer([...own, '--ca', ca]);
    const words = exampleOf(serverExamples, 'openssl', '-cert me.pem', port).map((word) => {
      const files: Readonly<Record<string, string>> = {
        'me.pem': certificateFile('chain.pem'),
        'me.key': certificateFile('chain.key.pem'),
        'site-ca.pem': ca,
      };
      return files[word] ?? word;
    });
    const client = Program.start('openssl', [...words, '-cert_chain', certificateFile('middle.cert.pem')]);
    await client.says(/Verify return code: 0 \(ok\)/);
    client.types('Q\n');
    client.endInput();
    expect(await server.ended).toBe(0);
    expect(server.stderr.replace(/\s+/g, ' ')).toContain('holds the key of certificate sha256:');
    await client.ended;
  });
});
