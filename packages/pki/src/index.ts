export { type AlgorithmIdentifier, algorithmName, ecdsaWithSha256 } from './certificate/algorithm.js';
export { type Certificate, readCertificate, serialText, type Validity } from './certificate/certificate.js';
export { extensionIds, identifierName, keyPurposes } from './certificate/extension-ids.js';
export type { BasicConstraints } from './certificate/extension-values.js';
export type { CertificateExtensions, Extension } from './certificate/extensions.js';
export type { CertifiedKeyUsage } from './certificate/key-usage.js';
export { decodePem, encodePem, encodePemChain, type PemLabel } from './pem.js';

export { attributeTypes, type AttributeTypeName } from './names/attribute-types.js';
export { isNameWithin, namesEqual } from './names/compare.js';
export type { NameConstraints } from './names/constraints.js';
export type { GeneralName, GeneralNameKind } from './names/general-name.js';
export { type Name, type NameAttribute, textsOf } from './names/name.js';
export { type AttributeInput, nameText, parseNameText } from './names/name-text.js';

export { type CoseAlgorithm, coseAlgorithmOf, coseHeaders } from './cose/algorithm.js';
export { signatureFromDer, signatureToDer } from './cose/ecdsa-signature.js';
export {
  type CoseKind,
  coseMessage,
  type CoseMessage,
  longestCoseMessage,
  readCose,
  writeCose,
} from './cose/message.js';
export { signCose, type CoseSignOptions } from './cose/sign.js';
export { type CoseKey, isCoseOf } from './cose/verify.js';

export { type Role, rolesOf } from './ocf/role.js';
export { deviceOf } from './ocf/uuid.js';

export { type CertificateList, readCertificateList, type RevokedCertificate } from './revocation/certificate-list.js';
export { type RevocationReason, revocationReasons } from './revocation/reasons.js';
export { revocationStatus, type RevocationStatus, type StatusOptions } from './revocation/status.js';

export type { Holder } from './path/access-checks.js';
export {
  attestationPurpose,
  type IssuerRule,
  type KeyPurposeRule,
  type KeyUsageRule,
  type LeafRule,
  ocfIdentityPurpose,
  ocfManufacturerPurpose,
  ocfRolePurpose,
  type Purpose,
  tlsClientPurpose,
  tlsServerPurpose,
} from './path/purpose.js';
export type { CheckName } from './path/refusal.js';
export type { TrustAnchor } from './path/trust-anchor.js';
export {
  type AcceptedChain,
  type ChainJudgement,
  type RefusedChain,
  verifyChain,
  type VerifyOptions,
} from './path/verify-chain.js';

export {
  type AuthoritySetting,
  CertificateAuthority,
  type IssuedCertificate,
  type ListTimes,
} from './authority/authority.js';
export { type CertificateProfile, type GrantedRole, profileOf, type ProfileKind } from './authority/profile.js';
export { AuthorityRegister, type IssuedRecord, type Revocation } from './authority/register.js';
export { noExpiry, validFor } from './authority/validity.js';
export { makeName } from './making/name.js';
export { makeCertificateRequest } from './making/request.js';
export type { Signer } from './making/sign.js';
export { type CertificateRequest, openCertificateRequest } from './request/certificate-request.js';
