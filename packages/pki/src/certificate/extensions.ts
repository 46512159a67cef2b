import { FormatError, within } from '@selvage/core';
import { DerTag } from '../der/element.js';
import { type DerType, readDer, sequence, sequenceOf } from '../der/fields.js';
import { objectIdentifier } from '../der/object-identifier.js';
import { ia5String } from '../der/strings.js';
import { boolean, octetString } from '../der/values.js';
import { type NameConstraints, nameConstraints } from '../names/constraints.js';
import { type GeneralName, generalNames } from '../names/general-name.js';
import { extensionIds, identifierName } from './extension-ids.js';
import {
  authorityKeyIdentifier,
  type BasicConstraints,
  basicConstraints,
  extendedKeyUsage,
} from './extension-values.js';
import { type CertifiedKeyUsage, keyUsage } from './key-usage.js';

/** One extension as it stands in a certificate, a request or a list (RFC 5280 §4.2). */
export interface Extension {
  readonly id: string;
  readonly isCritical: boolean;
  readonly value: Uint8Array;
}

/** What the extensions of a certificate say; `undefined` for those it has not. */
export interface CertificateExtensions {
  readonly all: readonly Extension[];
  readonly basicConstraints: BasicConstraints | undefined;
  readonly keyUsage: readonly CertifiedKeyUsage[] | undefined;
  /** Purposes as object identifiers. */
  readonly extendedKeyUsage: readonly string[] | undefined;
  readonly subjectAltName: readonly GeneralName[] | undefined;
  readonly nameConstraints: NameConstraints | undefined;
  readonly subjectKeyIdentifier: Uint8Array | undefined;
  readonly authorityKeyIdentifier: Uint8Array | undefined;
  /** The MUD URL (RFC 8520 §11) as it stands there: what it may be is for the MUD layer to judge. */
  readonly mudUrl: string | undefined;
}

const extension: DerType<Extension> = sequence((fields) => ({
  id: fields.read('extnID', objectIdentifier),
  isCritical: fields.readIf('critical', DerTag.boolean, boolean) ?? false,
  value: fields.read('extnValue', octetString),
}));

/** Extensions ::= SEQUENCE SIZE (1..MAX) OF Extension, none of them twice. */
export const extensions: DerType<Extension[]> = (element) => {
  const list = sequenceOf(extension, 1)(element);
  const seen = new Set<string>();
  for (const { id } of list) {
    if (seen.has(id)) throw new FormatError('invalid-value', `the extension ${identifierName(id)} stands there twice`);
    seen.add(id);
  }
  return list;
};

/** Reads what is understood of the extensions; one that is there and cannot be read is an error, critical or not. */
export function readExtensions(all: readonly Extension[]): CertificateExtensions {
  const find = <T>(id: keyof typeof extensionIds, type: DerType<T>): T | undefined => {
    const found = all.find((entry) => entry.id === extensionIds[id]);
    return found && valueOf(found, type);
  };
  return {
    all,
    basicConstraints: find('basicConstraints', basicConstraints),
    keyUsage: find('keyUsage', keyUsage),
    extendedKeyUsage: find('extendedKeyUsage', extendedKeyUsage),
    subjectAltName: find('subjectAltName', generalNames),
    nameConstraints: find('nameConstraints', nameConstraints),
    subjectKeyIdentifier: find('subjectKeyIdentifier', octetString),
    authorityKeyIdentifier: find('authorityKeyIdentifier', authorityKeyIdentifier),
    mudUrl: find('mudUrl', ia5String),
  };
}

/** The value of an extension. @throws SelvageError that names the extension. */
export function valueOf<T>({ id, value }: Extension, type: DerType<T>): T {
  try {
    return readDer(value, type);
  } catch (error) {
    throw within(error, identifierName(id));
  }
}

const understood: ReadonlySet<string> = new Set(Object.values(extensionIds));

/** The critical extensions that nothing here understands: whoever relies on the certificate must refuse it. */
export function unknownCritical(all: readonly Extension[]): string[] {
  return all.filter(({ id, isCritical }) => isCritical && !understood.has(id)).map(({ id }) => id);
}
