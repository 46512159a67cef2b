import type { CborInput } from '@selvage/core';
import { decodePem } from '@selvage/pki';
import { beforeAll, describe, expect, it } from 'vitest';
import { credentialUsages as usages, readCsr, securityPaths as at } from '../../../src/index.js';
import { named, owner, stranger } from '../../device/support/world.js';
import { Arena, durable } from '../support/arena.js';
import { chainCredential, issued, type Period, periods, rootOf } from '../support/certified.js';
import { forged } from '../support/forged.js';
import { codeOf } from '../support/outcome.js';

type Chain = readonly Uint8Array[];

/** What an owner may not store on a device, each made anew. */
const cases: readonly { readonly name: string; readonly make: (arena: Arena) => Promise<CborInput> }[] = [
  { name: 'an identity of another device', make: async (arena) => identity(await forKey(arena, { device: stranger })) },
  { name: 'an identity of the owner', make: async (arena) => identity(await forKey(arena, { device: owner })) },
  { name: 'an identity for another key', make: async (arena) => identity(await forOtherKey(arena)) },
  {
    name: 'an identity that has expired',
    make: async (arena) => identity(await forKey(arena, { validity: periods.past })),
  },
  {
    name: 'an identity that is not valid yet',
    make: async (arena) => identity(await forKey(arena, { validity: periods.future })),
  },
  { name: 'roles as an identity', make: async (arena) => identity(await forKey(arena, { kind: 'role' })) },
  { name: 'an identity as roles', make: async (arena) => chainCredential(await forKey(arena, {}), usages.role) },
  { name: 'an identity with a flipped signature', make: async (arena) => identity(flipped(await forKey(arena, {}))) },
  { name: 'an identity with a key from outside', make: withPrivateKey },
  {
    name: 'an identity of no subject',
    make: async (arena) => without(identity(await forKey(arena, {})), 'subjectuuid'),
  },
  { name: 'an identity of no use', make: async (arena) => without(identity(await forKey(arena, {})), 'credusage') },
  {
    name: 'a certificate of the manufacturer',
    make: async (arena) => chainCredential(await forKey(arena, {}), usages.manufacturer),
  },
  { name: 'an identity signed by a namesake', make: namesake },
  { name: 'an identity in DER', make: async (arena) => encodedAs(await forKey(arena, {}), 'oic.sec.encoding.raw') },
  { name: 'nothing as a certificate', make: () => Promise.resolve(chainCredential([], usages.identity)) },
  {
    name: 'nonsense as a trust anchor',
    make: () => Promise.resolve(chainCredential([Uint8Array.of(0x30, 0)], usages.trustAnchor)),
  },
];

function identity(chain: Chain): CborInput {
  return chainCredential(chain, usages.identity);
}

interface Wanted {
  readonly device?: string;
  readonly kind?: 'identity' | 'role';
  readonly validity?: Period;
}

async function forKey({ world, session, root }: Arena, wanted: Wanted): Promise<Chain> {
  const { device = named, kind = 'identity', validity = periods.now } = wanted;
  const { csr } = readCsr((await world.run(session.get(at.csr))).value);
  const [request] = decodePem('CERTIFICATE REQUEST', csr);
  // What the request does not name is issued for its key, and renamed.
  const own = kind === 'identity' ? ({ kind, device: named } as const) : ({ kind, device: named, roles } as const);
  const { chain } = await root.authority.issueForRequest(own, { request: request ?? new Uint8Array(0), validity });
  if (device === named) return chain;
  return [await forged(world, chain[0] as Uint8Array, root.key, { from: named, to: device })];
}

const roles = [{ role: 'lab.role.guest' }];

async function forOtherKey({ world, root }: Arena): Promise<Chain> {
  return (await issued(world, root, { kind: 'identity', device: named })).chain;
}

async function namesake(arena: Arena): Promise<CborInput> {
  const other = await rootOf(arena.world, 'Owner Root');
  const [leaf] = (await forKey(arena, {})) as [Uint8Array];
  return identity([await forged(arena.world, leaf, other.key, { from: named, to: named })]);
}

function flipped([leaf]: Chain): Chain {
  const bent = (leaf as Uint8Array).slice();
  bent[bent.length - 1] = (bent[bent.length - 1] as number) ^ 1;
  return [bent];
}

async function withPrivateKey(arena: Arena): Promise<CborInput> {
  const privatedata = { data: new Uint8Array(32).fill(7), encoding: 'oic.sec.encoding.raw' };
  return { ...(identity(await forKey(arena, {})) as object), privatedata };
}

function without(credential: CborInput, name: string): CborInput {
  return { ...(credential as object), [name]: undefined };
}

function encodedAs([leaf]: Chain, encoding: string): CborInput {
  return { ...(identity([]) as object), publicdata: { data: leaf as Uint8Array, encoding } };
}

describe('a certificate that an owner gives to a device', () => {
  let arena: Arena;
  beforeAll(async () => {
    arena = await Arena.open('stored');
    await arena.enter('RFPRO');
  });

  it('that is good is taken', async () => {
    const { world, session } = arena;
    expect(await codeOf(world, session.post(at.cred, { creds: [identity(await forKey(arena, {}))] }))).toBe('2.04');
  });

  it.each(cases)('cannot be $name: it is refused with all that came with it', async ({ make }) => {
    const { world, session } = arena;
    const before = await durable(world);
    const creds = [identity(await forKey(arena, {})), await make(arena)];
    expect(await codeOf(world, session.post(at.cred, { creds }))).toBe('4.00');
    expect(await durable(world)).toBe(before);
  });
});
