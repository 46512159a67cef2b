/** Our reader beside pkijs: on every captured certificate, and on every sound one of the table, they read the same. */
import { fromBER } from 'asn1js';
import { Certificate as PkijsCertificate, CertificateRevocationList } from 'pkijs';
import { toHex } from '@selvage/core';
import { readCertificate, readCertificateList } from '@selvage/pki';
import { describe, expect, it } from 'vitest';
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

function attributes(name: PkijsCertificate['subject']): unknown[] {
  return name.typesAndValues.map(({ type, value }) => [type, (value.valueBlock as { value?: string }).value]);
}
