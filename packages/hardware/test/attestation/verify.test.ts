import { type CborInput, encodeCbor, fromHex, type SelvageError, toHex } from '@selvage/core';
import { MemoryStore, SeededEntropy } from '@selvage/core/virtual';
import { LocalKeyHome } from '@selvage/crypto';
import {
  type AttestationClaims,
  attestationSubject,
  certifiedKeys,
  enrolledKeys,
  firstKeyOf,
  makeToken,
  type ReferenceValues,
  verifyToken,
} from '@selvage/hardware';
import { CertificateAuthority, coseHeaders, readCose, serialText, signCose, validFor, writeCose } from '@selvage/pki';
import { describe, expect, it } from 'vitest';
import { attester, core, firmware, nonce, reference } from './support.js';

const now = Date.parse('2026-11-29T12:00:00Z');
const device = await attester('device');
const keyOf = enrolledKeys([device.enrolled]);

function verify(
  token: Uint8Array,
  changes: { nonce?: Uint8Array; reference?: ReferenceValues | undefined } = {},
): unknown {
  return verifyToken(token, { core, nonce, keyOf, reference, ...changes });
}

/** Which claim a token is refused for, what was expected and what was found. */
function refusalOf(act: () => unknown): Record<string, unknown> {
  try {
    act();
  } catch (error) {
    const { code, message, details } = error as SelvageError;
    expect(code).toBe('attestation-refused');
    const { claim, expected, found } = details as Record<string, string>;
    // Whoever reads the message alone learns all three.
    for (const one of [claim, expected, found]) expect(message).toContain(one);
    return { claim, expected, found };
  }
  throw new Error('the token was taken');
}

describe('a token (RFC 9783)', () => {
  it.each(['ecdsa-p256', 'ed25519'] as const)(
    'says all of its claims, signed with %s through a handle',
    async (algorithm) => {
      const signer = await attester('another', algorithm);
      const token = await signer.token();
      const options = { core, nonce, keyOf: enrolledKeys([signer.enrolled]), reference };
      expect(verifyToken(token, options)).toEqual({
        claims: signer.claims,
        profile: 'psa-2023',
        algorithm: algorithm === 'ed25519' ? 'EdDSA' : 'ES256',
        voucher: 'enrolled',
        subject: undefined,
      });
    },
  );

  it('may leave out what is optional', async () => {
    const { keys, key, claims } = device;
    const { instance, implementation, client, lifeCycle } = claims;
    const component = { measurement: firmware.measurement, signer: firmware.signer };
    const least = { nonce, instance, implementation, client, lifeCycle, components: [component] };
    const token = await makeToken({ keys, key }, least);
    expect(verify(token, { reference: undefined })).toMatchObject({ claims: least });
    expect(token.length).toBe(309);
  });

  it.each<[keyof AttestationClaims, Partial<AttestationClaims>]>([
    ['nonce', { nonce: new Uint8Array(31) }],
    ['instance', { instance: new Uint8Array(33) }],
    ['implementation', { implementation: new Uint8Array(33) }],
    ['bootSeed', { bootSeed: new Uint8Array(7) }],
    ['client', { client: 0 }],
    ['client', { client: 2 ** 31 }],
    ['components', { components: [] }],
    ['components', { components: [{ ...firmware, signer: new Uint8Array(20) }] }],
    ['certification', { certification: '1234-5' }],
    ['verificationService', { verificationService: 'x'.repeat(129) }],
    ['isolation', { isolation: 'Not A Word' }],
  ])('is not made with a bad %s', async (_, changes) => {
    await expect(device.token(changes)).rejects.toMatchObject({ code: 'invalid-argument' });
  });
});

