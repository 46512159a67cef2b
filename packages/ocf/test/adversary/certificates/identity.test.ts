import type { CertificateProfile } from '@selvage/pki';
import { beforeAll, describe, expect, it } from 'vitest';
import { securityPaths as at } from '../../../src/index.js';
import { named, owner, stranger, type World } from '../../device/support/world.js';
import { Arena, durable, paired } from '../support/arena.js';
import {
  type CertifiedKey,
  intermediateOf,
  issued,
  newKey,
  periods,
  type Root,
  rootOf,
  trustIn,
} from '../support/certified.js';
import { forged } from '../support/forged.js';
import { codeOf, refusalOf } from '../support/outcome.js';

const identity = { kind: 'identity', device: stranger } as const;
const role = { kind: 'role', device: stranger, roles: [{ role: 'lab.role.guest' }] } as const;
const manufactured: CertificateProfile = { kind: 'device', subject: [['CN', 'Lamp 7']] };

interface Case {
  readonly name: string;
  readonly alert: string;
  readonly make: (world: World, root: Root) => Promise<CertifiedKey>;
}

/** What is shown to the device in a handshake, and the alert that refuses it. */
const cases: readonly Case[] = [
  { name: 'of another authority', alert: 'unknown_ca', make: (world) => by(world, 'Other Root') },
  { name: 'of another authority of the same name', alert: 'unknown_ca', make: (world) => by(world, 'Owner Root') },
  { name: 'that has expired', alert: 'certificate_expired', make: (w, root) => issued(w, root, identity, past) },
  { name: 'that is not valid yet', alert: 'certificate_expired', make: (w, root) => issued(w, root, identity, future) },
  { name: 'for roles', alert: 'unsupported_certificate', make: (w, root) => issued(w, root, role) },
  { name: 'of a manufacturer', alert: 'bad_certificate', make: (w, root) => issued(w, root, manufactured) },
  { name: 'with the key of another', alert: 'decrypt_error', make: stolen },
  { name: 'with its signature flipped', alert: 'bad_certificate', make: flipped },
  { name: 'whose device is altered', alert: 'bad_certificate', make: renamed },
  { name: 'below an authority that has expired', alert: 'certificate_expired', make: belowExpired },
  { name: 'signed with the key of an end entity', alert: 'bad_certificate', make: byEndEntity },
  { name: 'that names no device', alert: 'bad_certificate', make: nameless },
  { name: 'of more certificates than a chain has', alert: 'bad_certificate', make: long },
];
const past = { validity: periods.past };
const future = { validity: periods.future };

async function by(world: World, name: string): Promise<CertifiedKey> {
  return issued(world, await rootOf(world, name), identity);
}

async function stolen(world: World, root: Root): Promise<CertifiedKey> {
  const { chain } = await issued(world, root, { kind: 'identity', device: owner });
  return { chain, key: await newKey(world.keys) };
}

async function flipped(world: World, root: Root): Promise<CertifiedKey> {
  const { chain, key } = await issued(world, root, identity);
  const leaf = (chain[0] as Uint8Array).slice();
  leaf[leaf.length - 1] = (leaf[leaf.length - 1] as number) ^ 1;
  return { chain: [leaf], key };
}

/** The owner's name on the stranger's certificate, not signed again. */
async function renamed(world: World, root: Root): Promise<CertifiedKey> {
  const { chain, key } = await issued(world, root, identity);
  const text = Buffer.from(chain[0] as Uint8Array).toString('latin1');
  return { chain: [new Uint8Array(Buffer.from(text.replaceAll(stranger, owner), 'latin1'))], key };
}

async function belowExpired(world: World, root: Root): Promise<CertifiedKey> {
  const below = await intermediateOf(world, root, periods.past);
  return issued(world, below, identity, past);
}

/** A device that plays the authority for another. */
async function byEndEntity(world: World, root: Root): Promise<CertifiedKey> {
  const device = await issued(world, root, identity);
  const [leaf] = device.chain as [Uint8Array];
  const other = await issued(world, root, { kind: 'identity', device: paired });
  const [signed] = other.chain as [Uint8Array];
  return { chain: [await forged(world, signed, device.key, { from: paired, to: owner }), leaf], key: other.key };
}

async function nameless(world: World, root: Root): Promise<CertifiedKey> {
  const { chain, key } = await issued(world, root, identity);
  const leaf = await forged(world, chain[0] as Uint8Array, root.key, { from: 'uuid:', to: 'guid:' });
  return { chain: [leaf], key };
}

