import { type CborInput, encodeCbor } from '@selvage/core';
import { beforeAll, describe, expect, it } from 'vitest';
import { beginTransfer } from '../../device/support/transfer.js';
import type { PeerSessionOf } from '../../device/support/peer.js';
import { owner, World } from '../../device/support/world.js';
import { durable, never } from '../support/arena.js';
import { sendRaw } from '../support/raw.js';
import { properties, wrongValues } from './properties.js';

/** One good update of each resource that has any. */
const updates: readonly { readonly path: string; readonly value: CborInput }[] = [
  { path: '/oic/sec/doxm', value: { devowneruuid: owner, rowneruuid: owner } },
  { path: '/oic/sec/pstat', value: { om: 4, tm: 1, rowneruuid: owner } },
  {
    path: '/oic/sec/cred',
    value: {
      creds: [
        { credtype: 1, subjectuuid: owner, privatedata: { data: new Uint8Array(0), encoding: 'oic.sec.encoding.raw' } },
      ],
      rowneruuid: owner,
    },
  },
  {
    path: '/oic/sec/acl2',
    value: {
      aclist2: [{ subject: { uuid: owner }, resources: [{ href: '/switch' }], permission: 6 }],
      rowneruuid: owner,
    },
  },
  { path: '/oic/sec/sdi', value: { uuid: owner, name: 'home', priv: true } },
  { path: '/oic/sec/sp', value: { supportedprofiles: ['1.3.6.1.4.1.51414.0.0.2.0'] } },
  { path: '/oic/sec/ael', value: { categoryfilter: 1, priorityfilter: 2 } },
];

/** What nobody can read, or what is more than anybody says. */
const bombs: readonly { readonly name: string; readonly bytes: Uint8Array }[] = [
  { name: 'ten thousand lists in one another', bytes: new Uint8Array(10_000).fill(0x81) },
  { name: 'ten thousand endless lists in one another', bytes: new Uint8Array(10_000).fill(0x9f) },
  {
    name: 'ten thousand maps in one another',
    bytes: Uint8Array.from({ length: 10_000 }, (_, i) => (i % 2 ? 1 : 0xa1)),
  },
  { name: 'ten thousand tags in one another', bytes: new Uint8Array(10_000).fill(0xc1) },
  { name: 'a list of 2^64 - 1', bytes: Uint8Array.of(0x9b, 255, 255, 255, 255, 255, 255, 255, 255) },
  { name: 'a map of 2^32', bytes: Uint8Array.of(0xbb, 0, 0, 0, 1, 0, 0, 0, 0) },
  { name: 'a text of 2^31', bytes: Uint8Array.of(0x7a, 0x80, 0, 0, 0) },
  { name: 'bytes of 2^53', bytes: Uint8Array.of(0x5b, 0, 0x20, 0, 0, 0, 0, 0, 0) },
  {
    name: 'sixteen thousand empty lists',
    bytes: Uint8Array.from({ length: 16_000 }, (_, i) => (i === 0 ? 0x9f : 0x80)),
  },
  { name: 'a break alone', bytes: Uint8Array.of(0xff) },
  { name: 'a text that is not UTF-8', bytes: Uint8Array.of(0xa1, 0x62, 0xc3, 0x28, 1) },
  { name: 'nothing', bytes: new Uint8Array(0) },
  { name: 'three thousand keys', bytes: keys(3000) },
  { name: 'text for CBOR', bytes: new TextEncoder().encode('{"owned":true}') },
];

function keys(count: number): Uint8Array {
  return encodeCbor(new Map(Array.from({ length: count }, (_, i) => [i, 0])));
}

describe('an update over the onboarding connection, where almost all may be written,', () => {
  let world: World;
  let session: PeerSessionOf;
  beforeAll(async () => {
    world = await new World('updates').start({ limits: { transfer: never } });
    session = await beginTransfer(world, world.peer('tool'), 'just-works');
  });

  async function expectRefused(path: string, payload: Uint8Array, what: string): Promise<void> {
    const before = await durable(world);
    const code = await sendRaw(world, session, path, payload);
    expect([what, code, (await durable(world)) === before]).toEqual([what, '4.00', true]);
  }

  it.each(updates)('of $path is refused when it is cut, wherever it is', async ({ path, value }) => {
    const whole = encodeCbor(value);
    for (let length = 0; length < whole.length; length++) {
      await expectRefused(path, whole.subarray(0, length), `${length} bytes of ${whole.length}`);
    }
  });

  it.each(updates)('of $path is refused with bytes behind it', async ({ path, value }) => {
    const whole = encodeCbor(value);
    const longer = new Uint8Array(whole.length + 1);
    longer.set(whole);
    await expectRefused(path, longer, 'a byte more');
  });

  it.each(updates)('of $path is refused with a property twice', async ({ path, value }) => {
    const one = encodeCbor(value);
    // The same properties once more, in a map of twice as many.
    const twice = Uint8Array.of(0xa0 | (2 * ((one[0] as number) & 0x1f)), ...one.subarray(1), ...one.subarray(1));
    await expectRefused(path, twice, 'all twice');
  });

  it.each(bombs)('is refused that is $name, on every resource', async ({ name, bytes }) => {
    for (const { path } of updates) await expectRefused(path, bytes, `${name} on ${path}`);
  });

  it('is refused that is longer than any, unread', async () => {
    const before = await durable(world);
    for (const { path } of updates) {
      const code = await sendRaw(world, session, path, new Uint8Array(20_000));
      expect([path, code]).toEqual([path, '4.13']);
    }
    expect(await durable(world)).toBe(before);
  });

  it(`is refused in which a property has a value of another kind (${cases().length} cases)`, async () => {
    const before = await durable(world);
    const taken: string[] = [];
    for (const { path, what, value } of cases()) {
      const code = await sendRaw(world, session, path, encodeCbor(value));
      if (code !== '4.00') taken.push(`${what}: ${code}`);
    }
    expect(taken).toEqual([]);
    expect(await durable(world)).toBe(before);
  });

  it('is taken where it is good', async () => {
    for (const { path, value } of updates) {
      const code = await sendRaw(world, session, path, encodeCbor(value));
      expect([path, code]).toEqual([path, '2.04']);
    }
  });
});

function cases() {
  return properties.flatMap(({ path, name, kind, around }) =>
    wrongValues(kind).map((value, i) => ({
      path,
      what: `${path} ${name} #${i} ${typeof value}`,
      value: around(value) as CborInput,
    })),
  );
}
