import type { KeyHandle } from '@selvage/crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { credentialUsages, securityPaths as at } from '../../../src/index.js';
import type { PeerSessionOf } from '../../device/support/peer.js';
import { owner, stranger, type World } from '../../device/support/world.js';
import { Arena, paired, pairKey } from '../support/arena.js';
import {
  chainCredential,
  issued,
  newKey,
  periods,
  roleAssertion,
  type Root,
  rootOf,
  trustIn,
} from '../support/certified.js';
import { forged } from '../support/forged.js';
import { codeOf } from '../support/outcome.js';

const guest = { role: 'lab.role.guest', authority: 'Lab' };
const grant = { subject: guest, resources: [{ href: '/switch' }], permission: 6 };

/** A device on which a role may use the switch, and a peer with a certificate that may have that role. */
class RoleScene {
  readonly arena: Arena;
  readonly world: World;
  readonly root: Root;
  key!: KeyHandle;

  constructor(arena: Arena) {
    this.arena = arena;
    this.world = arena.world;
    this.root = arena.root;
  }

  static async open(seed: string): Promise<RoleScene> {
    const scene = new RoleScene(await Arena.open(seed));
    const { arena, world } = scene;
    await arena.enter('RFPRO');
    await world.run(arena.session.must(at.acl2, { aclist2: [grant] }));
    await arena.enter('RFNOP');
    scene.key = await newKey(world.keys);
    return scene;
  }

  async session(name: string): Promise<PeerSessionOf> {
    const certificate = await issued(this.world, this.root, { kind: 'identity', device: stranger }, { key: this.key });
    return this.world.openCertified(this.world.peer(name), certificate);
  }

  /** The chain of a role, by default good and of the peer's own key. */
  async role(options: Parameters<typeof issued>[3] = {}, device: string = stranger, from = this.root, role = guest) {
    const profile = { kind: 'role', device, roles: [role] } as const;
    return (await issued(this.world, from, profile, { key: this.key, ...options })).chain;
  }
}

interface Case {
  readonly name: string;
  readonly make: (scene: RoleScene) => Promise<readonly Uint8Array[]>;
}

const cases: readonly Case[] = [
  { name: 'stolen: of another key', make: async (scene) => scene.role({ key: await newKey(scene.world.keys) }) },
  { name: 'of another device, for the same key', make: (scene) => scene.role({}, paired) },
  { name: 'of the owner, for the same key', make: (scene) => scene.role({}, owner) },
  { name: 'of another authority', make: async (scene) => scene.role({}, stranger, await rootOf(scene.world, 'Other')) },
  {
    name: 'of another authority of the same name',
    make: async (scene) => scene.role({}, stranger, await rootOf(scene.world, 'Owner Root')),
  },
  { name: 'that has expired', make: (scene) => scene.role({ validity: periods.past }) },
  { name: 'that is not valid yet', make: (scene) => scene.role({ validity: periods.future }) },
  { name: 'that is an identity', make: identity },
  { name: 'for the reserved role oic.role.admin', make: (scene) => reserved(scene, 'oic.role.admin') },
  { name: 'for the reserved role oic.role.', make: (scene) => reserved(scene, 'oic.role.') },
  { name: 'with its signature flipped', make: flipped },
  { name: 'whose role is altered', make: altered },
];

async function identity({ world, root, key }: RoleScene): Promise<readonly Uint8Array[]> {
  return (await issued(world, root, { kind: 'identity', device: stranger }, { key })).chain;
}

/** No authority of ours issues a reserved role: one as long is issued, renamed and signed again. */
async function reserved(scene: RoleScene, to: string): Promise<readonly Uint8Array[]> {
  const from = 'x'.repeat(to.length);
  const [leaf] = await scene.role({}, stranger, scene.root, { ...guest, role: from });
  return [await forged(scene.world, leaf as Uint8Array, scene.root.key, { from, to })];
}

async function flipped(scene: RoleScene): Promise<readonly Uint8Array[]> {
  const leaf = ((await scene.role())[0] as Uint8Array).slice();
  leaf[leaf.length - 1] = (leaf[leaf.length - 1] as number) ^ 1;
  return [leaf];
}

async function altered(scene: RoleScene): Promise<readonly Uint8Array[]> {
  const [leaf] = await scene.role({}, stranger, scene.root, { ...guest, role: 'lab.role.other' });
  const text = Buffer.from(leaf as Uint8Array).toString('latin1');
  return [new Uint8Array(Buffer.from(text.replace('lab.role.other', guest.role), 'latin1'))];
}

