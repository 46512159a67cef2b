import { type DerType, elementsOf, sequence, setOf } from '../der/fields.js';
import { DerTag } from '../der/element.js';
import { objectIdentifier } from '../der/object-identifier.js';
import { textOf } from '../der/strings.js';

/** One AttributeTypeAndValue of a name. */
export interface NameAttribute {
  /** The type's object identifier, such as `2.5.4.3` for a common name. */
  readonly type: string;
  /** The text; `undefined` for a value that is no character string. */
  readonly text: string | undefined;
  /** The whole value in DER. */
  readonly value: Uint8Array;
}

/** A distinguished name (RFC 5280 §4.1.2.4): its DER, and what it says, most general part first. */
export interface Name {
  readonly der: Uint8Array;
  readonly parts: readonly (readonly NameAttribute[])[];
}

const attribute: DerType<NameAttribute> = sequence((fields) => {
  const type = fields.read('type', objectIdentifier);
  const { text, raw } = fields.read('value', (element) => ({ text: textOf(element), raw: element.raw }));
  return { type, text, value: raw };
});

const parts = elementsOf(DerTag.sequence, setOf(attribute, 1));

/** Name ::= SEQUENCE OF SET SIZE (1..MAX) OF AttributeTypeAndValue. */
export const name: DerType<Name> = (element) => ({ der: element.raw, parts: parts(element) });

/** The texts of all attributes of one type, in their order. */
export function textsOf({ parts: all }: Name, type: string): string[] {
  const found = all.flat().filter((entry) => entry.type === type);
  return found.flatMap(({ text }) => (text === undefined ? [] : [text]));
}
