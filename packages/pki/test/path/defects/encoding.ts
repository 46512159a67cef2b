import { concat } from '@selvage/core';
import * as der from '../../support/der-writer.js';
import { type Defect, isBelowAnchor, isLeaf, only, target } from './defect.js';

const strict = 'OpenSSL reads BER';

function bent(
  name: string,
  bend: (certificate: Uint8Array) => Uint8Array,
  rest: Omit<Defect, 'name' | 'apply'>,
): Defect {
  return { name, ...rest, apply: (scenario, place) => (target(scenario, place).bend = bend) };
}

function serial(name: string, ...content: readonly number[]): Defect {
  return {
    name,
    apply: (scenario, place) => (target(scenario, place).serial = der.integer(...content)),
    expected: 'accepted',
  };
}

/** X.690 §10, RFC 5280 §4.1. */
export const encodingDefects: readonly Defect[] = [
  bent('a byte behind the certificate', (bytes) => concat(bytes, new Uint8Array(1)), {
    expected: 'bad-certificate',
    openssl: 'OpenSSL reads the certificate and leaves the rest',
  }),
  bent('the last byte missing', (bytes) => bytes.subarray(0, -1), { expected: 'bad-certificate' }),
  bent('a length longer than it needs to be', der.withLongLength, { expected: 'bad-certificate', openssl: strict }),
  bent('an indefinite length', (bytes) => concat(Uint8Array.of(0x30, 0x80), bytes.subarray(4), new Uint8Array(2)), {
    expected: 'bad-certificate',
    openssl: strict,
  }),
  bent('no certificate at all', () => new TextEncoder().encode('certificate'), { expected: 'bad-certificate' }),
  bent('nothing', () => der.nothing, { expected: 'bad-certificate' }),
  bent('17 KB of certificate', (bytes) => concat(bytes, new Uint8Array(17_000)), {
    expected: 'bad-certificate',
    openssl: 'OpenSSL reads the certificate and leaves the rest',
  }),
  serial('serial number zero', 0x00),
  serial('negative serial number', 0x85, 0x01),
  serial('serial number of 21 bytes', 0x00, ...new Uint8Array(20).fill(0x99)),
  {
    name: 'serial number with a zero too many',
    apply: (scenario, place) => (target(scenario, place).serial = der.integer(0x00, 0x11)),
    expected: 'bad-certificate',
  },
  {
    name: 'a key whose bits do not fill bytes',
    at: isBelowAnchor,
    apply: (scenario, place) => {
      const forgery = target(scenario, place);
      const bits = forgery.publicKeyInfo.slice();
      // The unused bits of the BIT STRING, which the key of 65 bytes follows.
      bits[bits.length - 66] = 1;
      forgery.publicKeyInfo = bits;
    },
    expected: 'bad-certificate',
    openssl: only(isLeaf, 'OpenSSL does not look at the key of a leaf'),
  },
];
