import * as der from '../../support/der-writer.js';
import {
  alternativeNames,
  basicConstraints,
  directoryName,
  extendedKeyUsage,
  ids,
  keyUsage,
  primitiveName,
  purposes,
  purposesOf,
  type Shape,
  withExtension,
  withoutExtension,
} from '../../support/chains.js';
import { plainExtension } from '../../support/forge.js';
import { type Defect, isLeaf, isOcf, only, type Place, stricter, target, where } from './defect.js';

function changed(
  name: string,
  change: (shape: Shape) => Parameters<typeof withExtension>[1],
  rest: Omit<Defect, 'name' | 'apply'>,
): Defect {
  return {
    name,
    ...rest,
    at: (place) => isLeaf(place) && (rest.at?.(place) ?? true),
    apply: (scenario, place) => withExtension(target(scenario, place), change(place.shape)),
  };
}

function removed(name: string, id: string, rest: Omit<Defect, 'name' | 'apply'>): Defect {
  return {
    name,
    ...rest,
    at: (place) => isLeaf(place) && (rest.at?.(place) ?? true),
    apply: (scenario, place) => withoutExtension(target(scenario, place), id),
  };
}

const ocfOnly = {
  expected: where(isOcf, 'unsupported-certificate', 'accepted'),
  openssl: only(isOcf, stricter),
} as const;
const isRole = ({ shape }: Place): boolean => shape.purpose.leaf.grantsRoles;
const without = (shape: Shape, purpose: string): string[] => purposesOf(shape).filter((one) => one !== purpose);
const badRole = { at: isRole, expected: 'bad-certificate', openssl: stricter } as const;

/** OCF: what the certificate of a device must be; RFC 5280 §4.2.1.3, §4.2.1.9, §4.2.1.12. */
export const leafDefects: readonly Defect[] = [
  changed('leaf that is an authority', () => basicConstraints(true), {
    expected: 'unsupported-certificate',
    openssl: 'OpenSSL lets an authority be a server as well',
  }),
  changed('leaf with a path length', () => basicConstraints(false, 0), {
    expected: 'unsupported-certificate',
    openssl: 'OpenSSL asks for that only with -x509_strict',
  }),
  removed('leaf without basicConstraints', ids.basicConstraints, { expected: 'accepted' }),
  changed(
    'leaf whose cA false is written out',
    () => plainExtension(ids.basicConstraints, der.sequence(der.boolean(false))),
    {
      expected: 'accepted',
    },
  ),
  removed('leaf without keyUsage', ids.keyUsage, ocfOnly),
  changed('leaf with digitalSignature alone', () => keyUsage('digitalSignature'), ocfOnly),
  changed('leaf with keyAgreement alone', () => keyUsage('keyAgreement'), ocfOnly),
  changed(
    'leaf with contentCommitment too',
    () => keyUsage('digitalSignature', 'contentCommitment', 'keyAgreement'),
    ocfOnly,
  ),
  changed('leaf with keyCertSign too', () => keyUsage('digitalSignature', 'keyAgreement', 'keyCertSign'), ocfOnly),
  changed('leaf with keyEncipherment alone', () => keyUsage('keyEncipherment'), {
    expected: 'unsupported-certificate',
    openssl: 'keys of P-256 encipher nothing; OpenSSL asks for any of the three usages of TLS',
  }),
  changed('leaf with cRLSign alone', () => keyUsage('cRLSign'), { expected: 'unsupported-certificate' }),
  changed(
    'keyUsage with zero bits at its end',
    () => plainExtension(ids.keyUsage, der.bitString(Uint8Array.of(0x88, 0x00), 7)),
    {
      expected: 'accepted',
    },
  ),
  changed('keyUsage of no bits', () => plainExtension(ids.keyUsage, der.bitString(der.nothing)), {
    expected: 'bad-certificate',
  }),
  removed('leaf without extendedKeyUsage', ids.extendedKeyUsage, ocfOnly),
  changed('leaf that is no server', (shape) => extendedKeyUsage(...without(shape, purposes.server), purposes.mail), {
    expected: 'unsupported-certificate',
  }),
  changed('leaf that is no client', (shape) => extendedKeyUsage(...without(shape, purposes.client)), ocfOnly),
  changed('leaf without its OCF purpose', () => extendedKeyUsage(purposes.server, purposes.client), ocfOnly),
  changed('leaf with the other OCF purpose too', () => extendedKeyUsage(...Object.values(purposes).slice(1)), ocfOnly),
  changed(
    'leaf with the other OCF purpose alone',
    (shape) => {
      const other = purposesOf(shape).includes(purposes.role) ? purposes.identity : purposes.role;
      return extendedKeyUsage(purposes.server, purposes.client, other);
    },
    ocfOnly,
  ),
  changed('leaf for any purpose', () => extendedKeyUsage(purposes.any), {
    ...ocfOnly,
    openssl: only(
      (place) => !isOcf(place),
      'OpenSSL 3 does not count anyExtendedKeyUsage where it looks for one purpose',
    ),
  }),
  changed(
    'leaf for its purposes and any other',
    (shape) => extendedKeyUsage(...purposesOf(shape), purposes.any),
    ocfOnly,
  ),
  changed('leaf for its purposes and mail', (shape) => extendedKeyUsage(...purposesOf(shape), purposes.mail), {
    expected: 'accepted',
  }),
  changed('extendedKeyUsage of nothing', () => extendedKeyUsage(), { expected: 'bad-certificate' }),
  changed('two roles', () => alternativeNames(directoryName(['CN', 'a']), directoryName(['CN', 'b'], ['OU', 'Lab'])), {
    at: isRole,
    expected: 'accepted',
  }),
  removed('role certificate without a role', ids.subjectAltName, badRole),
  changed('role certificate with a host name alone', () => alternativeNames(primitiveName(2, 'lab.example')), badRole),
  changed('a role without a name', () => alternativeNames(directoryName(['OU', 'Lab'])), badRole),
  changed('a role with two names', () => alternativeNames(directoryName(['CN', 'a'], ['CN', 'b'])), badRole),
  changed(
    'a good role and one without a name',
    () => alternativeNames(directoryName(['CN', 'a']), directoryName(['OU', 'b'])),
    badRole,
  ),
  changed('a reserved role', () => alternativeNames(directoryName(['CN', 'oic.role.admin'])), {
    ...badRole,
    expected: 'access-denied',
  }),
  changed('the role of the owner', () => alternativeNames(directoryName(['CN', 'oic.role.owner'])), {
    at: isRole,
    expected: 'accepted',
  }),
];
