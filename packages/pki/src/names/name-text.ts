import { SelvageError, toHex } from '@selvage/core';
import { shortNameOf, typeOfShortName } from './attribute-types.js';
import type { Name, NameAttribute } from './name.js';

/**
 * A name for people, most general part first, such as `O=Lab, CN=Lab Root`. Signs that have a meaning there are escaped
 * (RFC 4514 §2.4), and so is what could change the terminal it is printed on: a peer chooses its name.
 */
export function nameText({ parts }: Name): string {
  if (parts.length === 0) return '(empty name)';
  return parts.map((part) => part.map(attributeText).join('+')).join(', ');
}

/** An attribute of a name that is to be made: its type by short name or object identifier, and its text. */
export type AttributeInput = readonly [type: string, text: string];

/**
 * Reads a name as {@link nameText} writes it: `O=Lab, CN=Lab Root`, most general part first; a backslash lets a comma
 * stand for itself. Each part has one attribute.
 * @throws SelvageError `invalid-argument`.
 */
export function parseNameText(text: string): AttributeInput[] {
  const parts = text.match(/(?:\\.|[^,\\])+/g) ?? [];
  if (parts.join(',') !== text || parts.length === 0) throw unreadable(text);
  return parts.map((part) => {
    const [, type = '', value = ''] = /^\s*([A-Za-z][A-Za-z0-9]*|[0-9.]+)\s*=\s*(.*?)\s*$/su.exec(part) ?? [];
    if (typeOfShortName(type) === undefined || value === '') throw unreadable(text);
    return [type, value.replace(/\\(.)/gsu, '$1')] as const;
  });
}

function attributeText({ type, text, value }: NameAttribute): string {
  return `${shortNameOf(type)}=${text === undefined ? `#${toHex(value)}` : escapeText(text)}`;
}

function escapeText(text: string): string {
  return text
    .replace(/[\\,+"<>;]/g, '\\$&')
    .replace(/^[ #]| $/g, '\\$&')
    .replace(/[\p{C}\p{Zl}\p{Zp}]/gu, (sign) => `\\u{${(sign.codePointAt(0) as number).toString(16)}}`);
}

function unreadable(text: string): SelvageError {
  return new SelvageError('invalid-argument', `${JSON.stringify(text)} is no name of a certificate`, {
    remedy: 'write it as O=My Company,CN=My Root: types are CN, O, OU, C, L, ST, serialNumber and object identifiers',
  });
}
