import { outcomeOfPromise } from '@selvage/core/testing';
import { nativeCore } from '@selvage/crypto';
import {
  type CertificateAuthority,
  type CertificateProfile,
  identifierName,
  nameText,
  noExpiry,
  ocfIdentityPurpose,
  ocfManufacturerPurpose,
  ocfRolePurpose,
  profileOf,
  type Purpose,
  validFor,
  verifyChain,
} from '@selvage/pki';
import { describe, expect, it } from 'vitest';
import { device, today, World } from '../support/authority.js';

const world = new World('profiles');
const root = await world.root();
const makers = await world.intermediate(root);
const lamp = [
  ['O', 'Lab'],
  ['CN', 'lamp 0001'],
] as const;
const validity = validFor(today, 365);

/** Issues for a new key, and says what the certificate has. */
async function issued(authority: CertificateAuthority, profile: CertificateProfile): Promise<Record<string, unknown>> {
  const { certificate } = await authority.issue(profile, { publicKey: await world.publicKey(), validity });
  const { extensions, subject, version, serialNumber } = certificate;
  return {
    version,
    serialBytes: serialNumber.length,
    subject: nameText(subject),
    extensions: extensions.all.map(({ id, isCritical }) => identifierName(id) + (isCritical ? '!' : '')),
    basicConstraints: extensions.basicConstraints,
    keyUsage: extensions.keyUsage,
    extendedKeyUsage: extensions.extendedKeyUsage?.map(identifierName),
  };
}

const ofDevice = {
  version: 3,
  serialBytes: 16,
  basicConstraints: { isAuthority: false, pathLength: undefined },
  keyUsage: ['digitalSignature', 'keyAgreement'],
};
const names = ['basicConstraints', 'keyUsage!', 'extendedKeyUsage'];

describe('profiles (OCF, RFC 5280 §4.2, RFC 8520 §11)', () => {
  it('a root certifies itself, without a limit to what is below', () => {
    const { subject, issuer, extensions } = root.certificate;
    expect([nameText(subject), nameText(issuer)]).toEqual(['O=Lab, CN=Lab Root', 'O=Lab, CN=Lab Root']);
    expect(extensions.basicConstraints).toEqual({ isAuthority: true, pathLength: undefined });
    expect(extensions.keyUsage).toEqual(['keyCertSign', 'cRLSign']);
    expect(extensions.all.map(({ isCritical }) => isCritical)).toEqual([true, true, false]);
  });

  it('an intermediate issues to devices alone', async () => {
    expect(await issued(root, { kind: 'intermediate', subject: [['CN', 'Makers of Lab']] })).toEqual({
      version: 3,
      serialBytes: 16,
      subject: 'CN=Makers of Lab',
      extensions: ['basicConstraints!', 'keyUsage!', 'subjectKeyIdentifier', 'authorityKeyIdentifier'],
      basicConstraints: { isAuthority: true, pathLength: 0 },
      keyUsage: ['keyCertSign', 'cRLSign'],
      extendedKeyUsage: undefined,
    });
  });

  it('a device is named by its maker, with its MUD URL', async () => {
    const extendedKeyUsage = ['serverAuth', 'clientAuth', 'ocfIdentity'];
    expect(await issued(makers, { kind: 'device', subject: lamp })).toEqual({
      ...ofDevice,
      subject: 'O=Lab, CN=lamp 0001',
      extensions: [...names, 'authorityKeyIdentifier'],
      extendedKeyUsage,
    });
    const mudUrl = 'https://lab.example/lamp.json';
    const { certificate } = await makers.issue(
      { kind: 'device', subject: lamp, mudUrl },
      { publicKey: await world.publicKey(), validity },
    );
    expect(certificate.extensions.mudUrl).toBe(mudUrl);
    expect(certificate.extensions.all.map(({ id }) => id)).toContain('1.3.6.1.5.5.7.1.25');
  });

  it('an identity names the device', async () => {
    expect(await issued(root, { kind: 'identity', device })).toEqual({
      ...ofDevice,
      subject: `CN=uuid:${device}`,
      extensions: [...names, 'authorityKeyIdentifier'],
      extendedKeyUsage: ['serverAuth', 'clientAuth', 'ocfIdentity'],
    });
  });

  it('a role names the device, the role and its authority', async () => {
    const roles = [{ role: 'lab.user' }, { role: 'lab.admin', authority: 'Lab' }];
    expect(await issued(root, { kind: 'role', device, roles })).toEqual({
      ...ofDevice,
      subject: `CN=uuid:${device}`,
      extensions: [...names, 'subjectAltName', 'authorityKeyIdentifier'],
      extendedKeyUsage: ['serverAuth', 'clientAuth', 'ocfRole'],
    });
  });

  it('are read back from what was issued, so that it can be renewed', async () => {
    const profiles: readonly CertificateProfile[] = [
      { kind: 'device', subject: lamp },
      { kind: 'device', subject: lamp, mudUrl: 'https://lab.example/lamp.json' },
      {
        kind: 'attestation',
        subject: [
          ['O', 'Lab'],
          ['serialNumber', '00'.repeat(32)],
        ],
      },
      { kind: 'identity', device },
      { kind: 'role', device, roles: [{ role: 'lab.admin', authority: 'Lab' }] },
      { kind: 'intermediate', subject: [['CN', 'Makers of Lab']] },
    ];
    for (const profile of profiles) {
      const { certificate } = await root.issue(profile, { publicKey: await world.publicKey(), validity });
      expect(profileOf(certificate)).toEqual(profile);
    }
    expect(() => profileOf(root.certificate)).toThrow('of no profile');
  });

  it('are judged as what they are', async () => {
    const anchors = [{ certificate: root.certificate }];
    const judged = async (
      authority: CertificateAuthority,
      profile: CertificateProfile,
      purpose: Purpose,
    ): Promise<unknown> => {
      const { chain } = await authority.issue(profile, { publicKey: await world.publicKey(), validity });
      const judgement = verifyChain(chain, { core: nativeCore, anchors, now: today, purpose });
      if (!judgement.accepted) return judgement.error.message;
      return [chain.length, judgement.identity, judgement.roles, judgement.mudUrl];
    };
    const mudUrl = 'https://lab.example/lamp.json';
    const role = { kind: 'role', device, roles: [{ role: 'lab.user' }] } as const;
    expect(await judged(makers, { kind: 'device', subject: lamp, mudUrl }, ocfManufacturerPurpose)).toEqual([
      2,
      undefined,
      [],
      mudUrl,
    ]);
    expect(await judged(root, { kind: 'identity', device }, ocfIdentityPurpose)).toEqual([1, device, [], undefined]);
    expect(await judged(root, role, ocfRolePurpose)).toEqual([
      1,
      device,
      [{ role: 'lab.user', authority: 'Lab Root' }],
      undefined,
    ]);
  });

  it('are refused where they say what cannot be', async () => {
    const refused: readonly CertificateProfile[] = [
      { kind: 'identity', device: device.toUpperCase() },
      { kind: 'identity', device: '' },
      { kind: 'role', device, roles: [] },
      { kind: 'role', device, roles: [{ role: '' }] },
      { kind: 'role', device, roles: [{ role: 'oic.role.admin' }] },
      { kind: 'device', subject: [['CN', '']] },
      { kind: 'device', subject: lamp, mudUrl: 'http://lab.example/lamp.json' },
      { kind: 'device', subject: lamp, mudUrl: 'https://' },
      { kind: 'device', subject: lamp, mudUrl: 'https://me@lab.example/' },
      { kind: 'device', subject: lamp, mudUrl: 'https://lab.example/#x' },
      { kind: 'device', subject: lamp, mudUrl: 'https://läb.example/' },
      { kind: 'device', subject: lamp, mudUrl: `https://lab.example/${'x'.repeat(236)}` },
    ];
    for (const profile of refused) {
      const attempt = root.issue(profile, { publicKey: await world.publicKey(), validity });
      expect([profile, await outcomeOfPromise(attempt)]).toEqual([profile, 'invalid-argument']);
    }
  });
});

