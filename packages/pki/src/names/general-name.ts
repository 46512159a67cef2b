import { FormatError } from '@selvage/core';
import { contextTag, type DerElement } from '../der/element.js';
import { type DerType, explicit, sequenceOf } from '../der/fields.js';
import { objectIdentifierAs } from '../der/object-identifier.js';
import { ia5StringAs } from '../der/strings.js';
import { octetsAs } from '../der/values.js';
import { name, type Name } from './name.js';

/** A GeneralName (RFC 5280 §4.2.1.6); the forms that nothing here looks into keep their bytes. */
export type GeneralName =
  | { readonly kind: 'rfc822Name' | 'dNSName' | 'uniformResourceIdentifier'; readonly text: string }
  | { readonly kind: 'directoryName'; readonly name: Name }
  /** 4 or 16 bytes; in a name constraint twice as many, the second half a mask. */
  | { readonly kind: 'iPAddress'; readonly bytes: Uint8Array }
  | { readonly kind: 'registeredID'; readonly id: string }
  | { readonly kind: 'otherName' | 'x400Address' | 'ediPartyName'; readonly bytes: Uint8Array };

/** What kind of name it is. */
export type GeneralNameKind = GeneralName['kind'];

const readers: Readonly<Record<number, DerType<GeneralName>>> = {
  [contextTag(0, 'constructed')]: opaque('otherName'),
  [contextTag(1, 'primitive')]: text('rfc822Name'),
  [contextTag(2, 'primitive')]: text('dNSName'),
  [contextTag(3, 'constructed')]: opaque('x400Address'),
  // A CHOICE cannot be tagged implicitly, so the name stands whole under its tag.
  [contextTag(4, 'constructed')]: (element) => ({
    kind: 'directoryName',
    name: explicit(contextTag(4, 'constructed'), name)(element),
  }),
  [contextTag(5, 'constructed')]: opaque('ediPartyName'),
  [contextTag(6, 'primitive')]: text('uniformResourceIdentifier'),
  [contextTag(7, 'primitive')]: (element) => ({ kind: 'iPAddress', bytes: octetsAs(element.tag)(element) }),
  [contextTag(8, 'primitive')]: (element) => ({
    kind: 'registeredID',
    id: objectIdentifierAs(element.tag)(element),
  }),
};

/** GeneralName ::= CHOICE of nine context tags. */
export const generalName: DerType<GeneralName> = (element) => {
  const reader = readers[element.tag];
  if (reader !== undefined) return reader(element);
  throw new FormatError('invalid-value', `tag 0x${element.tag.toString(16)} is no kind of general name`);
};

/** GeneralNames ::= SEQUENCE SIZE (1..MAX) OF GeneralName. */
export const generalNames: DerType<GeneralName[]> = sequenceOf(generalName, 1);

function text(kind: 'rfc822Name' | 'dNSName' | 'uniformResourceIdentifier'): DerType<GeneralName> {
  return (element: DerElement) => ({ kind, text: ia5StringAs(element.tag)(element) });
}

function opaque(kind: 'otherName' | 'x400Address' | 'ediPartyName'): DerType<GeneralName> {
  return (element: DerElement) => ({ kind, bytes: element.content });
}
