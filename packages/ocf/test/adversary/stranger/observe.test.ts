/** One who observes hears no more than one who asks: not when rights end, nor when time ends them. */
import type { CoapResponse } from '@selvage/coap';
import { describe, expect, it } from 'vitest';
import { ocfRequest, readResponse, securityPaths as at } from '../../../src/index.js';
import type { PeerSessionOf } from '../../device/support/peer.js';
import { stranger } from '../../device/support/world.js';
import { Arena, paired, pairKey } from '../support/arena.js';
import { issued, newKey, periods, roleAssertion } from '../support/certified.js';

/** What an observer was told, and by what it ended. */
class Observer {
  readonly told: unknown[] = [];
  end: string | undefined;

  constructor({ coap, to }: PeerSessionOf, path: string) {
    const note = (response: CoapResponse) => this.told.push(plain(readResponse(response)));
    coap.observe(to, ocfRequest('GET', path), {
      onNotification: note,
      onEnd: ({ error, response }) => {
        this.end = response?.code ?? error?.code;
      },
    });
  }
}

function plain(value: unknown): unknown {
  return value instanceof Map ? Object.fromEntries(value as Map<string, unknown>) : value;
}

/** Who may read and write a switch, given by an entry with the number 77. */
async function granted(seed: string, subject: object) {
  const arena = await Arena.open(seed);
  const { world, session } = arena;
  await arena.enter('RFPRO');
  const entry = { aceid: 77, subject, resources: [{ href: '/switch' }], permission: 2 };
  await world.run(session.must(at.acl2, { aclist2: [entry] } as never));
  await arena.enter('RFNOP');
  const turn = async (value: boolean) => {
    await world.device.set('/switch', { value });
    await world.pass(500);
  };
  return { arena, world, turn };
}

describe('an observer', () => {
  it('hears nothing of what it may not read any more, when its entry is gone', async () => {
    const { arena, world, turn } = await granted('entry', { uuid: paired });
    const observer = new Observer(await world.openShared(world.peer('guest'), paired, pairKey), '/switch');
    await world.pass(100);
    await turn(true);
    expect(observer.told).toEqual([{ value: false }, { value: true }]);
    await arena.enter('RFPRO');
    await world.run(arena.session.delete(at.acl2, 'aceid=77'));
    await turn(false);
    await arena.enter('RFNOP');
    await world.pass(500);
    expect([observer.told.length, observer.end]).toEqual([2, '4.01']);
    await turn(true);
    expect(observer.told.length).toBe(2);
  });

  it('hears nothing more when its key is gone', async () => {
    const { arena, world, turn } = await granted('key', { uuid: paired });
    const observer = new Observer(await world.openShared(world.peer('guest'), paired, pairKey), '/switch');
    await world.pass(100);
    const shown = (await world.run(arena.session.get(at.cred))).value as Map<string, Map<string, unknown>[]>;
    const pair = shown.get('creds')?.find((one) => one.get('subjectuuid') === paired);
    await arena.enter('RFPRO');
    await world.run(arena.session.delete(at.cred, `credid=${String(pair?.get('credid'))}`));
    await arena.enter('RFNOP');
    await turn(true);
    expect(observer.told).toEqual([{ value: false }]);
  });

  it('hears nothing more when its role has expired, and then its certificate', async () => {
    const role = { role: 'lab.role.guest', authority: 'Lab' };
    const { arena, world, turn } = await granted('expiry', role);
    const key = await newKey(world.keys);
    const until = (seconds: number) => ({
      notBefore: periods.now.notBefore,
      notAfter: Math.ceil(world.clock.wallTime() / 1000) * 1000 + seconds * 1000,
    });
    const identity = { kind: 'identity', device: stranger } as const;
    const certificate = await issued(world, arena.root, identity, { key, validity: until(20) });
    const session = await world.openCertified(world.peer('guest'), certificate);
    const roles = { kind: 'role', device: stranger, roles: [role] } as const;
    const { chain } = await issued(world, arena.root, roles, { key, validity: until(10) });
    await world.run(session.must(at.roles, roleAssertion(chain)));
    const [byRole, byAll] = [new Observer(session, '/switch'), new Observer(session, '/open')];
    await world.pass(100);
    await turn(true);
    await world.device.set('/open', { flag: true });
    await world.pass(12_000);
    await turn(false);
    expect([byRole.told.length, byRole.end]).toEqual([2, '4.01']);
    await world.device.set('/open', { flag: false });
    await world.pass(500);
    expect(byAll.told.length).toBe(3);
    await world.pass(10_000);
    await world.device.set('/open', { flag: true });
    await world.pass(500);
    expect(byAll.told.length).toBe(3);
  });

  it('hears nothing of the next life of the device', async () => {
    const { world, turn } = await granted('reset', { uuid: paired });
    const observer = new Observer(await world.openShared(world.peer('guest'), paired, pairKey), '/switch');
    await world.pass(100);
    await world.run(world.device.reset());
    await turn(true);
    expect(observer.told).toEqual([{ value: false }]);
  });
});
