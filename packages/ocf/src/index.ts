export { type AccessDecision, decideAccess } from './device/access/decide.js';
export type { AccessedResource, AccessMethod, AccessQuestion, Connection } from './device/access/question.js';
export type { DeviceClientCredentials } from './device/client-credentials.js';
export type { DeviceEvent, DeviceListener } from './device/events.js';
export { OcfDevice } from './device/ocf-device.js';
export {
  defaultDeviceLimits,
  type DeviceLimits,
  type ManufacturerCredentials,
  type OcfDeviceOptions,
} from './device/options.js';
export { deleteRules, type WriteRule, writeRules } from './device/rules/writability.js';
export {
  acceptVersionOption,
  contentVersionOption,
  ocfContentFormat,
  ocfContentFormatVersion,
  ocfOptions,
} from './payload/content.js';
export {
  checkNegotiation,
  type NegotiatedRequest,
  ocfRequest,
  type OcfRequestParts,
  readPayload,
} from './payload/request.js';
export { ocfResponse, ocfResponseOf, readResponse } from './payload/response.js';

export {
  type CollectionDefinition,
  type CollectionOptions,
  defineAtomicMeasurement,
  defineCollection,
} from './model/collection.js';
export { corePaths } from './model/core-resources.js';
export type { DeviceFacts, SecurityDomain } from './model/device-facts.js';
export {
  type ApplicationResource,
  type DeviceModel,
  type DeviceModelOptions,
  deviceModel,
  type PlatformInformation,
} from './model/device-model.js';
export type { DeviceResourcesOptions } from './model/device-resources.js';
export { interfaceAllows, type InterfaceName, interfaceNames } from './model/interface.js';
export { type Endpoints, type LinkContext, linkOf, memberLinkOf } from './model/link.js';
export type { Change, Outcome } from './model/outcome.js';
export { addressesDevice, parseQuery, Query } from './model/query.js';
export {
  type ResourceProperties,
  type ResourceProperty,
  readOnly,
  readWrite,
  type UpdateOf,
  type ValuesOf,
} from './model/resource-property.js';
export {
  type DataModel,
  defineResource,
  type ResourceDefinition,
  type ResourceFacts,
  type ResourceKind,
  type ResourceOptions,
} from './model/resource.js';
export type { Requester } from './model/served/served.js';
export { type Changed, chosenInterface, ResourceTable, type TableRequest } from './model/table.js';

export { binarySwitch } from './kinds/binary-switch.js';
export { dimming } from './kinds/dimming.js';
export { humiditySensor } from './kinds/humidity.js';
export type { KindOptions } from './kinds/kind-options.js';
export { type DeviceKind, deviceKinds } from './kinds/kinds.js';
export { lockStatus } from './kinds/lock-status.js';
export { mode } from './kinds/mode.js';
export { motionSensor } from './kinds/motion.js';
export { refusedSetting } from './kinds/refused-setting.js';
export { converted, temperatureSensor, temperatureSetting, type TemperatureUnit } from './kinds/temperature.js';

export { anything } from './property/anything.js';
export { type ListRules, listOf } from './property/list.js';
export { oneOf } from './property/one-of.js';
export { inWords, misfit, type PropertyType, type Valued } from './property/property-type.js';
export {
  mapOf,
  type OptionalType,
  optional,
  partial,
  record,
  type RecordFields,
  type RecordRules,
  type RecordType,
  type RecordValue,
} from './property/record.js';
export { checked, described, type Mapping, mapped } from './property/refined.js';
export { boolean, integer, number, type NumberRange } from './property/scalars.js';
export type { JsonSchema } from './property/schema.js';
export { type ByteRules, bytes, text, textOrBytes, type TextRules } from './property/text.js';
export { uuid, uuidOrStar } from './property/uuid.js';

