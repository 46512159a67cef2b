import { joinerPassphrase } from '@selvage/thread';
import { describe, expect, it } from 'vitest';
import { BorderInMesh, type CommissionerInMesh, nativeCommissioner } from '../support/border-in-mesh.js';
import { CommissionRoom } from '../support/commission-room.js';
import { addressOf, MeshWorld } from '../support/mesh-world.js';

/** Who was told to be active instead. */
const refused = ({ events }: CommissionerInMesh): string | undefined => {
  const told = events.findLast((event) => event.kind === 'inactive');
  return told?.kind === 'inactive' ? told.error?.message : undefined;
};

const becomesActive = async (world: MeshWorld, { runner }: CommissionerInMesh, within: number): Promise<void> => {
  runner.run((commissioner) => commissioner.petition());
  await world.until(() => runner.commissioner.state === 'active', within);
};

describe('several border agents in one node, and commissioners of its own', () => {
  it('one by the PSKc and one by a passcode: the second commissioner is told who is active, then has its turn', async () => {
    const world = new MeshWorld('agents');
    const leader = await world.lead();
    const border = new BorderInMesh(world, leader);
    border.share();
    const phone = await border.commission();
    const tablet = await border.petition('tablet', 'one-time');
    expect(refused(tablet)).toContain('active phone');
    expect(phone.runner.commissioner.state).toBe('active');
    phone.runner.run((commissioner) => commissioner.resign());
    await world.pass(10);
    await becomesActive(world, tablet, 500);
    await world.pass(10);
    await becomesActive(world, phone, 500).catch(() => undefined);
    expect(refused(phone)).toContain('active tablet');
    // Its session ends, and its agent with it: there is no dead time.
    tablet.session.close();
    await world.pass(50);
    await becomesActive(world, phone, 500);
  });

  it('an agent that ends takes nothing from the commissioner of the other one', async () => {
    const world = new MeshWorld('ending');
    const leader = await world.lead();
    const router = await world.route('router');
    await world.pass(60_000);
    const border = new BorderInMesh(world, leader);
    const phone = await border.commission();
    const shared = border.share();
    shared.close();
    border.share('second').close();
    const to = addressOf(router, 'rloc');
    const scan = { channels: [20], count: 1, period: 0, scanDuration: 50 };
    phone.runner.run((commissioner) => commissioner.scanEnergy(scan, to));
    await world.until(() => phone.events.some(({ kind }) => kind === 'energy'), 20_000);
    phone.runner.run((commissioner, now) =>
      commissioner.admit({ kind: 'any' }, joinerPassphrase('J01NME'), 60_000, now),
    );
    await world.until(() => phone.events.filter(({ kind }) => kind === 'steering').length === 2, 5000);
  });

  it("a commissioner of the node itself and one behind its agent: each is told the other one's name", async () => {
    const world = new MeshWorld('native-beside');
    const leader = await world.lead();
    const border = new BorderInMesh(world, leader);
    const native = await nativeCommissioner(world, leader);
    const phone = await border.petition('phone');
    expect(refused(phone)).toContain('active native');
    native.runner.run((commissioner) => commissioner.resign());
    await world.pass(10);
    await becomesActive(world, phone, 500);
    native.runner.run((commissioner) => commissioner.petition());
    await world.pass(100);
    expect(refused(native)).toContain('active phone');
    expect(phone.runner.commissioner.state).toBe('active');
  });

  it('two of one name behind two agents are two: the second does not take the place of the first', async () => {
    const world = new MeshWorld('namesakes');
    const leader = await world.lead();
    const border = new BorderInMesh(world, leader);
    border.share();
    const first = await border.commission('phone');
    const second = await border.petition('phone', 'one-time', 'namesake');
    expect(refused(second)).toContain('active phone');
    await world.pass(120_000);
    expect(first.runner.commissioner.state).toBe('active');
  });
});

describe('petitions that come while another one is decided', () => {
  it('wait, and the second is told the name of the first', () => {
    const room = new CommissionRoom({ seed: 'at-once' });
    const phone = room.connect('phone');
    const tablet = room.connect('tablet');
    room.run(200);
    const states = [phone, tablet].map(({ commissioner }) => commissioner.state);
    expect(states.toSorted()).toEqual(['active', 'inactive']);
    const [told] = (states[0] === 'inactive' ? phone : tablet).events;
    const active = states[0] === 'inactive' ? 'active tablet' : 'active phone';
    expect(told?.kind === 'inactive' && told.error?.message).toContain(active);
  });
});
