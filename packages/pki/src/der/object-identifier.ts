import { FormatError } from '@selvage/core';
import { DerTag } from './element.js';
import { contentOf, type DerType } from './fields.js';

/** Arcs above this are no longer exact as numbers; no real identifier comes near. */
const largestArc = 2 ** 48;

/** OBJECT IDENTIFIER in dotted decimal, such as `2.5.4.3` (X.690 §8.19). */
export const objectIdentifier: DerType<string> = (element) => dotted(contentOf(element, DerTag.objectIdentifier));

/** The same under an implicit context tag. */
export function objectIdentifierAs(tag: number): DerType<string> {
  return (element) => dotted(contentOf(element, tag));
}

function dotted(content: Uint8Array): string {
  const arcs = arcsOf(content);
  const first = arcs[0];
  if (first === undefined) throw new FormatError('invalid-value', 'an object identifier without arcs');
  const root = Math.min(Math.floor(first / 40), 2);
  return [root, first - 40 * root, ...arcs.slice(1)].join('.');
}

function arcsOf(content: Uint8Array): number[] {
  const arcs: number[] = [];
  let arc = 0;
  let isOpen = false;
  for (const byte of content) {
    if (!isOpen && byte === 0x80) throw new FormatError('invalid-value', 'an arc that is not in its shortest form');
    arc = 128 * arc + (byte & 0x7f);
    if (arc > largestArc) throw new FormatError('invalid-value', 'an arc of an object identifier beyond 2^48');
    isOpen = byte >= 0x80;
    if (isOpen) continue;
    arcs.push(arc);
    arc = 0;
  }
  if (isOpen) throw new FormatError('invalid-value', 'an object identifier that ends within an arc');
  return arcs;
}
