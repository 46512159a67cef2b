import { IA5String } from 'asn1js';
import { AltName, AuthorityKeyIdentifier, BasicConstraints, Extension, ExtKeyUsage, GeneralName } from 'pkijs';
import { BitString, Enumerated, OctetString, type BaseBlock } from 'asn1js';
import { extensionIds } from '../certificate/extension-ids.js';
import { type CertifiedKeyUsage, keyUsageNames } from '../certificate/key-usage.js';
import type { Name } from '../names/name.js';
import { listExtensionIds } from '../revocation/certificate-list.js';
import { type RevocationReason, revocationReasons } from '../revocation/reasons.js';
import { integerOf, pkijsName } from './asn1.js';

/** basicConstraints: critical for an authority; for others empty, as the reference writes it. */
export function basicConstraintsExtension(authority?: { readonly pathLength?: number | undefined }): Extension {
  const pathLength = authority?.pathLength;
  const value = new BasicConstraints({
    cA: authority !== undefined,
    ...(pathLength !== undefined && { pathLenConstraint: pathLength }),
  });
  return extension('basicConstraints', value.toSchema(), authority !== undefined);
}

/** keyUsage, critical, with no zero bits at its end (X.690 §11.2.2). */
export function keyUsageExtension(usages: readonly CertifiedKeyUsage[]): Extension {
  const bits = usages.map((usage) => keyUsageNames.indexOf(usage));
  const last = Math.max(...bits);
  const bytes = new Uint8Array(Math.floor(last / 8) + 1);
  for (const bit of bits) bytes[bit >> 3] = (bytes[bit >> 3] as number) | (0x80 >> (bit & 7));
  return extension('keyUsage', new BitString({ valueHex: bytes.buffer, unusedBits: 7 - (last & 7) }), true);
}

/** extendedKeyUsage, of object identifiers. */
export function extendedKeyUsageExtension(purposes: readonly string[]): Extension {
  return extension('extendedKeyUsage', new ExtKeyUsage({ keyPurposes: [...purposes] }).toSchema());
}

/** subjectAltName of directory names: how OCF writes roles. */
export function directoryNamesExtension(names: readonly Name[]): Extension {
  const directoryName = 4;
  const altNames = names.map((name) => new GeneralName({ type: directoryName, value: pkijsName(name) }));
  return extension('subjectAltName', new AltName({ altNames }).toSchema());
}

export function subjectKeyIdentifierExtension(keyIdentifier: Uint8Array): Extension {
  return extension('subjectKeyIdentifier', octets(keyIdentifier));
}

export function authorityKeyIdentifierExtension(keyIdentifier: Uint8Array): Extension {
  const value = new AuthorityKeyIdentifier({ keyIdentifier: octets(keyIdentifier) });
  return extension('authorityKeyIdentifier', value.toSchema());
}

/** id-pe-mud-url, RFC 8520 §11. */
export function mudUrlExtension(url: string): Extension {
  return extension('mudUrl', new IA5String({ value: url }));
}

/** cRLNumber, RFC 5280 §5.2.3; the content bytes of a positive INTEGER. */
export function listNumberExtension(number: Uint8Array): Extension {
  return new Extension({ extnID: listExtensionIds.number, extnValue: integerOf(number).toBER(false) });
}

/** reasonCode of an entry, RFC 5280 §5.3.1. */
export function reasonExtension(reason: RevocationReason): Extension {
  const value = new Enumerated({ value: revocationReasons[reason] });
  return new Extension({ extnID: listExtensionIds.reasonCode, extnValue: value.toBER(false) });
}

function extension(id: keyof typeof extensionIds, value: BaseBlock, critical = false): Extension {
  return new Extension({ extnID: extensionIds[id], critical, extnValue: value.toBER(false) });
}

function octets(bytes: Uint8Array): OctetString {
  return new OctetString({ valueHex: bytes.slice().buffer });
}
