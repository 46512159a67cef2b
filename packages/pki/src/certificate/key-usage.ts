import { FormatError } from '@selvage/core';
import type { DerType } from '../der/fields.js';
import { namedBits } from '../der/values.js';

/** The bits of keyUsage in their order (RFC 5280 §4.2.1.3). */
export const keyUsageNames = [
  'digitalSignature',
  'contentCommitment',
  'keyEncipherment',
  'dataEncipherment',
  'keyAgreement',
  'keyCertSign',
  'cRLSign',
  'encipherOnly',
  'decipherOnly',
] as const;

/** What a certified key may be used for. */
export type CertifiedKeyUsage = (typeof keyUsageNames)[number];

const bits = namedBits();

/** KeyUsage ::= BIT STRING of named bits, at least one of them set. */
export const keyUsage: DerType<CertifiedKeyUsage[]> = (element) => {
  const usages = bits(element).map((bit) => {
    const name = keyUsageNames[bit];
    if (name === undefined) throw new FormatError('invalid-value', `a key usage ${bit} that has no name`);
    return name;
  });
  if (usages.length > 0) return usages;
  throw new FormatError('invalid-value', 'no key usage at all');
};
