import { getEventListeners } from 'node:events';
import { fromHex, SelvageError, toHex } from '@selvage/core';
import { SeededEntropy } from '@selvage/core/virtual';
import { nativeCore } from '@selvage/crypto';
import {
  type CommissionerEvent,
  CommissionerRunner,
  type Entrusted,
  joinerIdOf,
  joinerPassphrase,
  joinNetwork,
  NativeAccess,
} from '@selvage/thread';
import { describe, expect, it } from 'vitest';
import { type MeshNode, MeshWorld } from '../support/mesh-world.js';

const facts = { vendorName: 'Acme', vendorModel: 'lamp', vendorSoftwareVersion: '1.0' };
const eui64 = fromHex('18b4300000000002');

/** A commissioner in a node of the mesh. */
async function commissioner(world: MeshWorld, node: MeshNode): Promise<CommissionerRunner> {
  const entropy = new SeededEntropy(`${world.seed}/commissioner`);
  const options = { core: nativeCore, entropy, name: 'native', isNative: true };
  const runner = new CommissionerRunner(options, world.clock, new NativeAccess(node.runner));
  runner.run((engine) => engine.petition());
  await world.until(() => runner.commissioner.state === 'active');
  return runner;
}

function join(world: MeshWorld, passphrase: string, name = 'joiner', signal?: AbortSignal): Promise<Entrusted> {
  return joinNetwork({
    core: nativeCore,
    entropy: new SeededEntropy(`${world.seed}/${name}`),
    clock: world.clock,
    radio: world.ether.open(name),
    identity: { joinerId: joinerIdOf(nativeCore, eui64) },
    passphrase: joinerPassphrase(passphrase),
    facts,
    channels: [11, 15],
    ...(signal && { signal }),
  });
}

async function outcome(world: MeshWorld, joining: Promise<Entrusted>): Promise<Entrusted | string> {
  let result: Entrusted | string | undefined;
  joining.then(
    (entrusted) => (result = entrusted),
    (error: SelvageError) => (result = String(error.details?.['failure'] ?? error.message)),
  );
  await world.until(() => result !== undefined, 120_000);
  return result as Entrusted | string;
}

describe('a joiner on the air', () => {
  it('joins through a leader that commissions too, and attaches with what it was given', async () => {
    const world = new MeshWorld('join');
    const leader = await world.lead();
    const runner = await commissioner(world, leader);
    const events: CommissionerEvent[] = [];
    runner.onEvent((event) => events.push(event));
    runner.run((engine, now) => engine.admit({ kind: 'eui64', eui64 }, joinerPassphrase('J01NME'), 60_000, now));
    await world.pass(100);
    const entrusted = await outcome(world, join(world, 'J01NME'));
    expect(entrusted).toBeTypeOf('object');
    const { dataset } = entrusted as Entrusted;
    expect(toHex(dataset.get('networkKey')!.reveal())).toBe(toHex(world.dataset.get('networkKey')!.reveal()));
    const lamp = await world.attach('lamp', { dataset });
    expect(lamp.runner.node.role).toBe('child');
    expect(events.filter(({ kind }) => kind === 'joiner').length).toBeGreaterThan(2);
  });

  it('joins through a router, and the commissioner is two hops away', async () => {
    const world = new MeshWorld('relay');
    const leader = await world.lead();
    const router = await world.route('router');
    const far = await world.open('far', { child: { full: true } });
    for (const [a, b] of [
      ['leader', 'far'],
      ['leader', 'joiner'],
      ['far', 'joiner'],
    ] as const) {
      world.ether.setLink(a, b, { loss: 1 });
    }
    void [leader, router, far];
    const runner = await commissioner(world, leader);
    runner.run((engine, now) => engine.admit({ kind: 'any' }, joinerPassphrase('J01NME'), 60_000, now));
    await world.pass(2000);
    expect(await outcome(world, join(world, 'J01NME'))).toBeTypeOf('object');
  });

  it('says that its passphrase is wrong, or that nobody expects it', async () => {
    const world = new MeshWorld('wrong');
    const leader = await world.lead();
    expect(await outcome(world, join(world, 'J01NME', 'early'))).toBe('commissioner-not-active');
    const runner = await commissioner(world, leader);
    runner.run((engine, now) => engine.admit({ kind: 'eui64', eui64 }, joinerPassphrase('J01NME'), 60_000, now));
    await world.pass(100);
    expect(await outcome(world, join(world, 'WR0NG1', 'wrong'))).toBe('wrong-pskd');
  });

  it('is interrupted whenever its signal is aborted, before it begins too, and leaves the signal as it was', async () => {
    const world = new MeshWorld('interrupted');
    const before = new AbortController();
    before.abort(new SelvageError('cancelled', 'too early'));
    expect(await outcome(world, join(world, 'J01NME', 'early', before.signal))).toBe('too early');
    const amid = new AbortController();
    const joining = join(world, 'J01NME', 'early', amid.signal);
    world.clock.wakeAt(world.clock.now() + 100, () => amid.abort(new SelvageError('cancelled', 'amid')));
    expect(await outcome(world, joining)).toBe('amid');
    // Whoever tries for weeks has one signal for all tries.
    const lasting = new AbortController();
    for (let tries = 0; tries < 3; tries++) {
      expect(await outcome(world, join(world, 'J01NME', 'early', lasting.signal))).toBe('no-network');
    }
    expect(getEventListeners(lasting.signal, 'abort')).toEqual([]);
  });
});
