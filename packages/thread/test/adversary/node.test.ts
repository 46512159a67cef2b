import { fromHex, Secret, toHex } from '@selvage/core';
import { MemoryStore } from '@selvage/core/virtual';
import { describe, expect, it } from 'vitest';
import { readPsdu } from '../../src/mac/receiver.js';
import { addressOf, type MeshNode, MeshWorld } from '../support/mesh-world.js';
import { stateOf } from '../support/node-state.js';

/** What was on the air. */
function recorded(world: MeshWorld): Uint8Array[] {
  const frames: Uint8Array[] = [];
  world.ether.tap(({ psdu }) => frames.push(psdu));
  return frames;
}

async function pair(seed: string, conditions = {}): Promise<{ world: MeshWorld; leader: MeshNode; child: MeshNode }> {
  const world = new MeshWorld(seed, conditions);
  const leader = await world.lead();
  return { world, leader, child: await world.attach('child', { child: { timeout: 10 } }) };
}

describe('an attacker on the air', () => {
  it('replays all that was sent, and moves neither', async () => {
    const world = new MeshWorld('replay');
    const frames = recorded(world);
    const leader = await world.lead();
    const child = await world.attach('child');
    await world.ping(child, addressOf(leader, 'mesh-local'), 500);
    await world.ping(leader, addressOf(child, 'mesh-local'), 500);
    const past = frames.filter((psdu) => readPsdu(psdu)?.frame.type === 'data');
    await world.pass(3000);
    const before = [stateOf(leader), stateOf(child)].map(withoutTime);
    for (const psdu of past) {
      world.ether.inject(psdu, 15);
      await world.pass(30);
    }
    expect([stateOf(leader), stateOf(child)].map(withoutTime)).toEqual(before);
    expect(past.length).toBe(30);
    expect(child.runner.node.link.counters.replayed).toBeGreaterThan(10);
    expect(leader.runner.node.mle.counters.replayed).toBeGreaterThan(0);
  });

  it('has another network key, and is nobody', async () => {
    const world = new MeshWorld('wrong-key');
    const leader = await world.lead();
    const other = world.dataset.with({ networkKey: Secret.of(fromHex('ffeeddccbbaa99887766554433221100')) });
    const stranger = await world.open('stranger', { dataset: other });
    const before = stateOf(leader);
    stranger.runner.run((engine, now) => engine.attach(now));
    await world.pass(30_000);
    expect(stranger.runner.node.role).toBe('detached');
    expect(stateOf(leader)).toBe(before);
    expect(leader.runner.node.mle.counters.forged).toBeGreaterThan(5);
  });

  it('answers a Parent Request with an answer of before: its challenge is not ours', async () => {
    const world = new MeshWorld('spoofed-parent');
    const frames = recorded(world);
    const leader = await world.lead();
    const store = new MemoryStore();
    const child = await world.attach('child', { store });
    const answers = frames.filter((psdu) => psdu.length > 100 && readPsdu(psdu)?.frame.security === undefined);
    await child.runner.stop();
    await leader.runner.stop();
    await store.delete('thread.network');
    const again = await world.open('child-again', { store });
    again.runner.run((engine, now) => engine.attach(now));
    const kinds = new Set<string>();
    for (let i = 0; i < 20; i++) {
      for (const psdu of answers) world.ether.inject(psdu, 15);
      await world.pass(100);
      kinds.add((again.runner.node.machineState as { kind: string }).kind);
    }
    expect(answers.length).toBeGreaterThan(0);
    expect([...kinds]).toEqual(['parent-request']);
  });

  it('keeps every acknowledgement from a child: it looks for its parent again, and stays when it hears them', async () => {
    const { world, leader, child } = await pair('never-acknowledges');
    world.ether.tamper = (psdu, from, to) => {
      const isAcknowledgement = readPsdu(psdu)?.frame.type === 'acknowledgement';
      return isAcknowledgement && from === 'leader' && to === 'child' ? [] : [psdu];
    };
    await world.until(() => child.events.some(({ kind }) => kind === 'detached'));
    expect(child.events.find(({ kind }) => kind === 'detached')).toEqual({ kind: 'detached', reason: 'unanswered' });
    world.ether.tamper = undefined;
    await world.until(() => child.runner.node.role === 'child');
    expect(await world.ping(leader, addressOf(child, 'mesh-local'))).toBeGreaterThan(0);
  });

  it('jams the channel for two minutes: both are there again when it stops', async () => {
    const { world, leader, child } = await pair('jammer');
    const from = world.clock.now();
    world.ether.interfere({ channel: 15, from, duration: 120_000 });
    await world.pass(120_000);
    await world.until(() => child.runner.node.role === 'child');
    await world.pass(5000);
    expect(await world.ping(leader, addressOf(child, 'mesh-local'))).toBeGreaterThan(0);
  });

  it('doubles and reorders what is sent: packets of 1,200 bytes pass both ways, each once', async () => {
    const { world, leader, child } = await pair('reorder', { duplication: 0.3, reordering: 0.1 });
    for (let i = 0; i < 5; i++) {
      expect(await world.ping(leader, addressOf(child, 'mesh-local'), 1200)).toBeGreaterThan(0);
      expect(await world.ping(child, addressOf(leader, 'mesh-local'), 1200)).toBeGreaterThan(0);
    }
    for (const { events } of [leader, child]) expect(events.filter(({ kind }) => kind === 'echo').length).toBe(5);
  });
});

