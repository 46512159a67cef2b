import { describe, expect, it } from 'vitest';
import { validFor } from '@selvage/pki';
import { credentialUsages, newUuid, readCred, readRoles, securityPaths as at } from '../../src/index.js';
import {
  anchorCredential,
  certificateCredential,
  certifyAndGrant,
  provision,
  roleAssertion,
  TestAuthority,
} from './support/authority.js';
import type { PeerSessionOf } from './support/peer.js';
import { ownedWithKey } from './support/transfer.js';
import { named, owner, stranger, today, World } from './support/world.js';

const day = 86_400_000;
const byRole = { subject: { role: 'x.role.user' }, resources: [{ href: '/switch' }], permission: 6 };
const bySubject = { subject: { uuid: stranger }, resources: [{ href: '/settings' }], permission: 2 };
const byConnection = { subject: { conntype: 'auth-crypt' }, resources: [{ href: '/open' }], permission: 2 };

/** An owned device with an identity, the owner's authority, and one that shows a certificate of it. */
async function certified(seed: string) {
  const world = await new World(seed).start();
  const authority = await TestAuthority.establish(world);
  const { session } = await ownedWithKey(world, world.peer('tool'));
  await certifyAndGrant(world, session, authority, [byRole, bySubject, byConnection]);
  const key = await authority.newKey();
  const identity = await authority.certify({ kind: 'identity', device: stranger }, key);
  const role = { kind: 'role', device: stranger, roles: [{ role: 'x.role.user' }] } as const;
  const open = (name = 'client', certificate = identity) => world.openCertified(world.peer(name), certificate);
  return { world, authority, session, key, identity, role, open };
}

const codes = async (world: World, session: PeerSessionOf, ...paths: string[]) => {
  const found: string[] = [];
  for (const path of paths) found.push((await world.run(session.get(path))).code);
  return found;
};

describe('a session by identity certificates', () => {
  it('is one of the device that the certificate names, with its rights and those of all who authenticate', async () => {
    const { world, open } = await certified('identity');
    const session = await open();
    expect(session.socket.session.suite.name).toBe('TLS_ECDHE_ECDSA_WITH_AES_128_CCM_8');
    expect(await codes(world, session, '/settings', '/open', '/switch')).toEqual(['2.05', '2.05', '4.01']);
  });

  it('shows the device by a chain without its root', async () => {
    const { open } = await certified('shown');
    const { peer } = (await open()).socket.session;
    expect(peer.kind === 'certificate' && peer.chain).toHaveLength(1);
  });

  it.each([
    ['expired', validFor(today - 10 * day, 5), 'certificate_expired'],
    ['not valid yet', validFor(today + 5 * day, 5), 'certificate_expired'],
  ])('is refused to a certificate that is %s', async (_, validity, alert) => {
    const { authority, key, open } = await certified(`refused ${alert}`);
    const certificate = await authority.certify({ kind: 'identity', device: stranger }, key, validity);
    await expect(open('late', certificate)).rejects.toMatchObject({ details: { alert } });
  });

  it('is refused to a certificate of an authority that the owner did not name', async () => {
    const { world, key, open } = await certified('other root');
    const other = await TestAuthority.establish(world, 'Somebody Else');
    const certificate = await other.certify({ kind: 'identity', device: stranger }, key);
    await expect(open('other', certificate)).rejects.toMatchObject({ details: { alert: 'unknown_ca' } });
  });

  it('is refused to a role certificate, and to none', async () => {
    const { authority, key, role, open, world } = await certified('role as identity');
    const certificate = await authority.certify(role, key);
    await expect(open('role', certificate)).rejects.toMatchObject({ details: { alert: 'unsupported_certificate' } });
    await expect(world.openCertified(world.peer('nobody'), undefined)).rejects.toThrow();
  });

  it('ends when its certificate has expired, at the next request', async () => {
    const { world, authority, key, open } = await certified('expires');
    const hour = { notBefore: today, notAfter: today + 3_600_000 };
    const session = await open('short', await authority.certify({ kind: 'identity', device: stranger }, key, hour));
    for (let asked = 0; asked < 6; asked++) {
      await world.pass(590_000);
      expect(await codes(world, session, '/settings')).toEqual(['2.05']);
    }
    await world.pass(590_000);
    expect(await codes(world, session, '/settings')).toEqual(['4.01']);
    await world.pass(100);
    await expect(world.run(session.get('/settings'))).rejects.toThrow();
  });

  it('ends when the owner takes the authority away', async () => {
    const { world, open, session: tool } = await certified('anchor gone');
    const session = await open();
    expect(await codes(world, session, '/settings')).toEqual(['2.05']);
    const { creds } = readCred((await world.run(tool.get(at.cred))).value);
    const anchor = creds.find(({ credusage }) => credusage === credentialUsages.trustAnchor);
    await provision(world, tool, async () => {
      await world.run(tool.delete(at.cred, `credid=${anchor?.credid}`));
    });
    await expect(world.run(session.get('/settings'))).rejects.toThrow();
    await expect(open('again')).rejects.toMatchObject({ details: { alert: 'unknown_ca' } });
  });

  it('is of the one device that its anchor may vouch for', async () => {
    const { world, key } = await certified('one device');
    const second = await TestAuthority.establish(world, 'Only One');
    const { session } = await ownedAgain(world);
    await provision(world, session, async () => {
      await world.run(session.must(at.cred, { creds: [anchorCredential(second.root, stranger)] }));
    });
    const other = await second.certify({ kind: 'identity', device: newUuid(world.entropy('other')) }, key);
    await expect(world.openCertified(world.peer('not it'), other)).rejects.toMatchObject({
      details: { alert: 'access_denied' },
    });
    const one = await second.certify({ kind: 'identity', device: stranger }, key);
    await world.openCertified(world.peer('it'), one);
  });
});

