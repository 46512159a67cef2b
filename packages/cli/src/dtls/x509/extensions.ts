import { SelvageError, toHex } from '@selvage/core';
import { contentOf, derContent, derElements, DerTag } from './der.js';

/** What the extensions of a certificate say of it. */
export interface CertificateExtensions {
  /** basicConstraints: whether it may issue certificates, and how many more issuers may follow. */
  readonly isAuthority: boolean;
  readonly pathLength: number | undefined;
  /** A critical extension that is not understood here, as the hexadecimal of its OID. */
  readonly strangeCritical: string | undefined;
}

const basicConstraints = '551d13';
/**
 * Critical extensions that are let pass: basicConstraints, which is judged; keyUsage, extKeyUsage and subjectAltName,
 * which are not, as the help says. Another one, such as name constraints, would narrow what is let in unseen.
 */
const tolerated: ReadonlySet<string> = new Set([basicConstraints, '551d0f', '551d25', '551d11']);

/** Reads `extensions` of RFC 5280 §4.2; `undefined` where a certificate has none. */
export function readExtensions(content: Uint8Array | undefined): CertificateExtensions {
  let read: CertificateExtensions = { isAuthority: false, pathLength: undefined, strangeCritical: undefined };
  if (content === undefined) return read;
  for (const element of derElements(derContent(content, DerTag.sequence))) {
    const parts = derElements(contentOf(element, DerTag.sequence));
    const oid = toHex(contentOf(parts[0], DerTag.objectIdentifier));
    const isCritical = parts[1]?.tag === DerTag.boolean && parts[1].content[0] !== 0;
    if (isCritical && !tolerated.has(oid)) read = { ...read, strangeCritical: oid };
    if (oid === basicConstraints)
      read = { ...read, ...readBasicConstraints(contentOf(parts.at(-1), DerTag.octetString)) };
  }
  return read;
}

/** `SEQUENCE { cA BOOLEAN DEFAULT FALSE, pathLenConstraint INTEGER OPTIONAL }`, RFC 5280 §4.2.1.9. */
function readBasicConstraints(value: Uint8Array): Pick<CertificateExtensions, 'isAuthority' | 'pathLength'> {
  const parts = derElements(derContent(value, DerTag.sequence));
  const isAuthority = parts[0]?.tag === DerTag.boolean && parts[0].content[0] !== 0;
  const length = parts.find(({ tag }) => tag === DerTag.integer)?.content;
  if (length === undefined) return { isAuthority, pathLength: undefined };
  if (length.length === 1 && (length[0] as number) < 0x80) return { isAuthority, pathLength: length[0] };
  throw new SelvageError('invalid-value', 'a path length constraint that no chain could reach');
}