describe('the power fails at any store operation', () => {
  it.each(['child', 'leader'] as const)(
    'of a %s: no frame counter is used twice, at the link or in MLE',
    async (who) => {
      const writes = await lifeWithCut(who, undefined);
      expect(writes).toBeGreaterThan(2);
      for (let write = 0; write < writes; write++) {
        for (const outcome of ['old', 'new'] as const) await lifeWithCut(who, { write, outcome });
      }
    },
  );
});

/** A node's life over restarts, with the power cut during one write; gives how many writes there were. */
async function lifeWithCut(
  who: 'child' | 'leader',
  cut: { readonly write: number; readonly outcome: 'old' | 'new' } | undefined,
): Promise<number> {
  const world = new MeshWorld('power');
  const used = new Map<string, string>();
  world.ether.tap(({ from, psdu }) => {
    if (from !== 'it') return;
    for (const counter of countersOf(psdu)) {
      const known = used.get(counter);
      // A frame that is repeated is the same, bit for bit.
      if (known !== undefined && known !== toHex(psdu)) throw new Error(`${counter} again`);
      used.set(counter, toHex(psdu));
    }
  });
  const other = await world.open('other');
  other.runner.run((engine, now) => (who === 'child' ? engine.lead(now) : engine.attach(now)));
  const store = new MemoryStore();
  if (cut !== undefined) store.cutPowerDuring(cut.write, cut.outcome);
  for (let life = 0; life < 3; life++) {
    try {
      const { runner } = await world.open('it', { store });
      runner.run((engine, now) => (who === 'child' ? engine.attach(now) : engine.lead(now)));
      await world.pass(3000);
      const isJoined =
        other.runner.node.role === 'leader' ? runner.node.role === 'child' : other.runner.node.role === 'child';
      if (isJoined) await world.ping(other, runner.node.ip.addresses.unicast[1]!.address, 300);
      await runner.stop();
    } catch (error) {
      // Opening needs its store: a node whose store fails does not start.
      if (!/power/.test(String(error))) throw error;
    }
    store.powerOn();
  }
  expect(used.size).toBeGreaterThan(5);
  return store.writes;
}

/** The counters of a frame, as the link's and MLE's nonces have them. */
function countersOf(psdu: Uint8Array): string[] {
  const security = readPsdu(psdu)?.frame.security;
  if (security?.key.mode === 1) return [`link ${security.key.index}.${security.frameCounter}`];
  const mle = /f04d4c4d4c....0015(.{8})(.{8})/.exec(toHex(psdu));
  return mle === null ? [] : [`mle ${mle[2]}.${mle[1]}`];
}

/** Times at which somebody was heard may change with any frame of a good node. */
function withoutTime(state: string): string {
  return state.replace(/"(heardAt|at|until|sentAt)":[\d.]+/g, '"$1":0');
}
