/** Who asks for a border agent once, from a port of its own, is answered there (RFC 6762 §6.7). */
import type { networkInterfaces } from 'node:os';
import multicastDns from 'multicast-dns';
import { agentServices } from '@selvage/thread';
import { systemClock } from '@selvage/core/node';
import { afterEach, expect, it } from 'vitest';
import { announce, type Announcement, labelOf } from '../../src/thread/commissioning/dns-sd/announcement.js';
import { isOnLink } from '../../src/thread/commissioning/dns-sd/on-link.js';

const port = 20_000 + (process.pid % 20_000);
const group = { address: '224.0.0.251', family: 'IPv4', port, size: 0 } as const;
const type = agentServices.pskc;
const question = { name: type, type: 'PTR' } as const;
let announcement: Announcement | undefined;
let resolver: multicastDns.MulticastDNS | undefined;

afterEach(async () => {
  resolver?.destroy();
  await announcement?.close();
});

/** What one who asks once is told of an agent that listens there. */
async function answered(address: string): Promise<multicastDns.ResponsePacket> {
  const place = { interface: '127.0.0.1', port };
  const text = () => ({ networkName: 'home', extendedPanId: new Uint8Array(8) });
  const service = { place, type, name: 'Hallway', port: 49_191, address, text };
  announcement = announce(service, systemClock, (error) => expect.fail(error.message));
  const asking = multicastDns({ port: port + 1, interface: '127.0.0.1', bind: '0.0.0.0' });
  resolver = asking;
  const heard = new Promise<multicastDns.ResponsePacket>((resolve) => asking.on('response', resolve));
  const timer = setInterval(() => asking.query({ id: 77, questions: [question] }, group), 100);
  return heard.finally(() => clearInterval(timer));
}

it('with its question and its number, and nothing that it would remember for long', async () => {
  const { id, questions, answers = [] } = await answered('127.0.0.1');
  expect([id, questions]).toEqual([77, [expect.objectContaining(question)]]);
  expect(answers.map((answer) => answer.type)).toEqual(['PTR', 'SRV', 'TXT', 'A']);
  for (const answer of answers) expect(answer).toMatchObject({ flush: false, ttl: 10 });
});

it('with no IPv6 address of what listens on IPv4 alone', async () => {
  const { answers = [] } = await answered('0.0.0.0');
  expect(answers.map((answer) => answer.type)).not.toContain('AAAA');
});

it.each([
  ['192.0.2.77', true],
  ['192.0.3.7', false],
  ['127.0.0.53', true],
  ['2001:db8::7', true],
  ['2001:db8:1::7', false],
  ['nobody', false],
])('where %s is on a link of this host: %s', (address, expected) => {
  const of = (cidr: string) => ({ cidr }) as NonNullable<ReturnType<typeof networkInterfaces>[string]>[number];
  const interfaces = { lo: [of('127.0.0.1/8')], eth0: [of('192.0.2.1/24'), of('2001:db8::1/64')], none: undefined };
  expect(isOnLink(address, interfaces)).toBe(expected);
});

it.each([
  ['Hall.way', 'Hall-way'],
  ['a'.repeat(70), 'a'.repeat(63)],
  ['ä'.repeat(40), 'ä'.repeat(31)],
  [`${'a'.repeat(60)}🏠🏠`, 'a'.repeat(60)],
])('%s is a label of at most 63 bytes of UTF-8, cut after a whole character', (name, expected) => {
  expect(labelOf(name)).toBe(expected);
  expect(Buffer.byteLength(labelOf(name))).toBeLessThanOrEqual(63);
});
