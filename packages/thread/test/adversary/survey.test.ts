import { encode, fromHex, Secret } from '@selvage/core';
import {
  energyScanTlvs,
  meshcopTlvs,
  panIdQueryTlvs,
  roundsTlvs,
  shortAddress,
  surveyPaths,
  tmfPort,
  VirtualRadio,
} from '@selvage/thread';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { udpPacketOf } from '../../src/ip6/stack/packet-writer.js';
import { readPsdu } from '../../src/mac/receiver.js';
import { PacketSender } from '../../src/stack/packet-sender.js';
import { postBytes } from '../../src/tmf/tmf-message.js';
import { Insider } from '../support/insider.js';
import { nativeCommissioner } from '../support/border-in-mesh.js';
import { addressOf, type MeshNode, MeshWorld } from '../support/mesh-world.js';

afterEach(() => vi.restoreAllMocks());

const scan = { channels: [20], count: 1, period: 0, scanDuration: 10 };

/** What a node's radio does for somebody who asks: it measures, asks who is there, announces. */
class Looks {
  requested = 0;
  announced = 0;
  readonly #victim: string;
  readonly #measurements = vi.spyOn(VirtualRadio.prototype, 'measureEnergy').mock;

  constructor(world: MeshWorld, victim: string) {
    this.#victim = victim;
    world.ether.tap(({ from, psdu }) => {
      const frame = from === victim ? readPsdu(psdu)?.frame : undefined;
      if (frame?.type === 'command' && frame.command === 7) this.requested++;
      if (frame?.security?.key.mode === 2) this.announced++;
    });
  }

  get measured(): number {
    return this.#measurements.contexts.filter((radio) => (radio as VirtualRadio).name === this.#victim).length;
  }

  get all(): number {
    return this.measured + this.requested + this.announced;
  }
}

/** A leader that commissions, a router that is asked, and who asks beside them. */
async function asked(seed: string, dataset?: (world: MeshWorld) => MeshWorld['dataset']) {
  const world = new MeshWorld(seed);
  const leader = await world.lead();
  const victim = await world.route('victim');
  const other =
    dataset === undefined ? await world.attach('other') : await world.lead('other', { dataset: dataset(world) });
  await world.pass(60_000);
  const commissioner = await nativeCommissioner(world, leader);
  await world.pass(10_000);
  const session = { type: 'commissionerSessionId', value: commissioner.runner.commissioner.sessionId! } as const;
  const messages = [
    [surveyPaths.energyScan, encode(meshcopTlvs, [session, ...energyScanTlvs(scan)])],
    [surveyPaths.panIdQuery, encode(meshcopTlvs, [session, ...panIdQueryTlvs({ panId: 0xbeef, channels: [20] })])],
    [surveyPaths.announceBegin, encode(meshcopTlvs, [session, ...roundsTlvs({ ...scan, period: 10 })])],
  ] as const;
  return { world, leader, victim, other, commissioner, session, messages, looks: new Looks(world, 'victim') };
}

const stateOf = ({ runner }: MeshNode): string => JSON.stringify([runner.node.role, runner.node.rloc16]);