describe('a verifier refuses', () => {
  it('a token for another nonce, of whatever length', async () => {
    const token = await device.token();
    const other = fromHex('a2'.repeat(32));
    expect(refusalOf(() => verify(token, { nonce: other }))).toEqual({
      claim: 'nonce',
      expected: `${'a2'.repeat(16)}…`,
      found: `${'a1'.repeat(16)}…`,
    });
    for (const length of [0, 31, 33]) {
      expect(refusalOf(() => verify(token, { nonce: new Uint8Array(length) }))['claim']).toBe('nonce');
    }
  });

  it('an instance that it does not know, and a signature by a key of another', async () => {
    const stranger = await attester('stranger');
    const own = await stranger.token();
    expect(refusalOf(() => verify(own))['claim']).toBe('instance id');
    const borrowed = await makeToken(stranger, { ...stranger.claims, instance: device.claims.instance });
    expect(refusalOf(() => verify(borrowed))['claim']).toBe('signature');
  });

  it('a token of which any bit was changed', async () => {
    const token = await device.token();
    let refused = 0;
    for (let bit = 0; bit < 8 * token.length; bit++) {
      const damaged = Uint8Array.from(token);
      damaged[bit >> 3] = (damaged[bit >> 3] as number) ^ (1 << (bit & 7));
      refusalOf(() => verify(damaged));
      refused++;
    }
    expect(refused).toBe(8 * token.length);
    for (let length = 0; length < token.length; length++) refusalOf(() => verify(token.subarray(0, length)));
    expect(refusalOf(() => verify(new Uint8Array([...token, 0])))['claim']).toBe('form');
  });

  it('a claim that is missing or of another type, by its name, though it is signed', async () => {
    const bad: readonly (readonly [string, number, CborInput])[] = [
      ['implementation id', 2396, 'text'],
      ['client id', 2394, 1.5],
      ['client id', 2394, 0],
      ['life cycle', 2395, 0x7000],
      ['life cycle', 2395, -1],
      ['software components', 2399, []],
      ['software components', 2399, new Map()],
      ['software components', 2399, [new Map<number, CborInput>([[1, 'firmware']])]],
      ['certification reference', 2398, 7],
      ['boot seed', 268, new Uint8Array(33)],
      ['isolation of the normal world', -76001, ''],
      ['nonce', 10, [new Uint8Array(32), new Uint8Array(32)]],
      ['instance id', 256, new Uint8Array(33)],
    ];
    const mandatory = [10, 256, 2394, 2395, 2396, 2399];
    let refused = 0;
    for (const [claim, key, value] of bad) {
      const token = await signed((map) => map.set(key, value));
      expect(refusalOf(() => verify(token))['claim']).toBe(claim);
      refused++;
    }
    for (const key of mandatory) {
      const token = await signed((map) => map.delete(key));
      expect(refusalOf(() => verify(token))['found']).toBe('nothing');
      refused++;
    }
    expect(refused).toBe(19);
  });

  it('another profile, a payload that is no map, one that is too deep', async () => {
    const others = await signed((map) => map.set(265, 'tag:example'));
    expect(refusalOf(() => verify(others))).toMatchObject({ claim: 'profile', found: 'tag:example' });
    for (const payload of [[1, 2], [[[[[[[1]]]]]]]] satisfies CborInput[]) {
      const token = await signCose(device, encodeCbor(payload));
      expect(refusalOf(() => verify(token))).toMatchObject({ claim: 'payload' });
    }
  });

  it('a token without an algorithm that is protected', async () => {
    const message = readCose(await device.token());
    const bare = { ...message, protectedBytes: new Uint8Array(0), unprotectedHeader: new Map([[1, -7]]) };
    expect(refusalOf(() => verify(writeCose(bare)))['claim']).toBe('algorithm');
  });

  it('claims that are not known change nothing', async () => {
    const token = await signed((map) => map.set(-70000, [1, 2, 3]).set('note', 'x'));
    expect(() => verify(token)).not.toThrow();
  });
});

/** A token with other claims than a device would make, signed by the right key. */
async function signed(change: (map: Map<string | number, CborInput>) => unknown): Promise<Uint8Array> {
  const map = new Map<string | number, CborInput>([
    [10, nonce],
    [256, device.claims.instance],
    [265, 'tag:psacertified.org,2023:psa#tfm'],
    [2394, -1],
    [2395, 0x3000],
    [2396, device.claims.implementation],
    [
      2399,
      [
        new Map<number, CborInput>([
          [1, 'firmware'],
          [2, firmware.measurement],
          [4, '1.2.0'],
          [5, firmware.signer],
        ]),
      ],
    ],
    [-76001, 'namespaces'],
  ]);
  change(map);
  return signCose(device, encodeCbor(map));
}

describe('reference values', () => {
  const [component] = reference.components;
  const withComponent = (changes: object): ReferenceValues => ({
    ...reference,
    components: [{ ...(component as NonNullable<typeof component>), ...changes }],
  });
  const other = fromHex('99'.repeat(32));

  it.each<[string, Partial<AttestationClaims>, ReferenceValues]>([
    ['life cycle', { lifeCycle: 'non-rot-debug' }, reference],
    ['implementation id', {}, { ...reference, implementations: [other] }],
    ['implementation id', {}, { ...reference, implementations: [] }],
    ['isolation of the normal world', { isolation: 'permission-only' }, reference],
    ['isolation of the normal world', { isolation: undefined }, reference],
    ['signer of software component "firmware"', {}, withComponent({ signers: [other] })],
    ['version of software component "firmware"', {}, withComponent({ minimumVersion: '1.2.0+1' })],
    ['version of software component "firmware"', { components: [{ ...firmware, version: undefined }] }, reference],
    ['version of software component "firmware"', { components: [{ ...firmware, version: 'newest' }] }, reference],
    ['measurement of software component "firmware"', {}, withComponent({ measurements: [other] })],
    ['software component "firmware"', {}, withComponent({ type: 'bootloader' })],
    ['software component ""', { components: [{ ...firmware, type: undefined }] }, reference],
    ['software component "radio"', { components: [firmware, { ...firmware, type: 'radio' }] }, reference],
    [
      'software component "radio"',
      {},
      { ...reference, components: [...reference.components, { type: 'radio', signers: [firmware.signer] }] },
    ],
  ])('refuse by %s', async (claim, changes, values) => {
    const token = await device.token(changes);
    expect(refusalOf(() => verify(token, { reference: values }))['claim']).toBe(claim);
  });

  it.each(['1', '1.2', '1.2.0', '1.2.0+0', '0.255.65535+4294967295', '1.1.9'])(
    'take version 1.2.0 for %s',
    async (minimumVersion) => {
      const token = await device.token();
      expect(() => verify(token, { reference: withComponent({ minimumVersion }) })).not.toThrow();
    },
  );

  it('let a part be missing that is optional', async () => {
    const radio = { type: 'radio', signers: [firmware.signer], optional: true };
    const token = await device.token();
    expect(() =>
      verify(token, { reference: { ...reference, components: [...reference.components, radio] } }),
    ).not.toThrow();
  });
});

