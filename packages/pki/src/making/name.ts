import { SelvageError } from '@selvage/core';
import { DerTag } from '../der/element.js';
import { readDer } from '../der/fields.js';
import { objectIdentifierElement, sequenceElement, setElement, textElement } from '../der/write.js';
import { attributeTypes, shortNameOf, typeOfShortName } from '../names/attribute-types.js';
import { name, type Name } from '../names/name.js';
import type { AttributeInput } from '../names/name-text.js';

/** Attributes that RFC 5280 appendix A wants in a type of their own; all others are UTF8String. */
const stringTypes: Readonly<Record<string, number>> = {
  [attributeTypes.C]: DerTag.printableString,
  [attributeTypes.serialNumber]: DerTag.printableString,
  [attributeTypes.dnQualifier]: DerTag.printableString,
  [attributeTypes.DC]: DerTag.ia5String,
  [attributeTypes.emailAddress]: DerTag.ia5String,
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
  const parts = attributes.map(([type, text]) => setElement(attributeElement(type, text)));
  return readDer(sequenceElement(...parts), name, 'name');
}

/** The attributes that {@link makeName} made a name of, or would make it of. */
export function attributesOf({ parts }: Name): AttributeInput[] {
  return parts.flat().map(({ type, text = '' }) => [shortNameOf(type), text] as const);
}

function attributeElement(typeName: string, text: string): Uint8Array {
  const type = typeOfShortName(typeName);
  if (type === undefined) throw unusable(typeName, text, 'is no type of attribute');
  const isAscii = stringTypes[type] !== undefined;
  if (text === '' || text.length > longestText) throw unusable(typeName, text, `needs 1 to ${longestText} characters`);
  if (type === attributeTypes.C && !/^[A-Z]{2}$/.test(text))
    throw unusable(typeName, text, 'is a country of two letters');
  const form = stringTypes[type] === DerTag.printableString ? printable : ascii;
  if (isAscii && !form.test(text)) throw unusable(typeName, text, 'has signs that it cannot have');
  return sequenceElement(objectIdentifierElement(type), textElement(stringTypes[type] ?? DerTag.utf8String, text));
}

function unusable(type: string, text: string, problem: string): SelvageError {
  return new SelvageError(
    'invalid-argument',
    `${type}=${JSON.stringify(text)} cannot be part of a name: it ${problem}`,
  );
}