/** The owner, once more, by the session that is open. */
async function ownedAgain(world: World) {
  await world.device.reset();
  const again = await ownedWithKey(world, world.peer('tool again'));
  const authority = await TestAuthority.establish(world, 'Again');
  await certifyAndGrant(world, again.session, authority, [bySubject]);
  return again;
}

describe('roles (section 7 of the protocol note)', () => {
  it('count from when they are shown, and can be read back and taken back', async () => {
    const { world, authority, key, role, open } = await certified('roles');
    const certificate = await authority.certify(role, key);
    const session = await open();
    expect(await codes(world, session, '/switch')).toEqual(['4.01']);
    expect((await world.run(session.post(at.roles, roleAssertion(certificate.chain)))).code).toBe('2.04');
    expect(await codes(world, session, '/switch')).toEqual(['2.05']);
    expect((await world.run(session.post('/switch', { value: true }))).code).toBe('2.04');
    const { roles } = readRoles((await world.run(session.get(at.roles))).value);
    expect(roles).toHaveLength(1);
    expect((await world.run(session.delete(at.roles, `credid=${roles[0]?.credid}`))).code).toBe('2.02');
    expect(await codes(world, session, '/switch')).toEqual(['4.01']);
    expect((await world.run(session.delete(at.roles, 'credid=4'))).code).toBe('4.04');
  });

  it('are of one session: another of the same device shows its own', async () => {
    const { world, authority, key, role, open } = await certified('own roles');
    const certificate = await authority.certify(role, key);
    const [one, two] = [await open('one'), await open('two')];
    await world.run(one.must(at.roles, roleAssertion(certificate.chain)));
    expect(await codes(world, two, '/switch')).toEqual(['4.01']);
    expect(readRoles((await world.run(two.get(at.roles))).value).roles).toEqual([]);
  });

  it('of a stolen certificate do not count: its key is not the key of the session', async () => {
    const { world, authority, role, open } = await certified('stolen');
    const stolen = await authority.certify(role, await authority.newKey());
    const session = await open();
    expect((await world.run(session.post(at.roles, roleAssertion(stolen.chain)))).code).toBe('4.00');
    expect(await codes(world, session, '/switch')).toEqual(['4.01']);
  });

  it.each(['other device', 'other authority', 'identity', 'expired'])(
    'of a wrong certificate do not count: %s',
    async (what) => {
      const { world, authority, key, role, identity, open } = await certified(`wrong ${what}`);
      const other = await TestAuthority.establish(world, 'Somebody Else');
      const wrong = {
        'other device': () => authority.certify({ ...role, device: owner }, key),
        'other authority': () => other.certify(role, key),
        identity: () => Promise.resolve(identity),
        reserved: () => authority.certify({ ...role, roles: [{ role: 'oic.role.admin' }] }, key),
        expired: () => authority.certify(role, key, { notBefore: today - day, notAfter: today - 1000 }),
      }[what];
      const certificate = await wrong?.();
      const session = await open();
      const good = await authority.certify(role, key);
      // All that are shown together count, or none.
      const assertion = roleAssertion(good.chain, certificate?.chain ?? []);
      expect((await world.run(session.post(at.roles, assertion))).code).toBe('4.00');
      expect(await codes(world, session, '/switch')).toEqual(['4.01']);
    },
  );

  it('are not shown in a session by a shared key', async () => {
    const { world, authority, key, role, session } = await certified('psk roles');
    const certificate = await authority.certify(role, key);
    expect((await world.run(session.post(at.roles, roleAssertion(certificate.chain)))).code).toBe('4.00');
  });

  it('end when the certificate does, in the middle of the session', async () => {
    const { world, authority, key, role, open } = await certified('role ends');
    const short = await authority.certify(role, key, { notBefore: today, notAfter: today + 60_000 });
    const session = await open();
    await world.run(session.must(at.roles, roleAssertion(short.chain)));
    expect(await codes(world, session, '/switch')).toEqual(['2.05']);
    await world.pass(61_000);
    expect(await codes(world, session, '/switch', '/settings')).toEqual(['4.01', '2.05']);
  });

  it('of the owner may everything, and only by a certificate', async () => {
    const { world, authority, key, role, open } = await certified('owner role');
    const certificate = await authority.certify({ ...role, roles: [{ role: 'oic.role.owner' }] }, key);
    const session = await open();
    await world.run(session.must(at.roles, roleAssertion(certificate.chain)));
    expect(await codes(world, session, '/switch', '/hidden', at.cred, at.ael)).toEqual([
      '2.05',
      '2.05',
      '2.05',
      '2.05',
    ]);
  });
});