describe("a manufacturer's word (x5chain)", async () => {
  const root = await authority('Maker Root');
  const subject = attestationSubject(device.claims.instance, [['O', 'Maker']]);
  const validity = validFor(now, 365);
  const publicKey = device.key.publicKey as Uint8Array;
  const issued = await root.issue({ kind: 'attestation', subject }, { publicKey, validity });
  const withChain = (chain: readonly Uint8Array[], of = device): Promise<Uint8Array> =>
    makeToken({ ...of, chain }, of.claims);
  const trusting = (anchors = [{ certificate: root.certificate }]) => certifiedKeys({ core, anchors, now: () => now });
  const judge = (token: Uint8Array, keyOf = trusting()) => verifyToken(token, { core, nonce, keyOf, reference });

  it('is taken where it leads to a trusted manufacturer', async () => {
    const { voucher, subject } = judge(await withChain(issued.chain));
    expect([voucher, subject]).toEqual([
      'certified',
      `O=Maker, serialNumber=${toHex(device.claims.instance.subarray(1))}`,
    ]);
    expect(judge(await withChain([...issued.chain, root.certificate.der])).voucher).toBe('certified');
  });

  it('is not taken of an unknown manufacturer', async () => {
    const other = await authority('Other Root');
    const token = await withChain(issued.chain);
    const refused = refusalOf(() => judge(token, trusting([{ certificate: other.certificate }])));
    expect(refused['claim']).toBe('certificate chain (x5chain)');
  });

  it('is not taken for another instance', async () => {
    const stranger = await attester('certified stranger');
    const theirs = { ...stranger, claims: { ...stranger.claims, instance: device.claims.instance } };
    const own = await root.issue(
      { kind: 'attestation', subject: attestationSubject(stranger.claims.instance) },
      { publicKey: stranger.key.publicKey as Uint8Array, validity },
    );
    // With its own good certificate under the good device's name, and with the good device's certificate.
    const [named, borrowed] = [await withChain(own.chain, theirs), await withChain(issued.chain, theirs)];
    expect(refusalOf(() => judge(named))['claim']).toBe('instance id');
    expect(refusalOf(() => judge(borrowed))['claim']).toBe('signature');
  });

  it('is not taken by a certificate for something else', async () => {
    const identity = await root.issue({ kind: 'device', subject }, { publicKey, validity });
    const token = await withChain(identity.chain);
    expect(String(refusalOf(() => judge(token))['found'])).toMatch(/key usage|extended key usage/);
  });

  it('is not taken once it was revoked, has expired, or is too much to look at', async () => {
    const token = await withChain(issued.chain);
    const anchors = [{ certificate: root.certificate }];
    const late = certifiedKeys({ core, anchors, now: () => now + 400 * 86_400_000 });
    expect(refusalOf(() => judge(token, late))['claim']).toBe('certificate chain (x5chain)');
    const many = await withChain(Array.from({ length: 5 }, () => issued.chain[0] as Uint8Array));
    expect(refusalOf(() => judge(many))['found']).toBe('an array of 5');
    await root.revoke(serialText(issued.certificate), { reason: 'keyCompromise', at: now });
    const list = await root.revocationList({ thisUpdate: now, nextUpdate: now + 86_400_000 });
    const listed = certifiedKeys({ core, anchors, now: () => now, revocationLists: () => [list] });
    expect(String(refusalOf(() => judge(token, listed))['found'])).toContain('revoked');
  });

  it('is one way among others', async () => {
    const keyOf2 = firstKeyOf(trusting(), enrolledKeys([device.enrolled]));
    expect(judge(await withChain([]), keyOf2).voucher).toBe('enrolled');
    expect(judge(await withChain(issued.chain), keyOf2).voucher).toBe('certified');
    const message = readCose(await withChain(issued.chain));
    expect(message.unprotectedHeader.get(coseHeaders.x5chain)).toEqual(issued.chain[0]);
  });
});

async function authority(name: string): Promise<CertificateAuthority> {
  const entropy = new SeededEntropy(name);
  const keys = new LocalKeyHome({ core, entropy });
  const key = await keys.generate({ algorithm: 'ecdsa-p256', usages: ['sign'] });
  const setting = { core, entropy, keys, key, store: new MemoryStore() };
  return CertificateAuthority.establish(setting, { subject: [['CN', name]], validity: validFor(now, 3650) });
}