describe('what an authority does not issue', () => {
  const authority = { kind: 'intermediate', subject: [['CN', 'Another authority']] } as const;

  it('is an authority below one of path length 0', async () => {
    const attempt = makers.issue(authority, { publicKey: await world.publicKey(), validity });
    expect(await outcomeOfPromise(attempt)).toBe('invalid-argument');
  });

  it('is an authority whose name is as long as its own, which IoTivity-Lite takes for self-issued', async () => {
    const subject = [
      ['O', 'Lab'],
      ['CN', 'Lab Boot'],
    ] as const;
    const attempt = root.issue({ kind: 'intermediate', subject }, { publicKey: await world.publicKey(), validity });
    await expect(attempt).rejects.toThrow('must not be as long as that of its issuer');
  });

  it('is a certificate that outlives its own, or has no full seconds', async () => {
    const publicKey = await world.publicKey();
    const own = root.certificate.validity;
    const bad = [
      { ...validity, notAfter: own.notAfter + 1000 },
      { ...validity, notBefore: own.notBefore - 1000 },
      { notBefore: validity.notAfter, notAfter: validity.notBefore },
      { ...validity, notBefore: validity.notBefore + 1 },
      { notBefore: Number.NaN, notAfter: validity.notAfter },
      { notBefore: validity.notBefore, notAfter: noExpiry + 1000 },
    ];
    for (const period of bad) {
      expect(await outcomeOfPromise(root.issue({ kind: 'identity', device }, { publicKey, validity: period }))).toBe(
        'invalid-argument',
      );
    }
    const whole = { ...own };
    expect(await outcomeOfPromise(root.issue({ kind: 'identity', device }, { publicKey, validity: whole }))).toBe(
      'returned',
    );
  });

  it('is a role in the name of nobody', async () => {
    const nameless = await world.root('Lab Root', undefined, [['O', 'Lab']]);
    const publicKey = await world.publicKey();
    const attempt = (authority?: string): Promise<string> =>
      outcomeOfPromise(
        nameless.issue({ kind: 'role', device, roles: [{ role: 'lab.user', authority }] }, { publicKey, validity }),
      );
    expect([await attempt(), await attempt('Lab')]).toEqual(['invalid-argument', 'returned']);
  });

  it('is a certificate for its own key, or for no key', async () => {
    const own = root.certificate.publicKey?.publicKey ?? new Uint8Array(0);
    const identity = { kind: 'identity', device } as const;
    expect(await outcomeOfPromise(root.issue(identity, { publicKey: own, validity }))).toBe('invalid-argument');
    expect(await outcomeOfPromise(root.issue(identity, { publicKey: own.slice(1), validity }))).toBe('invalid-point');
    expect(await outcomeOfPromise(root.issue(identity, { publicKey: own.slice().fill(7, 40), validity }))).toBe(
      'invalid-point',
    );
  });
});
