import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { converse } from './support/conversation.js';
import { describeWith } from '../../core/test/support/described-with.js';
import { scratchFolder } from './support/scratch.js';
import { TestSurface } from './support/test-surface.js';

const run = promisify(execFile);
const file = scratchFolder();

/** The application data that tshark decrypts, a line each. */
async function decrypted(pcap: string, keyLog: string): Promise<string[]> {
  const keys = ['-o', `tls.keylog_file:${keyLog}`, '-o', 'data.show_as_text:TRUE'];
  const { stdout } = await run('tshark', ['-r', pcap, ...keys, '-Y', 'data', '-T', 'fields', '-e', 'data.text']);
  return stdout.split('\n').filter((line) => line !== '');
}

describeWith(['tshark'], 'what --pcap and --keylog keep', () => {
  const psk = ['--psk', '00112233445566778899aabbccddeeff'];

  it.each([
    ['EC-JPAKE', ['--passphrase', 'J01NME']],
    ['a pre-shared key', psk],
  ])('is decrypted by tshark, with %s', async (_, mode) => {
    const [pcap, keyLog] = [file(`${mode.length}.pcap`), file(`${mode.join('')}.log`)];
    const client = [...mode, '--pcap', pcap, '--keylog', keyLog];
    await converse({ server: mode, client, types: 'seen in clear' });
    expect(await decrypted(pcap, keyLog)).toEqual(['seen in clear']);
  });

  it('is not, with the keys of another session', async () => {
    const [pcap, keyLog] = [file('a.pcap'), file('b.log')];
    await converse({ server: psk, client: [...psk, '--pcap', pcap], types: 'not seen' });
    await converse({ server: psk, client: [...psk, '--keylog', keyLog] });
    expect(await decrypted(pcap, keyLog)).toEqual([]);
  });

  it('is kept by a server as well', async () => {
    const [pcap, keyLog] = [file('server.pcap'), file('server.log')];
    await converse({ server: [...psk, '--pcap', pcap, '--keylog', keyLog], client: psk, types: 'from the server' });
    expect(await decrypted(pcap, keyLog)).toEqual(['from the server']);
  });

  it('and the command that the demo prints shows the sentences, pasted into a shell', async () => {
    const surface = new TestSurface();
    await surface.run('demo', 'handshake', '--out', file('demo'));
    const lines = surface.stdout.text.split('\n');
    const start = lines.findIndex((line) => line.trim().startsWith('tshark -r'));
    const end = lines.findIndex((line, at) => at >= start && !line.endsWith('\\'));
    const { stdout } = await run('bash', ['-c', lines.slice(start, end + 1).join('\n')]);
    expect(stdout.split('\n').slice(0, 2)).toEqual([
      'I am lamp 7. May I join?',
      'Welcome, lamp 7. The network is yours, too.',
    ]);
  });
});