async function long(world: World, root: Root): Promise<CertifiedKey> {
  const { chain, key } = await issued(world, root, identity);
  return { chain: Array.from({ length: 9 }, () => chain[0] as Uint8Array), key };
}

describe('a handshake in which the client shows a certificate', () => {
  let arena: Arena;
  beforeAll(async () => {
    arena = await Arena.open('identity');
  });

  it.each(cases)('$name is refused', async ({ name, alert, make }) => {
    const { world, root } = arena;
    const before = await durable(world);
    const certificate = await make(world, root);
    expect(await refusalOf(world.openCertified(world.peer(name), certificate))).toBe(alert);
    expect(await durable(world)).toBe(before);
  });

  it('that is good is taken, for the device that it names and no more', async () => {
    const { world, root } = arena;
    const session = await world.openCertified(world.peer('good'), await issued(world, root, identity));
    expect((await world.run(session.get('/open'))).code).toBe('2.05');
    expect((await world.run(session.get('/switch'))).code).toBe('4.01');
    expect((await world.run(session.get(at.acl2))).code).toBe('4.01');
  });

  it('without a certificate is refused', async () => {
    const { world } = arena;
    expect(await refusalOf(world.openCertified(world.peer('bare'), undefined))).toBe('handshake_failure');
  });
});

describe('a certificate that was good when the session was opened', () => {
  it('ends the session when it expires', async () => {
    const { world, root } = await Arena.open('expiry');
    const validity = {
      notBefore: periods.now.notBefore,
      notAfter: Math.ceil(world.clock.wallTime() / 1000) * 1000 + 5000,
    };
    const certificate = await issued(world, root, identity, { validity });
    const session = await world.openCertified(world.peer('guest'), certificate);
    expect((await world.run(session.get('/open'))).code).toBe('2.05');
    await world.pass(7000);
    expect(await codeOf(world, session.get('/open'))).toBe('4.01');
    expect(await codeOf(world, session.get('/open'))).toBe('no answer');
    expect(await refusalOf(world.openCertified(world.peer('late'), certificate))).toBe('certificate_expired');
  });

  it('ends the session when the owner takes the trust in its authority away', async () => {
    const arena = await Arena.open('distrust');
    const { world, root } = arena;
    const other = await rootOf(world, 'Guest Root');
    await arena.enter('RFPRO');
    await world.run(arena.session.must(at.cred, { creds: [trustIn(other)] }));
    await arena.enter('RFNOP');
    const guest = await world.openCertified(world.peer('guest'), await issued(world, other, identity));
    const friend = await world.openCertified(world.peer('friend'), await issued(world, root, identity));
    expect((await world.run(guest.get('/open'))).code).toBe('2.05');
    const { creds } = credentials((await world.run(arena.session.get(at.cred))).value);
    await arena.enter('RFPRO');
    await world.run(arena.session.delete(at.cred, `credid=${creds.at(-1)}`));
    await arena.enter('RFNOP');
    await world.pass(10);
    expect(await codeOf(world, guest.get('/open'))).toBe('no answer');
    expect((await world.run(friend.get('/open'))).code).toBe('2.05');
    const again = world.openCertified(world.peer('guest again'), await issued(world, other, identity));
    expect(await refusalOf(again)).toBe('unknown_ca');
  });

  it('does not stand for a device that its authority may not vouch for', async () => {
    const arena = await Arena.open('limited trust');
    const { world } = arena;
    const limited = await rootOf(world, 'Limited Root');
    await arena.enter('RFPRO');
    await world.run(arena.session.must(at.cred, { creds: [trustIn(limited, paired)] }));
    await arena.enter('RFNOP');
    const one = await issued(world, limited, { kind: 'identity', device: paired });
    const session = await world.openCertified(world.peer('one'), one);
    expect((await world.run(session.get('/open'))).code).toBe('2.05');
    for (const device of [stranger, owner, named]) {
      const other = await issued(world, limited, { kind: 'identity', device });
      expect(await refusalOf(world.openCertified(world.peer(device), other))).toBe('access_denied');
    }
  });
});

/** The numbers of the credentials in what cred shows. */
function credentials(value: unknown): { creds: number[] } {
  const creds = (value as Map<string, Map<string, number>[]>).get('creds') ?? [];
  return { creds: creds.map((one) => one.get('credid') as number) };
}