describe('who makes a node look around', () => {
  it('is a member that names the session of the commissioner, or a later one; no other', async () => {
    const { world, victim, other, session, messages, looks } = await asked('sessions');
    const insider = new Insider(other);
    const to = addressOf(victim, 'rloc');
    for (const [path, payload] of messages) {
      for (const sessionId of [session.value - 1, session.value - 100, (session.value + 0x8000) & 0xffff]) {
        const older = payload.slice();
        older.set([sessionId >> 8, sessionId & 0xff], 2);
        insider.post(path, older, to, true);
      }
      // No session at all.
      insider.post(path, payload.subarray(4), to, true);
    }
    await world.pass(5000);
    expect(looks.all).toBe(0);
    for (const [path, payload] of messages) insider.post(path, payload, to, true);
    await world.pass(5000);
    expect([looks.measured, looks.requested, looks.announced]).toEqual([1, 1, 1]);
  });

  it('is no stranger: under another network key, or without protection, nothing happens', async () => {
    const key = Secret.of(fromHex('ffeeddccbbaa99887766554433221100'));
    const { world, leader, victim, other, messages, looks } = await asked('strangers', ({ dataset }) =>
      dataset.with({ networkKey: key }),
    );
    const insider = new Insider(other);
    const before = stateOf(victim);
    for (const [path, payload] of messages) {
      for (const kind of ['rloc', 'mesh-local', 'link-local'] as const)
        insider.post(path, payload, addressOf(victim, kind));
    }
    await world.pass(5000);
    // The right question in the commissioner's name, in frames without protection.
    const { link, adaptation } = other.runner.node;
    const sender = new PacketSender(link, adaptation);
    const destination = addressOf(victim, 'rloc');
    const short = victim.runner.node.rloc16!;
    const { delivered } = victim.runner.node.link.counters;
    for (const [path, payload] of messages) {
      for (const source of [addressOf(leader, 'rloc'), addressOf(other, 'link-local')]) {
        const head = { source, destination, hopLimit: 64, trafficClass: 0 };
        const post = { path, payload, confirmable: true, messageId: 7, token: Uint8Array.of(1, 2) };
        const packet = udpPacketOf(head, tmfPort, tmfPort, postBytes(post));
        const to = { destination: shortAddress(short), source: 'extended', protection: { kind: 'none' } } as const;
        other.runner.run((_node, now) => sender.send(packet, to, now));
        await world.pass(500);
      }
    }
    await world.pass(5000);
    expect(victim.runner.node.link.counters.delivered).toBeGreaterThanOrEqual(delivered + 6);
    expect(looks.all).toBe(0);
    expect(stateOf(victim)).toBe(before);
  });

  it('with messages that are cut or changed at every place: no more than a valid one would do, and nothing breaks', async () => {
    const { world, victim, other, messages, looks } = await asked('changed');
    const insider = new Insider(other);
    const to = addressOf(victim, 'rloc');
    const before = stateOf(victim);
    let posted = 0;
    const post = async (path: string, payload: Uint8Array): Promise<void> => {
      insider.post(path, payload, to);
      posted++;
      await world.pass(15);
    };
    for (const [path, payload] of messages) {
      for (let length = 0; length < payload.length; length++) await post(path, payload.subarray(0, length));
    }
    await world.pass(5000);
    const afterCut = looks.all;
    for (const [path, payload] of messages) {
      for (let bit = 0; bit < payload.length * 8; bit++) {
        const changed = payload.slice();
        changed[bit >> 3] = (changed[bit >> 3] as number) ^ (1 << (bit & 7));
        await post(path, changed);
      }
      await post(path, new Uint8Array(1000).fill(0xff));
      await post(path, Uint8Array.from([...payload, ...new Uint8Array(900)]));
    }
    await world.pass(30_000);
    expect(posted).toBeGreaterThan(400);
    expect(afterCut).toBe(0);
    // Each question takes the place of the one before, which had no time to begin: the last valid one of each is answered.
    expect(looks.measured).toBeLessThan(70);
    expect(looks.requested).toBeLessThan(20);
    expect(stateOf(victim)).toBe(before);
    expect(await world.ping(other, addressOf(victim, 'mesh-local'))).toBeGreaterThan(0);
  });

  it('flooded and replayed: a question that comes again is one, and many are one look at a time', async () => {
    const { world, victim, other, messages, looks } = await asked('flooded');
    const frames: Uint8Array[] = [];
    world.ether.tap(({ from, psdu }) => {
      if (from === 'other') frames.push(psdu);
    });
    const insider = new Insider(other);
    const to = addressOf(victim, 'rloc');
    const before = stateOf(victim);
    for (let i = 0; i < 300; i++) {
      const [path, payload] = messages[i % 2] as (typeof messages)[number];
      insider.post(path, payload, to, i % 3 === 0);
      await world.pass(10);
    }
    await world.pass(10_000);
    expect([looks.measured, looks.requested]).toEqual([1, 1]);
    for (const psdu of frames.slice(0, 100)) {
      world.ether.inject(psdu, 15);
      await world.pass(10);
    }
    await world.pass(10_000);
    expect([looks.measured, looks.requested]).toEqual([1, 1]);
    expect(stateOf(victim)).toBe(before);
  });

  it('Beacon Requests from anybody, as fast as they go: the router answers few, and its network goes on', async () => {
    const { world, victim, other, looks } = await asked('beacons');
    let beacons = 0;
    world.ether.tap(({ from, psdu }) => {
      if (from === 'victim' && readPsdu(psdu)?.frame.type === 'beacon') beacons++;
    });
    const request = fromHex('031805ffffffff077688');
    const begin = world.clock.now();
    let pings = 0;
    for (let i = 0; i < 1000; i++) {
      world.ether.inject(request, 15);
      await world.pass(3);
      if (i % 100 === 0 && (await world.ping(other, addressOf(victim, 'mesh-local'))) !== undefined) pings++;
    }
    expect(beacons).toBeGreaterThan(10);
    expect(beacons).toBeLessThanOrEqual((world.clock.now() - begin) / 20 + 1);
    expect(pings).toBe(10);
    expect(looks.all).toBe(0);
  });

  it('a flood of beacons while it looks is bounded, and ends with its time', async () => {
    const { world, victim, commissioner, looks } = await asked('beacon-flood');
    const beacon = fromHex('00c007efbe10bf477414ed96a61742');
    const to = addressOf(victim, 'rloc');
    commissioner.runner.run((engine) => engine.queryPanId({ panId: 0xbeef, channels: [20] }, to));
    await world.until(() => looks.requested === 1, 10_000);
    for (let i = 0; i < 400; i++) {
      world.ether.inject(beacon, 20);
      await world.pass(1);
    }
    await world.until(() => commissioner.events.some(({ kind }) => kind === 'pan-id-conflict'), 10_000);
    expect(commissioner.events.filter(({ kind }) => kind === 'pan-id-conflict')).toHaveLength(1);
  });
});

describe('reports that nobody asked for', () => {
  it('malformed, cut, or of a member that makes them up: the commissioner tells what is well-formed, and goes on', async () => {
    const { world, leader, other, commissioner } = await asked('reports');
    const insider = new Insider(other);
    const to = addressOf(leader, 'rloc');
    const report = encode(meshcopTlvs, [
      { type: 'channelMask', value: [{ page: 0, mask: Uint8Array.of(0, 0, 8, 0) }] },
      { type: 'energyList', value: Uint8Array.of(0x9c) },
    ]);
    for (let length = 0; length < report.length; length++) insider.post('c/er', report.subarray(0, length), to, true);
    for (const path of ['c/er', 'c/pc']) insider.post(path, new Uint8Array(900).fill(0xff), to, true);
    await world.pass(5000);
    expect(commissioner.events.filter(({ kind }) => kind === 'energy')).toEqual([]);
    insider.post('c/er', report, to, true);
    await world.pass(2000);
    expect(commissioner.events.filter(({ kind }) => kind === 'energy')).toHaveLength(1);
    expect(commissioner.runner.commissioner.state).toBe('active');
  });
});
