import { keyPurposes } from '../certificate/extension-ids.js';
import type { CertifiedKeyUsage } from '../certificate/key-usage.js';

/** What keyUsage must and may be. */
export interface KeyUsageRule {
  /** Whether a certificate without the extension passes. */
  readonly mayBeAbsent: boolean;
  readonly required: readonly CertifiedKeyUsage[];
  /** At least one of these, where there are any. */
  readonly oneOf?: readonly CertifiedKeyUsage[] | undefined;
  /** The only ones there may be beside those required; all, where this is left out. */
  readonly allowed?: readonly CertifiedKeyUsage[] | undefined;
}

/** What extendedKeyUsage must and must not have, as object identifiers. */
export interface KeyPurposeRule {
  /** Whether a certificate without the extension passes. */
  readonly mayBeAbsent: boolean;
  readonly required: readonly string[];
  readonly forbidden: readonly string[];
}

/** What the last certificate of a chain must be to serve a purpose. */
export interface LeafRule {
  readonly keyUsage: KeyUsageRule;
  readonly extendedKeyUsage: KeyPurposeRule;
  /** Whether its one common name must be `uuid:` and the device's UUID. */
  readonly namesDevice: boolean;
  /** Whether it grants roles. */
  readonly grantsRoles: boolean;
}

/** What the authorities above it must be. */
export interface IssuerRule {
  readonly keyUsage: KeyUsageRule;
  /** Whether an authority below the anchor may certify itself, as at a change of keys. */
  readonly maySelfIssue: boolean;
  /** The path length that each authority below the anchor must state; any, where this is left out. */
  readonly pathLength?: number | undefined;
}

/** What a chain is judged for. */
export interface Purpose {
  /** Stands in messages, such as `OCF identity`. */
  readonly name: string;
  readonly leaf: LeafRule;
  readonly issuers: IssuerRule;
}

const { anyExtendedKeyUsage, attestation, clientAuth, ocfIdentity, ocfRole, serverAuth } = keyPurposes;

const ocfLeafUsage: KeyUsageRule = {
  mayBeAbsent: false,
  required: ['digitalSignature', 'keyAgreement'],
  allowed: [],
};

const ocfIssuers: IssuerRule = {
  keyUsage: { mayBeAbsent: false, required: ['keyCertSign'], allowed: ['digitalSignature', 'cRLSign'] },
  maySelfIssue: false,
};

const identityPurposes: KeyPurposeRule = {
  mayBeAbsent: false,
  required: [serverAuth, clientAuth, ocfIdentity],
  forbidden: [ocfRole, anyExtendedKeyUsage],
};

/** An OCF device's identity, of its owner's authority: names the device. */
export const ocfIdentityPurpose: Purpose = {
  name: 'OCF identity',
  leaf: { keyUsage: ocfLeafUsage, extendedKeyUsage: identityPurposes, namesDevice: true, grantsRoles: false },
  issuers: ocfIssuers,
};

/**
 * An OCF device as its manufacturer made it, shown while it changes owners: its common name is free, and between it and
 * the root stands at most one authority, of path length 0.
 */
export const ocfManufacturerPurpose: Purpose = {
  name: 'OCF manufacturer',
  leaf: { keyUsage: ocfLeafUsage, extendedKeyUsage: identityPurposes, namesDevice: false, grantsRoles: false },
  issuers: {
    keyUsage: { mayBeAbsent: false, required: ['keyCertSign', 'cRLSign'], allowed: ['digitalSignature'] },
    maySelfIssue: false,
    pathLength: 0,
  },
};

/** The key that a device attests with, certified by its manufacturer: it serves for nothing else. */
export const attestationPurpose: Purpose = {
  name: 'attestation',
  leaf: {
    keyUsage: { mayBeAbsent: false, required: ['digitalSignature'], allowed: [] },
    extendedKeyUsage: {
      mayBeAbsent: false,
      required: [attestation],
      forbidden: [serverAuth, clientAuth, ocfIdentity, ocfRole, anyExtendedKeyUsage],
    },
    namesDevice: false,
    grantsRoles: false,
  },
  issuers: ocfManufacturerPurpose.issuers,
};

/** The roles of an OCF device. */
export const ocfRolePurpose: Purpose = {
  name: 'OCF role',
  leaf: {
    keyUsage: ocfLeafUsage,
    extendedKeyUsage: {
      mayBeAbsent: false,
      required: [serverAuth, clientAuth, ocfRole],
      forbidden: [ocfIdentity, anyExtendedKeyUsage],
    },
    namesDevice: true,
    grantsRoles: true,
  },
  issuers: ocfIssuers,
};

/** A TLS or DTLS server outside OCF, by RFC 5280 alone. */
export const tlsServerPurpose: Purpose = tlsPurpose('TLS server', serverAuth);

/** A TLS or DTLS client outside OCF, by RFC 5280 alone. */
export const tlsClientPurpose: Purpose = tlsPurpose('TLS client', clientAuth);

function tlsPurpose(name: string, purpose: string): Purpose {
  return {
    name,
    leaf: {
      keyUsage: { mayBeAbsent: true, required: [], oneOf: ['digitalSignature', 'keyAgreement'] },
      extendedKeyUsage: { mayBeAbsent: true, required: [purpose], forbidden: [] },
      namesDevice: false,
      grantsRoles: false,
    },
    issuers: { keyUsage: { mayBeAbsent: true, required: ['keyCertSign'] }, maySelfIssue: true },
  };
}
