/** What our links put on the air, as tshark sees it with the network key. */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { fromHex, toHex } from '@selvage/core';
import type { AirEvent } from '@selvage/thread';
import { afterAll, expect, it } from 'vitest';
import { headerElementIds } from '../../src/mac/frame/elements.js';
import { writeAirCapture } from '../support/air-capture.js';
import { extendedOf, LinkWorld, meet, networkKey, panId, shortOf } from '../support/link-world.js';
import { describeWith } from '../../../core/test/support/described-with.js';

const run = promisify(execFile);
const folder = mkdtempSync(join(tmpdir(), 'selvage-thread-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** ICMPv6 echo request in IPHC, addresses from the frame. */
const echo = '7a333a8000000000010001';

/** Fields of each frame of a capture. */
async function dissect(path: string, key: Uint8Array, ...fields: string[]): Promise<string[][]> {
  const nodes = [1, 2].map((number) => {
    const eui = toHex(extendedOf(number));
    return ['-o', `uat:802154_addresses:"${hex4(shortOf(number))}","${hex4(panId)}",${eui}`];
  });
  const { stdout } = await run('tshark', [
    ...['-r', path, '-o', 'wpan.fcs_format:ITU-T CRC-16'],
    ...['-o', `uat:ieee802154_keys:"${toHex(key)}","0","Thread hash"`],
    ...nodes.flat(),
    ...['-T', 'fields', ...fields.flatMap((field) => ['-e', field])],
  ]);
  return stdout
    .replace(/\n$/, '')
    .split('\n')
    .map((line) => line.split('\t'));
}

function hex4(number: number): string {
  return `0x${number.toString(16).padStart(4, '0')}`;
}

async function traffic(name: string): Promise<{ path: string; frames: number }> {
  const world = new LinkWorld(name);
  const events: AirEvent[] = [];
  world.ether.tap((event) => events.push(event));
  const [a, b] = [await world.open(1), await world.open(2)];
  meet(a, b, { isChild: true });
  await world.send(a, 2, echo);
  await world.send(b, 1, echo);
  await world.send(a, 'all', echo);
  const destination = { kind: 'extended', extended: extendedOf(2) } as const;
  const protection = { kind: 'network' } as const;
  const payload = fromHex(echo);
  a.link.send({ destination, source: 'extended', protection, payload }, world.clock.now());
  const elements = [
    { id: headerElementIds.csl, body: fromHex('0a00f401') },
    { id: headerElementIds.termination2, body: fromHex('') },
  ];
  a.link.send({ destination, source: 'extended', protection, payload, elements }, world.clock.now());
  a.pump();
  world.clock.advance(50);
  a.link.neighbours.enter(extendedOf(2), { receiveOn: false });
  world.give(a, 2, echo);
  b.link.setReceiveOn(false);
  b.link.setPolling({ parent: { kind: 'short', short: shortOf(1) }, source: 'short', period: 100 }, world.clock.now());
  b.pump();
  world.clock.advance(150);
  expect(b.frames.length).toBe(5);
  const path = join(folder, `${name}.pcap`);
  writeAirCapture(path, events);
  return { path, frames: events.length };
}

describeWith(['tshark'], 'our frames in tshark', () => {
  it('are decoded and decrypted, all of them: data, polls, acknowledgements of both kinds', async () => {
    const { path, frames } = await traffic('all');
    const rows = await dissect(
      path,
      networkKey,
      'wpan.frame_type',
      'wpan.fcs_ok',
      '_ws.malformed',
      '_ws.expert.message',
      'icmpv6.type',
    );
    expect(rows.length).toBe(frames);
    expect(rows.filter(([, , malformed]) => malformed !== '')).toEqual([]);
    expect(rows.filter(([, , , , type]) => type === '128').length).toBe(6);
    // An enhanced acknowledgement names no source, so that tshark cannot know its nonce; the link itself opened it.
    const undecrypted = rows.filter(([, , , message]) => /decrypt|MIC|key/i.test(message ?? ''));
    expect(undecrypted.map(([type, , , message]) => [type, message])).toEqual([
      ['0x0002', "No extended source address - can't decrypt"],
    ]);
  });

  it('are not, without the key', async () => {
    const { path } = await traffic('no key');
    const rows = await dissect(path, new Uint8Array(16), 'icmpv6.type', '_ws.expert.message');
    expect(rows.filter(([type]) => type === '128')).toEqual([]);
    expect(rows.some(([, message]) => /decrypt|MIC|key/i.test(message ?? ''))).toBe(true);
  });
});
