import { encode, fromHex, toHex } from '@selvage/core';
import { SeededEntropy } from '@selvage/core/virtual';
import { nativeCore } from '@selvage/crypto';
import { type Entrusted, joinerIdOf, joinerPassphrase, joinNetwork, meshcopTlvs, timestampOf } from '@selvage/thread';
import { describe, expect, it } from 'vitest';
import { BorderInMesh } from '../support/border-in-mesh.js';
import { MeshWorld } from '../support/mesh-world.js';

const facts = { vendorName: 'Acme', vendorModel: 'lamp', vendorSoftwareVersion: '1.0' };
const eui64 = fromHex('18b4300000000002');

async function joined(world: MeshWorld, passphrase = 'J01NME'): Promise<Entrusted | undefined> {
  let result: Entrusted | undefined | 'failed';
  joinNetwork({
    core: nativeCore,
    entropy: new SeededEntropy(`${world.seed}/joiner`),
    clock: world.clock,
    radio: world.ether.open('joiner'),
    identity: { joinerId: joinerIdOf(nativeCore, eui64) },
    passphrase: joinerPassphrase(passphrase),
    facts,
    channels: [15],
  }).then(
    (entrusted) => (result = entrusted),
    () => (result = 'failed'),
  );
  await world.until(() => result !== undefined, 60_000);
  return result === 'failed' ? undefined : result;
}

describe('an external commissioner, a border agent in the mesh, and a joiner', () => {
  it('lets the joiner in through the leader', async () => {
    const world = new MeshWorld('external');
    const leader = await world.lead();
    const border = new BorderInMesh(world, leader);
    const { runner, session, events } = await border.commission();
    runner.run((commissioner, now) =>
      commissioner.admit({ kind: 'eui64', eui64 }, joinerPassphrase('J01NME'), 60_000, now),
    );
    await world.until(() => events.filter(({ kind }) => kind === 'steering').length === 2, 10_000);
    const entrusted = await joined(world);
    expect(toHex(entrusted!.dataset.get('networkKey')!.reveal())).toBe(
      toHex(world.dataset.get('networkKey')!.reveal()),
    );
    session.close();
    await world.pass(100);
    expect(border.agent.sessionCount).toBe(0);
  });

  it('manages the datasets, from a border agent that is a router beside the leader', async () => {
    const world = new MeshWorld('managed');
    const leader = await world.lead();
    const router = await world.route('router');
    const border = new BorderInMesh(world, router);
    const { runner } = await border.commission();
    const answers: (string | undefined)[] = [];
    const note = (payload: Uint8Array | undefined): void => void answers.push(payload && toHex(payload));
    const name = new TextEncoder().encode('renamed');
    runner.run((commissioner) => {
      commissioner.request(
        'c/as',
        [
          { type: 'activeTimestamp', value: timestampOf(9) },
          { type: 'networkName', value: name },
        ],
        { kind: 'leader' },
        note,
      );
      commissioner.request(
        'c/as',
        [
          { type: 'activeTimestamp', value: timestampOf(9) },
          { type: 'panId', value: 1 },
        ],
        { kind: 'leader' },
        note,
      );
      commissioner.request('c/cg', [], { kind: 'leader' }, note);
    });
    await world.until(() => answers.length === 3, 20_000);
    const [accept, reject] = (['accept', 'reject'] as const).map((value) =>
      toHex(encode(meshcopTlvs, [{ type: 'state', value }])),
    );
    expect(answers.slice(0, 2)).toEqual([accept, reject]);
    expect(answers[2]).toContain('0902');
    await world.until(() => router.runner.node.dataset.name === 'renamed', 60_000);
    expect(leader.runner.node.dataset.name).toBe('renamed');
  });
});
