/** What our own nodes say on the ether, as `selvage thread sniff` keeps it and Wireshark reads it. */
import { execFileSync, spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { systemEntropy, toHex } from '@selvage/core';
import { systemClock as clock } from '@selvage/core/node';
import { MemoryStore } from '@selvage/core/virtual';
import { LocalKeyHome, nativeCore } from '@selvage/crypto';
import { generateDataset, ip6Text, openThreadNode } from '@selvage/thread';
import { UdpEtherRadio } from '@selvage/thread/node';
import { describe, expect, it } from 'vitest';
import { scratchFolder } from '../support/scratch.js';
import { TestSurface } from '../support/test-surface.js';

const file = scratchFolder();
const offset = 820 + (process.pid % 60);
const hasTshark = spawnSync('tshark', ['--version']).error === undefined || process.env['CI'] === 'true';

async function sniffed(): Promise<{ readonly capture: string; readonly text: string; readonly says: string }> {
  const dataset = generateDataset({ core: nativeCore, entropy: systemEntropy });
  const [home, capture] = [file('home.dataset'), file('own.pcapng')];
  writeFileSync(home, toHex(dataset.encode()));
  const radio = ['--radio', `ether:${offset}`];
  const sniffer = new TestSurface();
  const sniffing = sniffer.run('thread', 'sniff', '--keys', home, '--write', capture, ...radio);
  await sniffer.stderr.shows(/listening/);
  const leader = await openThreadNode({
    core: nativeCore,
    entropy: systemEntropy,
    clock,
    radio: await UdpEtherRadio.join({ node: 1, portOffset: offset }, clock),
    home: new LocalKeyHome({ core: nativeCore, entropy: systemEntropy }),
    store: new MemoryStore(),
    dataset,
  });
  leader.run((node, now) => node.lead(now));
  const { address } = leader.node.ip.addresses.unicast.find(({ kind }) => kind === 'mesh-local')!;
  for (const more of [[], ['--sleepy']]) {
    const words = ['thread', 'ping', home, ip6Text(address), '--size', '400', '--count', '1', ...more, ...radio];
    expect(await new TestSurface().run(...words)).toBe(0);
  }
  await leader.stop();
  sniffer.interrupt();
  expect(await sniffing).toBe(0);
  return { capture, text: sniffer.stdout.text, says: sniffer.stderr.text.replaceAll(/\s+/g, ' ') };
}

describe('our own nodes, listened to', () => {
  it('say nothing that the key of their network does not open, here or in tshark', async () => {
    const { capture, text, says } = await sniffed();
    expect(says).toMatch(/\d\d+ frames, of which 0 could not be opened/);
    const said = ['Parent Request', 'Parent Response', 'Child Id Request', 'Child Id Response', 'Advertisement'];
    for (const words of [
      ...said.map((one) => `MLE ${one}`),
      'ping',
      'ping answer',
      'Data Request',
      'fragment at 0 of',
    ]) {
      expect(text).toContain(words);
    }
    expect(text).not.toMatch(/malformed|cannot be read|sealed/);
    if (!hasTshark) return;
    const fields = ['_ws.malformed', '_ws.expert.message', 'mle.cmd', 'icmpv6.type'].flatMap((field) => ['-e', field]);
    const rows = execFileSync('tshark', ['-r', capture, '-T', 'fields', ...fields], {
      env: { ...process.env, WIRESHARK_CONFIG_DIR: `${capture}.wireshark` },
      encoding: 'utf8',
    })
      .replace(/\n$/, '')
      .split('\n')
      .map((line) => line.split('\t'));
    expect(rows.length).toBe(text.trimEnd().split('\n').length);
    expect(rows.filter(([malformed, message]) => malformed !== '' || /decrypt|MIC|key/i.test(message ?? ''))).toEqual(
      [],
    );
    expect(rows.filter(([, , command]) => command === '11').length).toBeGreaterThanOrEqual(2);
    expect(rows.filter(([, , , type]) => type === '128').length).toBe(2);
  });
});
