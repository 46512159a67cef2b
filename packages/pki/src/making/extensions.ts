import { extensionIds } from '../certificate/extension-ids.js';
import type { Extension } from '../certificate/extensions.js';
import { type CertifiedKeyUsage, keyUsageNames } from '../certificate/key-usage.js';
import { contextTag, DerTag } from '../der/element.js';
import {
  booleanElement,
  element,
  integerElement,
  namedBitsElement,
  objectIdentifierElement,
  octetStringElement,
  sequenceElement,
  smallInteger,
  taggedElement,
  textElement,
} from '../der/write.js';
import type { Name } from '../names/name.js';
import { listExtensionIds } from '../revocation/certificate-list.js';
import { type RevocationReason, revocationReasons } from '../revocation/reasons.js';

/** Extensions ::= SEQUENCE OF Extension (RFC 5280 §4.2); what is not critical does not say so (X.690 §11.5). */
export function extensionsElement(extensions: readonly Extension[]): Uint8Array {
  return sequenceElement(
    ...extensions.map(({ id, isCritical, value }) =>
      sequenceElement(
        objectIdentifierElement(id),
        isCritical ? booleanElement(true) : nothing,
        octetStringElement(value),
      ),
    ),
  );
}

const nothing = new Uint8Array(0);

/** basicConstraints: critical for an authority; for others empty, as the reference writes it. */
export function basicConstraintsExtension(authority?: { readonly pathLength?: number | undefined }): Extension {
  if (authority === undefined) return extension('basicConstraints', sequenceElement());
  const { pathLength } = authority;
  const limit = pathLength === undefined ? nothing : smallInteger(pathLength);
  return extension('basicConstraints', sequenceElement(booleanElement(true), limit), true);
}

/** keyUsage, critical. */
export function keyUsageExtension(usages: readonly CertifiedKeyUsage[]): Extension {
  return extension('keyUsage', namedBitsElement(usages.map((usage) => keyUsageNames.indexOf(usage))), true);
}

/** extendedKeyUsage, of object identifiers. */
export function extendedKeyUsageExtension(purposes: readonly string[]): Extension {
  return extension('extendedKeyUsage', sequenceElement(...purposes.map(objectIdentifierElement)));
}

/** subjectAltName of directory names: how OCF writes roles. */
export function directoryNamesExtension(names: readonly Name[]): Extension {
  const directoryName = 4;
  return extension('subjectAltName', sequenceElement(...names.map(({ der }) => taggedElement(directoryName, der))));
}

export function subjectKeyIdentifierExtension(keyIdentifier: Uint8Array): Extension {
  return extension('subjectKeyIdentifier', octetStringElement(keyIdentifier));
}

export function authorityKeyIdentifierExtension(keyIdentifier: Uint8Array): Extension {
  const value = element(contextTag(0, 'primitive'), keyIdentifier);
  return extension('authorityKeyIdentifier', sequenceElement(value));
}

/** id-pe-mud-url, RFC 8520 §11. */
export function mudUrlExtension(url: string): Extension {
  return extension('mudUrl', textElement(DerTag.ia5String, url));
}

/** cRLNumber, RFC 5280 §5.2.3; the content bytes of a positive INTEGER. */
export function listNumberExtension(number: Uint8Array): Extension {
  return { id: listExtensionIds.number, isCritical: false, value: integerElement(number) };
}

/** reasonCode of an entry, RFC 5280 §5.3.1. */
export function reasonExtension(reason: RevocationReason): Extension {
  const value = element(DerTag.enumerated, Uint8Array.of(revocationReasons[reason]));
  return { id: listExtensionIds.reasonCode, isCritical: false, value };
}

function extension(id: keyof typeof extensionIds, value: Uint8Array, isCritical = false): Extension {
  return { id: extensionIds[id], isCritical, value };
}
