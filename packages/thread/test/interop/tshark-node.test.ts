/** What our nodes put on the air while they attach and speak, as tshark sees it with the network key. */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { toHex } from '@selvage/core';
import { type AirEvent, ip6Text } from '@selvage/thread';
import { afterAll, expect, it } from 'vitest';
import { writeAirCapture } from '../support/air-capture.js';
import { addressOf, type MeshNode, MeshWorld } from '../support/mesh-world.js';
import { describeWith } from '../../../core/test/support/described-with.js';

const run = promisify(execFile);
const folder = mkdtempSync(join(tmpdir(), 'selvage-thread-node-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Fields of each frame of a capture. */
async function dissect(
  path: string,
  world: MeshWorld,
  nodes: readonly MeshNode[],
  ...fields: string[]
): Promise<string[][]> {
  const key = toHex(world.dataset.get('networkKey')!.reveal());
  const addresses = nodes.map(({ runner }) => {
    const { rloc16 = 0, link } = runner.node;
    return ['-o', `uat:802154_addresses:"0x${rloc16.toString(16).padStart(4, '0')}","0xface",${toHex(link.extended)}`];
  });
  const prefix = new Uint8Array(16);
  prefix.set(world.dataset.get('meshLocalPrefix')!);
  const { stdout } = await run('tshark', [
    ...['-r', path, '-o', 'wpan.fcs_format:ITU-T CRC-16'],
    ...['-o', `uat:ieee802154_keys:"${key}","0","Thread hash"`],
    ...['-o', `6lowpan.context0:${ip6Text(prefix)}/64`],
    ...addresses.flat(),
    ...['-T', 'fields', ...fields.flatMap((field) => ['-e', field])],
  ]);
  return stdout
    .replace(/\n$/, '')
    .split('\n')
    .map((line) => line.split('\t'));
}

describeWith(['tshark'], 'our nodes in tshark', () => {
  it('attach and speak in frames that are all decoded and decrypted, and none malformed', async () => {
    const world = new MeshWorld('tshark');
    const events: AirEvent[] = [];
    world.ether.tap((event) => events.push(event));
    const leader = await world.lead();
    const awake = await world.attach('awake', { child: { timeout: 10 } });
    const asleep = await world.attach('asleep', { child: { sleepy: true, pollPeriod: 500, timeout: 10 } });
    for (const size of [8, 1200]) {
      await world.ping(awake, addressOf(leader, 'mesh-local'), size);
      await world.ping(leader, addressOf(asleep, 'mesh-local'), size);
      await world.ping(asleep, addressOf(awake, 'mesh-local'), size);
    }
    await world.pass(20_000);
    const path = join(folder, 'nodes.pcap');
    writeAirCapture(path, events);
    const fields = [
      'wpan.frame_type',
      'wpan.fcs_ok',
      '_ws.malformed',
      '_ws.expert.message',
      'icmpv6.type',
      'mle.cmd',
      'wpan.security',
    ];
    const rows = await dissect(path, world, [leader, awake, asleep], ...fields);
    expect(rows.length).toBe(events.length);
    expect(rows.filter(([, check]) => check !== '1' && check !== 'True')).toEqual([]);
    expect(rows.filter(([, , malformed]) => malformed !== '')).toEqual([]);
    expect(rows.filter(([, , , message]) => /decrypt|encrypt|key|MIC/i.test(message ?? ''))).toEqual([]);
    const commands = new Set(rows.map(([, , , , , command]) => command));
    for (const command of ['4', '8', '9', '10', '11', '12', '13', '14']) expect(commands).toContain(command);
    expect(rows.filter(([, , , , type]) => type === '128').length).toBeGreaterThanOrEqual(6);
    expect(rows.filter(([, , , , type]) => type === '129').length).toBeGreaterThanOrEqual(6);
  });
});