export {
  type AccessEntry,
  type AccessEntryInput,
  type AccessResource,
  type ConnectionType,
  permissions,
  type Subject,
  type Wildcard,
} from './security/access-entry.js';
export { type Acl2, type Acl2Update, readAcl2, readAcl2Update, writeAcl2, writeAcl2Update } from './security/acl2.js';
export {
  type AttestationAnswer,
  attestationNonce,
  attestationPath,
  type AttestationRequest,
  attestationType,
  challengeLength,
  longestToken,
  type NonceSource,
  readAttestationAnswer,
  readAttestationRequest,
  writeAttestationAnswer,
  writeAttestationRequest,
} from './security/attestation.js';
export {
  type Ael,
  type AelUpdate,
  type AuditEvent,
  eventCategories,
  eventPriorities,
  readAel,
  readAelUpdate,
  writeAel,
  writeAelUpdate,
} from './security/ael.js';
export { type Cred, type CredUpdate, readCred, readCredUpdate, writeCred, writeCredUpdate } from './security/cred.js';
export {
  type Credential,
  type CredentialInput,
  credentialTypes,
  type CredentialUsage,
  credentialUsages,
  type EncodedData,
  type Encoding,
  encodings,
} from './security/credential.js';
export { type Csr, readCsr, writeCsr } from './security/csr.js';
export { type DeviceStateName, deviceStateNames, deviceStateOf, deviceStates } from './security/device-state.js';
export { type Doxm, type DoxmUpdate, readDoxm, readDoxmUpdate, writeDoxm, writeDoxmUpdate } from './security/doxm.js';
export { ownerKey, type OwnerKeySource } from './security/owner-psk.js';
export {
  type SecurityResourceName,
  securityPaths,
  securityResourceNames,
  securityResourceOf,
  securityResourceType,
} from './security/paths.js';
export { pinHint, pinIdentity, pinKey } from './security/pin.js';
export {
  type Pstat,
  type PstatUpdate,
  readPstat,
  readPstatUpdate,
  writePstat,
  writePstatUpdate,
} from './security/pstat.js';
export {
  readRoles,
  readRolesUpdate,
  type Roles,
  type RolesUpdate,
  writeRoles,
  writeRolesUpdate,
} from './security/roles.js';
export { readSdi, readSdiUpdate, type Sdi, type SdiUpdate, writeSdi, writeSdiUpdate } from './security/sdi.js';
export {
  readSp,
  readSpUpdate,
  type SecurityProfile,
  securityProfiles,
  type Sp,
  type SpUpdate,
  writeSp,
  writeSpUpdate,
} from './security/sp.js';
export {
  certificateSuites,
  noMethod,
  pskSuites,
  type TransferMethod,
  type TransferMethodFacts,
  transferMethodOf,
  transferMethods,
} from './security/transfer-method.js';
export { isUuid, newUuid, nilUuid, parseUuid, type Uuid, uuidBytes, uuidOf } from './uuid/uuid.js';

export { OcfClient, type OcfClientOptions } from './client/client.js';
export { certificateSecurity, pskSecurity, securityFor, type TrustSetting } from './client/credentials.js';
export type { DiscoveryOptions, DiscoveryQuery } from './client/discovery.js';
export type { FoundDevice, ReachableDevice } from './client/found-device.js';
export { allOcfNodes } from './client/groups.js';
export type { CertifiedKey, ClientIdentity } from './client/identity.js';
export { readLinks, type ResourceLink } from './client/link.js';
export { type OcfAnswer, type OcfRequest } from './client/request.js';
export { SecureChannel, type SecureChannelOptions, type SessionSecurity } from './client/secure-channel.js';
export { OcfSession, type RequestSetting, type ResourceListener } from './client/session.js';

export type { Attest } from './device/resource/attestation.js';
export type { ProgressListener } from './onboarding/device-access.js';
export type { AttestedFacts } from './onboarding/journal/attested-facts.js';
export type { OwnedDevice } from './onboarding/owned-device.js';
export { DeviceProvisioning, type ProvisioningOptions } from './onboarding/provisioning/device-provisioning.js';
export type { ProvisioningTask } from './onboarding/provisioning/task.js';
export type { ResumedOutcome, Resumption } from './onboarding/recovery.js';
export type { Progress } from './onboarding/step.js';
export { OnboardingTool, type ResumeOptions } from './onboarding/tool.js';
export type { OnboardingToolOptions } from './onboarding/tool-options.js';
export type { AttestationEvidence, AttestationPolicy } from './onboarding/transfer/attestation.js';
export { chooseMethod, defaultPolicy, type OwnershipPolicy } from './onboarding/transfer/method-choice.js';
export type { OwnerDomain } from './onboarding/transfer/steps.js';
export type { OwnAllOptions, OwnedOrNot } from './onboarding/transfer/takeovers.js';
export type { PinSource, TransferOptions } from './onboarding/transfer/transfer.js';
