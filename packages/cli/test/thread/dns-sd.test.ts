/** How a border agent is announced by multicast DNS, and who asks for it is answered (RFC 6762). */
import type { networkInterfaces } from 'node:os';
import type { Clock } from '@selvage/core';
import multicastDns from 'multicast-dns';
import { agentServices } from '@selvage/thread';
import { systemClock } from '@selvage/core/node';
import { VirtualClock } from '@selvage/core/virtual';
import { afterEach, describe, expect, it } from 'vitest';
import { announce, type Announcement, labelOf } from '../../src/thread/commissioning/dns-sd/announcement.js';
import { MulticastPace } from '../../src/thread/commissioning/dns-sd/multicast-pace.js';
import { isOnLink } from '../../src/thread/commissioning/dns-sd/on-link.js';

const port = 20_000 + (process.pid % 20_000);
const group = { address: '224.0.0.251', family: 'IPv4', port, size: 0 } as const;
const type = agentServices.pskc;
const question = { name: type, type: 'PTR' } as const;
let announcement: Announcement | undefined;
let neighbour: multicastDns.MulticastDNS | undefined;

afterEach(async () => {
  neighbour?.destroy();
  neighbour = undefined;
  await announcement?.close();
});

function announced(address: string, clock: Clock, name = (): string => 'home'): Announcement {
  const place = { interface: '127.0.0.1', port };
  const text = () => ({ networkName: name(), extendedPanId: new Uint8Array(8) });
  const service = { place, type, name: 'Hallway', port: 49_191, address, text };
  announcement = announce(service, clock, (error) => expect.fail(error.message));
  return announcement;
}

/** What one who asks once, from a port of its own, is told (RFC 6762 §6.7). */
function askedOnce(): Promise<multicastDns.ResponsePacket> {
  const asking = multicastDns({ port: port + 1, interface: '127.0.0.1', bind: '0.0.0.0' });
  const heard = new Promise<multicastDns.ResponsePacket>((resolve) => asking.on('response', resolve));
  const timer = setInterval(() => asking.query({ id: 77, questions: [question] }, group), 100);
  return heard.finally(() => {
    clearInterval(timer);
    asking.destroy();
  });
}

/** What one who asks once is told of an agent that listens there. */
function answered(address: string): Promise<multicastDns.ResponsePacket> {
  announced(address, systemClock);
  return askedOnce();
}

describe('what is multicast is not said again within a second (RFC 6762 §6)', () => {
  it('however many ask: once at most, when the second is over, and as it is then', async () => {
    const clock = new VirtualClock();
    let name = 'home';
    const said: string[] = [];
    const listener = multicastDns({ port, interface: '127.0.0.1', bind: '0.0.0.0' });
    neighbour = listener;
    let heard: () => void = () => undefined;
    listener.on('response', ({ answers = [] }) => {
      said.push(...answers.flatMap((answer) => (answer.type === 'TXT' ? [String(answer.data)] : [])));
      heard();
    });
    const says = (what: string): Promise<void> =>
      new Promise((resolve) => {
        heard = () => said.at(-1)?.includes(what) === true && resolve();
        heard();
      });
    await new Promise<void>((resolve) => void listener.once('ready', resolve));
    const agent = announced('127.0.0.1', clock, () => name);
    await says('nn=home');
    for (let times = 0; times < 20; times++) {
      await new Promise<void>((resolve) => listener.query({ questions: [question] }, () => resolve()));
    }
    agent.renew();
    // What came before this question was read by then.
    await askedOnce();
    name = 'hall';
    clock.advance(999);
    await askedOnce();
    clock.advance(1);
    await says('nn=hall');
    expect(said).toHaveLength(2);
  });

  it('in any second of a storm that lasts', () => {
    const clock = new VirtualClock();
    const said: number[] = [];
    const pace = new MulticastPace(clock, () => said.push(clock.now()));
    for (let asked = 0; asked < 1000; asked++) {
      pace.want();
      clock.advance(7);
    }
    expect(said).toEqual([0, 1000, 2000, 3000, 4000, 5000, 6000, 7000]);
    clock.advance(5000);
    pace.want();
    expect(said.slice(8)).toEqual([clock.now()]);
    pace.want();
    pace.stop();
    clock.advance(5000);
    expect([said.length, clock.pending]).toEqual([9, 0]);
  });
});

describe('who asks once, from a port of its own, is answered there (RFC 6762 §6.7)', () => {
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
