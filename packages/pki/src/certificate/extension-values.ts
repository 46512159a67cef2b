import { FormatError } from '@selvage/core';
import { contextTag, DerTag } from '../der/element.js';
import { anyElement, type DerType, sequence, sequenceOf } from '../der/fields.js';
import { objectIdentifier } from '../der/object-identifier.js';
import { boolean, count, octetsAs } from '../der/values.js';

/** BasicConstraints (RFC 5280 §4.2.1.9). */
export interface BasicConstraints {
  readonly isAuthority: boolean;
  /** How many authorities may stand between this one and the last certificate; `undefined` for any number. */
  readonly pathLength: number | undefined;
}

/** A FALSE that is written out, which DER leaves to the default, is let pass: some authorities write it. */
export const basicConstraints: DerType<BasicConstraints> = sequence((fields) => ({
  isAuthority: fields.readIf('cA', DerTag.boolean, boolean) ?? false,
  pathLength: fields.readIf('pathLenConstraint', DerTag.integer, count),
}));

/** ExtKeyUsageSyntax ::= SEQUENCE SIZE (1..MAX) OF KeyPurposeId (RFC 5280 §4.2.1.12), dotted. */
export const extendedKeyUsage: DerType<string[]> = sequenceOf(objectIdentifier, 1);

const [keyIdTag, issuerTag, serialTag] = [
  contextTag(0, 'primitive'),
  contextTag(1, 'constructed'),
  contextTag(2, 'primitive'),
];

/** The keyIdentifier of AuthorityKeyIdentifier (RFC 5280 §4.2.1.1); issuer and serial number, if any, are not used. */
export const authorityKeyIdentifier: DerType<Uint8Array | undefined> = sequence((fields) => {
  const keyIdentifier = fields.readIf('keyIdentifier', keyIdTag, octetsAs(keyIdTag));
  const issuer = fields.readIf('authorityCertIssuer', issuerTag, anyElement);
  const serial = fields.readIf('authorityCertSerialNumber', serialTag, anyElement);
  if ((issuer === undefined) === (serial === undefined)) return keyIdentifier;
  throw new FormatError('invalid-value', 'an issuer without a serial number, or the other way round');
});
