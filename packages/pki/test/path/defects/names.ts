import * as der from '../../support/der-writer.js';
import { authorityKeyIdentifier, keyIdentifier, nameAt, withExtension } from '../../support/chains.js';
import { name, plainExtension } from '../../support/forge.js';
import { type Defect, isAuthority, isBelowAnchor, isLeaf, isOcf, type Place, target, where } from './defect.js';

const printable = 0x13;
const teletex = 0x14;
const bmp = 0x1e;

/** The issuer's name of a certificate, written in another way. */
function issuerWritten(title: string, write: (o: string, cn: string) => Uint8Array): Defect {
  return {
    name: title,
    at: isBelowAnchor,
    apply: (scenario, place) => (target(scenario, place).issuer = write('Lab', issuerText(place))),
    expected: 'accepted',
  };
}

function issuerText({ shape, position }: Place): string {
  const issuer = position + 1;
  return issuer === shape.authorities ? 'Lab Root' : `Lab Authority${' of Test'.repeat(issuer)}`;
}

/** RFC 5280 §4.1.2.4, §6.1.3 (a)(4), §7.1. */
export const nameDefects: readonly Defect[] = [
  {
    name: 'issued in the name of another',
    at: isBelowAnchor,
    apply: (scenario, place) => (target(scenario, place).issuer = name(['O', 'Lab'], ['CN', 'Somebody'])),
    expected: 'unknown-ca',
  },
  {
    name: 'issued in a longer name',
    at: isBelowAnchor,
    apply: (scenario, place) =>
      (target(scenario, place).issuer = name(['O', 'Lab'], ['CN', issuerText(place)], ['OU', 'x'])),
    expected: 'unknown-ca',
  },
  {
    name: 'issued in the parts of the name in another order',
    at: isBelowAnchor,
    apply: (scenario, place) => (target(scenario, place).issuer = name(['CN', issuerText(place)], ['O', 'Lab'])),
    expected: 'unknown-ca',
  },
  {
    name: 'issued in no name',
    at: isBelowAnchor,
    apply: (scenario, place) => (target(scenario, place).issuer = der.sequence()),
    expected: 'unknown-ca',
  },
  issuerWritten('issuer in capitals', (o, cn) => name(['O', o.toUpperCase()], ['CN', cn.toUpperCase()])),
  issuerWritten('issuer in PrintableString', (o, cn) => name(['O', o, printable], ['CN', cn, printable])),
  issuerWritten('issuer in TeletexString', (o, cn) => name(['O', o, teletex], ['CN', cn])),
  issuerWritten('issuer in BMPString', (o, cn) => name(['O', spread(o), bmp], ['CN', cn])),
  issuerWritten('issuer with more space', (o, cn) => name(['O', ` ${o}  `], ['CN', cn.replaceAll(' ', '   ')])),
  {
    name: 'anchor that another authority issued',
    at: ({ where: place }) => place === 'anchor',
    apply: (scenario, place) => (target(scenario, place).issuer = name(['CN', 'Somebody above'])),
    expected: 'accepted',
  },
  {
    name: 'key identifier of another key of its issuer',
    at: isBelowAnchor,
    apply: (scenario, place) => withExtension(target(scenario, place), authorityKeyIdentifier(99)),
    expected: 'accepted',
    openssl: 'RFC 5280 §4.2.1.1 finds issuers by it and judges by the signature; OpenSSL takes it for a refusal',
  },
  {
    name: 'key identifier with half an issuer',
    at: isBelowAnchor,
    apply: (scenario, place) =>
      withExtension(
        target(scenario, place),
        plainExtension(
          '2.5.29.35',
          der.sequence(der.primitive(0, keyIdentifier(place.position + 1)), der.primitive(2, Uint8Array.of(1))),
        ),
      ),
    expected: 'bad-certificate',
  },
  {
    name: 'subject without a device',
    at: isLeaf,
    apply: (scenario, place) => (target(scenario, place).subject = name(['O', 'Lab'], ['CN', 'lamp'])),
    expected: where((place) => isOcf(place) && place.shape.purpose.leaf.namesDevice, 'bad-certificate', 'accepted'),
    openssl: ({ shape }) => (shape.purpose.leaf.namesDevice ? 'OCF asks for more than RFC 5280' : undefined),
  },
  {
    name: 'two devices in the subject',
    at: (place) => isLeaf(place) && place.shape.purpose.leaf.namesDevice,
    apply: (scenario, place) => {
      const [first, second] = ['1', '2'].map((digit) => `uuid:${digit.repeat(8)}-1111-1111-1111-111111111111`);
      target(scenario, place).subject = name(['CN', first as string], ['CN', second as string]);
    },
    expected: 'bad-certificate',
    openssl: 'OCF asks for more than RFC 5280',
  },
  {
    name: 'a device somewhere in the common name',
    at: (place) => isLeaf(place) && place.shape.purpose.leaf.namesDevice,
    apply: (scenario, place) =>
      (target(scenario, place).subject = name(['CN', 'my uuid:62d8e00a-c631-481a-6960-4877df1c7190'])),
    expected: 'bad-certificate',
    openssl: 'OCF asks for more than RFC 5280',
  },
  {
    name: 'an authority that gave itself its next key',
    at: ({ where: place }) => place === 'intermediate',
    apply: selfIssue,
    expected: where(isOcf, 'bad-certificate', 'accepted'),
    openssl: (place) => (isOcf(place) ? 'OCF has only roots certify themselves' : undefined),
  },
  {
    name: 'name that is no sequence',
    apply: (scenario, place) => (target(scenario, place).subject = der.set()),
    expected: 'bad-certificate',
  },
  {
    name: 'part of a name that is empty',
    at: isAuthority,
    apply: (scenario, place) => (target(scenario, place).subject = der.sequence(der.set())),
    expected: 'bad-certificate',
  },
];

/** Gives the certificate at the place, and what it signed, the name of its issuer. */
function selfIssue(scenario: Parameters<Defect['apply']>[0], place: Place): void {
  const own = nameAt(place.shape, place.position + 1);
  target(scenario, place).subject = own;
  const below = scenario.chain[place.position - 1];
  if (below !== undefined) below.issuer = own;
}

/** Two bytes a character. */
function spread(text: string): string {
  return [...text].map((letter) => `\0${letter}`).join('');
}