describe('a role certificate', () => {
  let scene: RoleScene;
  beforeAll(async () => {
    scene = await RoleScene.open('roles');
  });

  it('that is good has the rights of its role, in its session and no other, until it is taken back', async () => {
    const { world } = scene;
    const [session, other] = [await scene.session('good'), await scene.session('other')];
    expect(await codeOf(world, session.get('/switch'))).toBe('4.01');
    expect(await codeOf(world, session.post(at.roles, roleAssertion(await scene.role())))).toBe('2.04');
    expect(await codeOf(world, session.get('/switch'))).toBe('2.05');
    expect(await codeOf(world, other.get('/switch'))).toBe('4.01');
    expect(await codeOf(world, session.delete(at.roles))).toBe('2.02');
    expect(await codeOf(world, session.get('/switch'))).toBe('4.01');
  });

  it.each(cases)('$name is refused, and what is good beside it too', async ({ name, make }) => {
    const { world } = scene;
    const session = await scene.session(name);
    const bad = await make(scene);
    expect(await codeOf(world, session.post(at.roles, roleAssertion(bad)))).toBe('4.00');
    expect(await codeOf(world, session.post(at.roles, roleAssertion(await scene.role(), bad)))).toBe('4.00');
    expect(await codeOf(world, session.get('/switch'))).toBe('4.01');
    expect((await world.run(session.get(at.roles))).value).toEqual(new Map([['roles', []]]));
    session.close();
  });

  it('of the same role by another authority of roles has none of its rights', async () => {
    const { world } = scene;
    const session = await scene.session('elsewhere');
    const elsewhere = await scene.role({}, stranger, scene.root, { ...guest, authority: 'Elsewhere' });
    expect(await codeOf(world, session.post(at.roles, roleAssertion(elsewhere)))).toBe('2.04');
    expect(await codeOf(world, session.get('/switch'))).toBe('4.01');
  });

  it('shown for another use, or as another type of credential, is refused', async () => {
    const { world } = scene;
    const session = await scene.session('misused');
    const chain = await scene.role();
    const wrong = [
      { roles: [chainCredential(chain, credentialUsages.identity)] },
      { roles: [chainCredential(chain, credentialUsages.trustAnchor)] },
      { roles: [{ ...(chainCredential(chain, credentialUsages.role) as object), credtype: 1 }] },
    ];
    for (const value of wrong) expect(await codeOf(world, session.post(at.roles, value))).toBe('4.00');
    expect(await codeOf(world, session.get('/switch'))).toBe('4.01');
  });

  it('gives nothing in a session that a shared key opened', async () => {
    const { world } = scene;
    const session = await world.openShared(world.peer('paired'), paired, pairKey);
    const chain = await scene.role({}, paired);
    expect(await codeOf(world, session.post(at.roles, roleAssertion(chain)))).toBe('4.00');
    expect(await codeOf(world, session.get('/switch'))).toBe('4.01');
  });

  it('counts no longer when it expires, though its session goes on', async () => {
    const { world } = scene;
    const session = await scene.session('short');
    const notAfter = Math.ceil(world.clock.wallTime() / 1000) * 1000 + 5000;
    const chain = await scene.role({ validity: { notBefore: periods.now.notBefore, notAfter } });
    expect(await codeOf(world, session.post(at.roles, roleAssertion(chain)))).toBe('2.04');
    expect(await codeOf(world, session.get('/switch'))).toBe('2.05');
    await world.pass(7000);
    expect(await codeOf(world, session.get('/switch'))).toBe('4.01');
    expect(await codeOf(world, session.get('/open'))).toBe('2.05');
  });

  it('counts no longer when its authority is trusted no longer, though that of the identity is', async () => {
    const { arena, world } = scene;
    const granter = await rootOf(world, 'Granter');
    await arena.enter('RFPRO');
    await world.run(arena.session.must(at.cred, { creds: [trustIn(granter)] }));
    await arena.enter('RFNOP');
    const session = await scene.session('granted');
    expect(await codeOf(world, session.post(at.roles, roleAssertion(await scene.role({}, stranger, granter))))).toBe(
      '2.04',
    );
    expect(await codeOf(world, session.get('/switch'))).toBe('2.05');
    const shown = (await world.run(arena.session.get(at.cred))).value as Map<string, Map<string, number>[]>;
    await arena.enter('RFPRO');
    await world.run(arena.session.delete(at.cred, `credid=${shown.get('creds')?.at(-1)?.get('credid')}`));
    await arena.enter('RFNOP');
    expect(await codeOf(world, session.get('/switch'))).toBe('4.01');
    expect(await codeOf(world, session.get('/open'))).toBe('2.05');
  });

  it('is one of at most 32 in a session', async () => {
    const { world } = scene;
    const session = await scene.session('many');
    let taken = 0;
    for (let i = 0; i < 40; i++) {
      const chain = await scene.role({}, stranger, scene.root, { ...guest, role: `lab.role.${i}` });
      const code = await codeOf(world, session.post(at.roles, roleAssertion(chain)));
      if (code === '2.04') taken++;
      else expect(code).toBe('4.13');
    }
    expect(taken).toBe(32);
  });
});