describe('an identity certificate that is provisioned', () => {
  const post = async (seed: string, make: (authority: TestAuthority, csr: string, world: World) => Promise<object>) => {
    const world = await new World(seed).start();
    const authority = await TestAuthority.establish(world);
    const { session } = await ownedWithKey(world, world.peer('tool'));
    await world.run(session.must(at.pstat, { dos: { s: 2 } }));
    const csr = ((await world.run(session.get(at.csr))).value as ReadonlyMap<string, string>).get('csr') as string;
    const creds = [anchorCredential(authority.root), await make(authority, csr, world)];
    const { code } = await world.run(session.post(at.cred, { creds } as never));
    return code;
  };
  const identity = (chain: readonly Uint8Array[]) => certificateCredential(chain, credentialUsages.identity);

  it('is taken when it is for the device, its key and its name', async () => {
    expect(await post('good', async (authority, csr) => identity(await authority.certifyDevice(csr, named)))).toBe(
      '2.04',
    );
  });

  it('comes with its root in one chain, as plgd sends it', async () => {
    const code = await post('with root', async (authority, csr) =>
      identity([...(await authority.certifyDevice(csr, named)), authority.root]),
    );
    expect(code).toBe('2.04');
  });

  it.each<[string, (authority: TestAuthority, csr: string, world: World) => Promise<object>]>([
    [
      'another key',
      async (authority) => identity(await authority.certifyDevice(await authority.foreignRequest(named), named)),
    ],
    ['another name', async (authority, csr) => identity(await authority.misname(csr, owner))],
    [
      'a past time',
      async (authority, csr) =>
        identity(await authority.certifyDevice(csr, named, { notBefore: today - day, notAfter: today - 1000 })),
    ],
    [
      'a bad signature',
      async (authority, csr) => {
        const [leaf] = (await authority.certifyDevice(csr, named)) as [Uint8Array];
        const forged = leaf.slice();
        forged[forged.length - 3] = (forged[forged.length - 3] as number) ^ 1;
        return identity([forged]);
      },
    ],
    [
      'no certificate',
      async () => ({ ...identity([]), publicdata: { data: 'none', encoding: 'oic.sec.encoding.pem' } }),
    ],
    [
      'a private key beside it',
      async (authority, csr) => ({
        ...identity(await authority.certifyDevice(csr, named)),
        privatedata: { data: 'secret', encoding: 'oic.sec.encoding.pem' },
      }),
    ],
  ])('is refused with %s', async (what, make) => {
    expect(await post(`refused ${what}`, make)).toMatch(/^4\.0[01]$/);
  });

  it('is asked for by a request that is made once for a key and a name', async () => {
    const { world, session } = await certified('request');
    await provision(world, session, async () => {
      const [one, two] = [await world.run(session.get(at.csr)), await world.run(session.get(at.csr))];
      expect(one.value).toEqual(two.value);
    });
  });
});
