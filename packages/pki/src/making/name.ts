import { IA5String, ObjectIdentifier, PrintableString, Sequence, Set as AsnSet, Utf8String } from 'asn1js';
import { SelvageError } from '@selvage/core';
import { readDer } from '../der/fields.js';
import { attributeTypes, shortNameOf, typeOfShortName } from '../names/attribute-types.js';
import { name, type Name } from '../names/name.js';
import type { AttributeInput } from '../names/name-text.js';
import { derOf } from './asn1.js';

/** Attributes that RFC 5280 appendix A wants in a type of their own; all others are UTF8String. */
const stringTypes: Readonly<Record<string, typeof PrintableString | typeof IA5String>> = {
  [attributeTypes.C]: PrintableString,
  [attributeTypes.serialNumber]: PrintableString,
  [attributeTypes.dnQualifier]: PrintableString,
  [attributeTypes.DC]: IA5String,
  [attributeTypes.emailAddress]: IA5String,
};

/** Upper bound of X.520 for the types that are used here; longer names are refused by other programs. */
const longestText = 64;

const printable = /^[A-Za-z0-9 '()+,\-./:=?]*$/;
const ascii = /^[\x20-\x7e]*$/;

/**
 * Makes a distinguished name, one attribute a part.
 * @throws SelvageError `invalid-argument` for an unknown type, and for a text that is empty, too long or has signs that
 *   its type has not.
 */
export function makeName(attributes: readonly AttributeInput[]): Name {
  const parts = attributes.map(([type, text]) => new AsnSet({ value: [attributeBlock(type, text)] }));
  return readDer(derOf(new Sequence({ value: parts })), name, 'name');
}

/** The attributes that {@link makeName} made a name of, or would make it of. */
export function attributesOf({ parts }: Name): AttributeInput[] {
  return parts.flat().map(({ type, text = '' }) => [shortNameOf(type), text] as const);
}

function attributeBlock(typeName: string, text: string): Sequence {
  const type = typeOfShortName(typeName);
  if (type === undefined) throw unusable(typeName, text, 'is no type of attribute');
  const isAscii = stringTypes[type] !== undefined;
  if (text === '' || text.length > longestText) throw unusable(typeName, text, `needs 1 to ${longestText} characters`);
  if (type === attributeTypes.C && !/^[A-Z]{2}$/.test(text))
    throw unusable(typeName, text, 'is a country of two letters');
  const form = stringTypes[type] === PrintableString ? printable : ascii;
  if (isAscii && !form.test(text)) throw unusable(typeName, text, 'has signs that it cannot have');
  const StringType = stringTypes[type] ?? Utf8String;
  return new Sequence({ value: [new ObjectIdentifier({ value: type }), new StringType({ value: text })] });
}

function unusable(type: string, text: string, problem: string): SelvageError {
  return new SelvageError(
    'invalid-argument',
    `${type}=${JSON.stringify(text)} cannot be part of a name: it ${problem}`,
  );
}
