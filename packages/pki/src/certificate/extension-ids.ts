/** Extensions of certificates that are understood here, RFC 5280 §4.2.1 and RFC 8520 §11. */
export const extensionIds = {
  subjectKeyIdentifier: '2.5.29.14',
  keyUsage: '2.5.29.15',
  subjectAltName: '2.5.29.17',
  basicConstraints: '2.5.29.19',
  nameConstraints: '2.5.29.30',
  authorityKeyIdentifier: '2.5.29.35',
  extendedKeyUsage: '2.5.29.37',
  /** id-pe-mud-url: where the device's description of its traffic is. */
  mudUrl: '1.3.6.1.5.5.7.1.25',
} as const;

/** Purposes of extendedKeyUsage: RFC 5280 §4.2.1.12, those of OCF, and that of evidence. */
export const keyPurposes = {
  anyExtendedKeyUsage: '2.5.29.37.0',
  serverAuth: '1.3.6.1.5.5.7.3.1',
  clientAuth: '1.3.6.1.5.5.7.3.2',
  ocfIdentity: '1.3.6.1.4.1.44924.1.6',
  ocfRole: '1.3.6.1.4.1.44924.1.7',
  /** tcg-dice-kp-attestInit (TCG DICE Attestation Architecture): signs evidence, by the maker's word. */
  attestation: '2.23.133.5.4.100.8',
} as const;

const names: ReadonlyMap<string, string> = new Map([
  ...Object.entries({ ...extensionIds, ...keyPurposes }).map(([name, id]) => [id, name] as const),
  ['2.5.29.31', 'cRLDistributionPoints'],
  ['2.5.29.32', 'certificatePolicies'],
  ['2.5.29.33', 'policyMappings'],
  ['2.5.29.36', 'policyConstraints'],
  ['2.5.29.54', 'inhibitAnyPolicy'],
  ['2.5.29.20', 'cRLNumber'],
  ['2.5.29.21', 'reasonCode'],
  ['2.5.29.27', 'deltaCRLIndicator'],
  ['2.5.29.28', 'issuingDistributionPoint'],
  ['2.5.29.29', 'certificateIssuer'],
]);

/** The name of an extension or a purpose where it has one here, else its object identifier. */
export function identifierName(id: string): string {
  return names.get(id) ?? id;
}
