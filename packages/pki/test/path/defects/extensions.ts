import * as der from '../../support/der-writer.js';
import { ids, withExtension } from '../../support/chains.js';
import { plainExtension } from '../../support/forge.js';
import { type Defect, isAnchor, isLeaf, only, target } from './defect.js';

const somebodys = '1.3.6.1.4.1.55555.1';

function added(
  name: string,
  extension: Parameters<typeof withExtension>[1],
  rest: Omit<Defect, 'name' | 'apply'>,
): Defect {
  return { name, ...rest, apply: (scenario, place) => void target(scenario, place).extensions.push(extension) };
}

/** RFC 5280 §4.2, and RFC 8520 §11. */
export const extensionDefects: readonly Defect[] = [
  added('unknown extension', plainExtension(somebodys, der.element(0x05)), { expected: 'accepted' }),
  added('unknown critical extension', plainExtension(somebodys, der.element(0x05), true), {
    expected: 'unsupported-certificate',
  }),
  added(
    'unknown extension whose FALSE is written out',
    { id: somebodys, critical: 'explicit-false', value: der.element(0x05) },
    {
      expected: 'accepted',
    },
  ),
  added(
    'critical policies',
    plainExtension('2.5.29.32', der.sequence(der.sequence(der.objectIdentifier('1.3.6.1.4.1.55555.2'))), true),
    {
      expected: 'unsupported-certificate',
      openssl: 'policies are not processed here, so a critical one is refused (RFC 5280 §4.2)',
    },
  ),
  added(
    'policies',
    plainExtension('2.5.29.32', der.sequence(der.sequence(der.objectIdentifier('1.3.6.1.4.1.55555.2')))),
    {
      expected: 'accepted',
    },
  ),
  added('an extension twice', plainExtension(ids.keyUsage, der.bitString(Uint8Array.of(0x88), 3)), {
    expected: 'bad-certificate',
  }),
  {
    name: 'an unknown extension twice',
    apply: (scenario, place) => {
      const unknown = plainExtension(somebodys, der.element(0x05));
      target(scenario, place).extensions.push(unknown, unknown);
    },
    expected: 'bad-certificate',
    openssl: 'OpenSSL looks for doubles of extensions that it knows',
  },
  added('a MUD URL', plainExtension('1.3.6.1.5.5.7.1.25', der.text(0x16, 'https://lab.example/lamp.json')), {
    expected: 'accepted',
  }),
  added('a MUD URL that is no IA5String', plainExtension('1.3.6.1.5.5.7.1.25', der.text(0x0c, 'https://lab.example')), {
    expected: 'bad-certificate',
    openssl: 'OpenSSL does not know the extension',
  }),
  added(
    'a MUD URL with other signs than ASCII',
    plainExtension('1.3.6.1.5.5.7.1.25', der.text(0x16, 'https://läb.example')),
    {
      expected: 'bad-certificate',
      openssl: 'OpenSSL does not know the extension',
    },
  ),
  added(
    'a name form that there is not',
    plainExtension(ids.subjectAltName, der.sequence(der.primitive(9, der.nothing))),
    {
      at: (place) => isLeaf(place) && !place.shape.purpose.leaf.grantsRoles && place.shape.isOcf,
      expected: 'bad-certificate',
    },
  ),
  {
    name: 'basicConstraints that cannot be read',
    apply: (scenario, place) =>
      withExtension(target(scenario, place), plainExtension(ids.basicConstraints, der.nothing)),
    expected: 'bad-certificate',
  },
  {
    name: 'more behind the value of an extension',
    apply: (scenario, place) => {
      const value = der.sequence(der.primitive(0, Uint8Array.of(1)));
      const padded = plainExtension(ids.authorityKeyIdentifier, new Uint8Array([...value, 0x05, 0x00]));
      withExtension(target(scenario, place), padded);
    },
    expected: 'bad-certificate',
    openssl: only(isAnchor, 'OpenSSL does not look at the key identifiers of an anchor'),
  },
  {
    name: 'version 1',
    apply: (scenario, place) => Object.assign(target(scenario, place), { version: 1, extensions: [] }),
    expected: 'unsupported-certificate',
    openssl: only(
      (place) => place.where !== 'intermediate',
      'version 1 says nothing of purposes; OpenSSL takes it for all',
    ),
  },
  {
    name: 'version 4',
    apply: (scenario, place) => (target(scenario, place).version = 4),
    expected: 'unsupported-certificate',
    openssl: 'OpenSSL does not ask for the version',
  },
  {
    name: 'extensions in version 1',
    apply: (scenario, place) => (target(scenario, place).version = 1),
    expected: 'bad-certificate',
    openssl: 'OpenSSL does not ask for the version',
  },
];
