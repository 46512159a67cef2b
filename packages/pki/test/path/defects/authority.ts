import * as der from '../../support/der-writer.js';
import {
  basicConstraints,
  extendedKeyUsage,
  ids,
  keyUsage,
  purposes,
  purposesOf,
  withExtension,
  withoutExtension,
} from '../../support/chains.js';
import { plainExtension } from '../../support/forge.js';
import {
  type Defect,
  isAuthority,
  isManufacturer,
  isOcf,
  only,
  type Place,
  stricter,
  target,
  where,
} from './defect.js';

const isManufacturerIntermediate = (place: Place): boolean => isManufacturer(place) && place.where === 'intermediate';

/** An authority with another extension. */
function changed(
  name: string,
  change: (place: Place) => Parameters<typeof withExtension>[1],
  rest: Omit<Defect, 'name' | 'apply'>,
): Defect {
  return {
    name,
    at: isAuthority,
    ...rest,
    apply: (scenario, place) => withExtension(target(scenario, place), change(place)),
  };
}

/** RFC 5280 §4.2.1.9, §4.2.1.3, §4.2.1.12, §6.1.4. */
export const authorityDefects: readonly Defect[] = [
  {
    name: 'authority without basicConstraints',
    at: isAuthority,
    apply: (scenario, place) => withoutExtension(target(scenario, place), ids.basicConstraints),
    expected: 'bad-certificate',
    openssl: (place) => (place.where === 'anchor' ? 'OpenSSL lets an anchor pass for its keyUsage' : undefined),
  },
  changed('authority with cA false', () => basicConstraints(false), { expected: 'bad-certificate' }),
  changed('authority with cA false and a path length', () => basicConstraints(false, 3), {
    expected: 'bad-certificate',
  }),
  changed('path length one too short', ({ position }) => basicConstraints(true, position - 2), {
    at: ({ position }) => position >= 2,
    expected: 'bad-certificate',
  }),
  changed('path length that just suffices', ({ position }) => basicConstraints(true, position - 1), {
    expected: 'accepted',
  }),
  changed('path length to spare', () => basicConstraints(true, 9), {
    expected: where(isManufacturerIntermediate, 'bad-certificate', 'accepted'),
    openssl: only(isManufacturerIntermediate, stricter),
  }),
  changed('no path length', () => basicConstraints(true), {
    expected: where(isManufacturerIntermediate, 'bad-certificate', 'accepted'),
    openssl: only(isManufacturerIntermediate, stricter),
  }),
  changed(
    'negative path length',
    () => plainExtension(ids.basicConstraints, der.sequence(der.boolean(true), der.integer(0x80))),
    {
      expected: 'bad-certificate',
    },
  ),
  changed(
    'path length beyond all numbers',
    () => {
      const huge = der.integer(0x7f, ...new Uint8Array(20).fill(0xff));
      return plainExtension(ids.basicConstraints, der.sequence(der.boolean(true), huge), true);
    },
    {
      expected: where(isManufacturerIntermediate, 'bad-certificate', 'accepted'),
      openssl: only(isManufacturerIntermediate, stricter),
    },
  ),
  changed(
    'basicConstraints that are not critical',
    ({ position, shape }) => ({
      ...basicConstraints(true, position === shape.authorities ? undefined : position - 1),
      critical: false,
    }),
    { expected: 'accepted' },
  ),
  changed(
    'cA that is neither true nor false',
    () => plainExtension(ids.basicConstraints, der.sequence(der.element(0x01, Uint8Array.of(0x01)))),
    {
      expected: 'bad-certificate',
      openssl: 'OpenSSL reads BER',
    },
  ),
  {
    name: 'authority without keyUsage',
    at: isAuthority,
    apply: (scenario, place) => withoutExtension(target(scenario, place), ids.keyUsage),
    expected: where(isOcf, 'bad-certificate', 'accepted'),
    openssl: only(isOcf, stricter),
  },
  changed('authority without keyCertSign', () => keyUsage('digitalSignature', 'cRLSign'), {
    expected: 'bad-certificate',
  }),
  changed('authority without cRLSign', () => keyUsage('keyCertSign'), {
    expected: where(isManufacturer, 'bad-certificate', 'accepted'),
    openssl: only(isManufacturer, stricter),
  }),
  changed('authority with digitalSignature too', () => keyUsage('digitalSignature', 'keyCertSign', 'cRLSign'), {
    expected: 'accepted',
  }),
  changed('authority with keyAgreement too', () => keyUsage('keyAgreement', 'keyCertSign', 'cRLSign'), {
    expected: where(isOcf, 'bad-certificate', 'accepted'),
    openssl: only(isOcf, stricter),
  }),
  changed('authority for mail alone', () => extendedKeyUsage(purposes.mail), { expected: 'bad-certificate' }),
  changed('authority for TLS alone', () => extendedKeyUsage(purposes.server, purposes.client), {
    expected: where(isOcf, 'bad-certificate', 'accepted'),
    openssl: only(isOcf, 'OpenSSL knows no OCF purposes, and so misses none of an authority'),
  }),
  changed('authority for all that its leaf is for', ({ shape }) => extendedKeyUsage(...purposesOf(shape)), {
    expected: 'accepted',
  }),
  changed('authority for any purpose', () => extendedKeyUsage(purposes.any), {
    expected: 'accepted',
    openssl: 'OpenSSL 3 does not count anyExtendedKeyUsage where it looks for one purpose',
  }),
];
