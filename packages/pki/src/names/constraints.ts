import { FormatError } from '@selvage/core';
import { contextTag } from '../der/element.js';
import { type DerType, elementsOf, sequence } from '../der/fields.js';
import { countAs } from '../der/values.js';
import { attributeTypes } from './attribute-types.js';
import { generalName, type GeneralName } from './general-name.js';
import { matchesSubtree } from './subtree.js';
import { type Name, textsOf } from './name.js';

/** NameConstraints of an authority (RFC 5280 §4.2.1.10): the subtrees that names below it must, and must not, lie in. */
export interface NameConstraints {
  readonly permitted: readonly GeneralName[];
  readonly excluded: readonly GeneralName[];
}

const subtree: DerType<GeneralName> = sequence((fields) => {
  const base = fields.read('base', generalName);
  const minimum = fields.readIf('minimum', contextTag(0, 'primitive'), countAs(contextTag(0, 'primitive'))) ?? 0;
  const maximum = fields.readIf('maximum', contextTag(1, 'primitive'), countAs(contextTag(1, 'primitive')));
  if (minimum === 0 && maximum === undefined) return base;
  throw new FormatError('invalid-value', 'a subtree of other than whole depth, which RFC 5280 does not have');
});

const [permittedTag, excludedTag] = [contextTag(0, 'constructed'), contextTag(1, 'constructed')];

export const nameConstraints: DerType<NameConstraints> = sequence((fields) => ({
  permitted: fields.readIf('permittedSubtrees', permittedTag, elementsOf(permittedTag, subtree, 1)) ?? [],
  excluded: fields.readIf('excludedSubtrees', excludedTag, elementsOf(excludedTag, subtree, 1)) ?? [],
}));

/** A name that an authority may not vouch for: because no permitted subtree has it, or because an excluded one has. */
export interface ConstraintViolation {
  readonly name: GeneralName;
  readonly rule: 'permitted' | 'excluded';
}

/**
 * The first of these names that the constraints do not let pass. Constraints on a kind of name bind names of that kind
 * only; a kind that cannot be compared here is let pass by none.
 */
export function violationOf(
  { permitted, excluded }: NameConstraints,
  names: readonly GeneralName[],
): ConstraintViolation | undefined {
  for (const name of names) {
    const [allowed, denied] = [permitted, excluded].map((trees) => trees.filter(({ kind }) => kind === name.kind));
    if (denied?.some((base) => matchesSubtree(name, base) ?? true)) return { name, rule: 'excluded' };
    const isBound = allowed !== undefined && allowed.length > 0;
    if (isBound && !allowed.some((base) => matchesSubtree(name, base) ?? false)) return { name, rule: 'permitted' };
  }
  return undefined;
}

/** All names of a certificate that constraints bind: its subject, mail addresses in there, and the alternative names. */
export function constrainedNames(subject: Name, alternatives: readonly GeneralName[]): GeneralName[] {
  const mail = textsOf(subject, attributeTypes.emailAddress);
  return [
    ...(subject.parts.length > 0 ? [{ kind: 'directoryName', name: subject } as const] : []),
    ...mail.map((text) => ({ kind: 'rfc822Name', text }) as const),
    ...alternatives,
  ];
}
