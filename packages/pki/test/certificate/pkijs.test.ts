/**
 * Our reader and our writer beside pkijs: on every captured certificate, and on every sound one of the table, they read
 * the same; what is made here is written as pkijs writes it.
 */
import { type BaseBlock, fromBER } from 'asn1js';
import { Certificate as PkijsCertificate, CertificateRevocationList, CertificationRequest } from 'pkijs';
import { toHex } from '@selvage/core';
import { MemoryStore } from '@selvage/core/virtual';
import { nativeCore } from '@selvage/crypto';
import {
  CertificateAuthority,
  type CertificateProfile,
  makeCertificateRequest,
  noExpiry,
  readCertificate,
  readCertificateList,
  serialText,
  validFor,
} from '@selvage/pki';
import { describe, expect, it } from 'vitest';
import { device, today, World } from '../support/authority.js';
import { capturedDer, capturedNames } from '../support/captured.js';
import { judgedAt, nameAt, type Shape, shapes, soundChain } from '../support/chains.js';
import * as der from '../support/der-writer.js';
import { ecdsa, forge, forgeList, testKey } from '../support/forge.js';

const certificates: readonly (readonly [string, Uint8Array])[] = [
  ...capturedNames('certificate').map((name) => [name, capturedDer(name)] as const),
  ...shapes.flatMap((shape) => soundChain(shape).map((one, at) => [`${shape.name} ${at}`, forge(one)] as const)),
];

describe('what is read of a certificate, beside pkijs', () => {
  it('is read of 42 certificates', () => {
    expect(certificates.length).toBe(42);
  });

  for (const [name, bytes] of certificates) {
    it(`is the same: ${name}`, () => {
      const ours = readCertificate(bytes);
      const theirs = PkijsCertificate.fromBER(bytes);
      expect({
        version: ours.version,
        serial: toHex(ours.serialNumber),
        notBefore: ours.validity.notBefore,
        notAfter: ours.validity.notAfter,
        subject: ours.subject.parts.flat().map(({ type, text }) => [type, text]),
        issuer: ours.issuer.parts.flat().map(({ type, text }) => [type, text]),
        algorithm: ours.signatureAlgorithm.id,
        signature: toHex(ours.signature),
        signed: toHex(ours.signed),
        extensions: ours.extensions.all.map(({ id, isCritical, value }) => [id, isCritical, toHex(value)]),
      }).toEqual({
        version: theirs.version + 1,
        serial: toHex(theirs.serialNumber.valueBlock.valueHexView),
        notBefore: theirs.notBefore.value.getTime(),
        notAfter: theirs.notAfter.value.getTime(),
        subject: attributes(theirs.subject),
        issuer: attributes(theirs.issuer),
        algorithm: theirs.signatureAlgorithm.algorithmId,
        signature: toHex(theirs.signatureValue.valueBlock.valueHexView),
        signed: toHex(theirs.tbsView),
        extensions: (theirs.extensions ?? []).map(({ extnID, critical, extnValue }) => [
          extnID,
          critical,
          toHex(extnValue.valueBlock.valueHexView),
        ]),
      });
    });
  }
});

describe('what is read of a revocation list, beside pkijs', () => {
  it('is the same', () => {
    const bytes = forgeList({
      issuer: nameAt(shapes[0] as Shape, 1),
      thisUpdate: judgedAt,
      nextUpdate: judgedAt + 5000,
      revoked: [{ serial: der.integer(0x11, 0x22), reason: 4 }, { serial: der.integer(0x00, 0x99) }],
      extensions: [],
      signer: ecdsa(testKey(1)),
    });
    const ours = readCertificateList(bytes);
    const theirs = new CertificateRevocationList({ schema: fromBER(bytes).result });
    expect([...ours.revoked.keys()]).toEqual(
      theirs.revokedCertificates?.map(({ userCertificate }) => toHex(userCertificate.valueBlock.valueHexView)),
    );
    expect([ours.thisUpdate, ours.nextUpdate, toHex(ours.signed)]).toEqual([
      theirs.thisUpdate.value.getTime(),
      theirs.nextUpdate?.value.getTime(),
      toHex(theirs.tbsView),
    ]);
    expect([...ours.revoked.values()].map(({ reason }) => reason)).toEqual(['superseded', 'unspecified']);
  });
});

describe('what is made, beside pkijs', () => {
  const profiles: readonly CertificateProfile[] = [
    {
      kind: 'intermediate',
      subject: [
        ['C', 'US'],
        ['O', 'Größe'],
        ['CN', 'Devices'],
      ],
    },
    { kind: 'device', subject: [['CN', 'Lamp']], mudUrl: 'https://maker.example/mud/lamp.json' },
    { kind: 'identity', device },
    { kind: 'role', device, roles: [{ role: 'lab.admin' }, { role: 'lab.user', authority: 'Lab Authority' }] },
  ];

  for (const profile of profiles) {
    it(`is the encoding that pkijs gives the same certificate: ${profile.kind}`, async () => {
      const world = new World('made');
      const root = await world.root();
      const { certificate } = await root.issue(profile, {
        publicKey: await world.publicKey(),
        validity: validFor(today, 1825),
      });
      expect(encodedAnew(PkijsCertificate.fromBER(certificate.der))).toBe(toHex(certificate.der));
      expect(encodedAnew(PkijsCertificate.fromBER(root.certificate.der))).toBe(toHex(root.certificate.der));
    });
  }

  it('is the same for a life without end, in GeneralizedTime (RFC 5280 §4.1.2.5)', async () => {
    const world = new World('endless');
    const key = await world.key();
    const setting = { core: nativeCore, entropy: world.entropy, keys: world.keys, key, store: new MemoryStore() };
    const validity = { notBefore: today, notAfter: noExpiry };
    const { certificate } = await CertificateAuthority.establish(setting, { subject: [['CN', 'Endless']], validity });
    expect(encodedAnew(PkijsCertificate.fromBER(certificate.der))).toBe(toHex(certificate.der));
  });

  it('is the same for a request and for a list with and without entries', async () => {
    const world = new World('lists');
    const root = await world.root();
    const times = { thisUpdate: today, nextUpdate: today + 86_400_000 };
    const request = await makeCertificateRequest([['CN', `uuid:${device}`]], {
      keys: world.keys,
      key: await world.key(),
    });
    const theirs = CertificationRequest.fromBER(request);
    // Its reader forgets an empty list, which its writer writes.
    theirs.attributes = [];
    expect(encodedAnew(theirs)).toBe(toHex(request));
    const none = await root.revocationList(times);
    expect(encodedAnew(CertificateRevocationList.fromBER(none.der))).toBe(toHex(none.der));
    const { certificate } = await root.issue(
      { kind: 'identity', device },
      { publicKey: await world.publicKey(), validity: validFor(today, 30) },
    );
    await root.revoke(serialText(certificate), { at: today, reason: 'keyCompromise' });
    const one = await root.revocationList(times);
    expect(encodedAnew(CertificateRevocationList.fromBER(one.der))).toBe(toHex(one.der));
  });
});

/** Written from its fields, not from the bytes it was read from. */
function encodedAnew(made: { toSchema(encode: boolean): BaseBlock }): string {
  return toHex(new Uint8Array(made.toSchema(true).toBER(false)));
}

function attributes(name: PkijsCertificate['subject']): unknown[] {
  return name.typesAndValues.map(({ type, value }) => [type, (value.valueBlock as { value?: string }).value]);
}
