import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { builtMain, Program } from './support/program.js';
import { scratchFolder } from './support/scratch.js';

const file = scratchFolder();
const psk = ['--psk', '00112233445566778899aabbccddeeff'];

describe('the built command', () => {
  it('shows the demo without a terminal, and exits 0', async () => {
    const show = Program.selvage(['demo', 'handshake', '--out', file('demo')]);
    show.endInput();
    expect(await show.ended).toBe(0);
    expect(show.stdout).toMatch(/All \d+ expectations were observed/);
    expect(show.stdout).not.toContain('\u001b');
    expect(show.stderr).toBe('');
  });

  it('carries standard input to standard output between two processes, and ends by itself', async () => {
    const server = Program.selvage(['dtls', 'server', '--listen', '127.0.0.1:0', '--once', ...psk]);
    const [, address = ''] = await server.says(/listening on (\S+)/);
    const client = Program.selvage(['dtls', 'client', address, '--linger', '100', ...psk]);
    client.types('from one process to another\n');
    client.endInput();
    expect([await client.ended, await server.ended]).toEqual([0, 0]);
    expect(server.stdout).toBe('from one process to another\n');
  });

  it('reads the passphrase from the environment', async () => {
    const env = { ...process.env, SELVAGE_PASSPHRASE: 'J01NME' };
    const server = Program.selvage(['dtls', 'server', '--listen', '127.0.0.1:0', '--once'], env);
    const [, address = ''] = await server.says(/listening on (\S+)/);
    const client = Program.selvage(['dtls', 'client', address, '--linger', '0'], env);
    client.endInput();
    expect([await client.ended, await server.ended]).toEqual([0, 0]);
    expect(client.stderr).toContain('knows the passphrase');
  });

  it.each(['SIGINT', 'SIGTERM'] as const)('says goodbye to its peers on %s', async (signal) => {
    const server = Program.selvage(['dtls', 'server', '--listen', '127.0.0.1:0', ...psk]);
    const [, address = ''] = await server.says(/listening on (\S+)/);
    const client = Program.selvage(['dtls', 'client', address, ...psk]);
    await client.says(/session with/);
    await server.says(/session with/);
    server.signal(signal);
    expect([await server.ended, await client.ended]).toEqual([0, 0]);
    expect(client.stderr).toContain('closed by the peer');
  });

  it('exits with the code of the error, whose words stand on standard error alone', () => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [builtMain, 'dtls', 'client', 'localhost']);
    expect(status).toBe(64);
    expect(stdout.toString()).toBe('');
    expect(stderr.toString()).toContain('[invalid-argument]');
  });

  it('bears a reader that goes away', () => {
    const piped = `'${process.execPath}' '${builtMain}' demo handshake --json --out '${file('pipe')}' | head -n 1`;
    const { stdout, stderr } = spawnSync('bash', ['-c', piped]);
    expect(JSON.parse(stdout.toString())).toMatchObject({ event: 'title' });
    expect(stderr.toString()).toBe('');
  });
});
