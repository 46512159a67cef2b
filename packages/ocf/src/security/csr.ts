import type { CborInput, CborValue } from '@selvage/core';
import { oneOf } from '../property/one-of.js';
import type { Valued } from '../property/property-type.js';
import { record } from '../property/record.js';
import { text } from '../property/text.js';
import { encodings } from './credential.js';

const csr = record({ csr: text({ maximum: 8192 }), encoding: oneOf([encodings.pem]) }, { unknown: 'ignore' });

/** `/oic/sec/csr`: the device's request for a certificate, in PEM. */
export type Csr = Valued<typeof csr>;

/** @throws FormatError `invalid-value` */
export function readCsr(value: CborValue): Csr {
  return csr.read(value);
}

export function writeCsr(value: Csr): CborInput {
  return csr.write(value);
}
