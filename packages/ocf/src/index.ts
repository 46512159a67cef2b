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

export { ownerKey, type OwnerKeySource } from './security/owner-psk.js';
export { pinHint, pinIdentity, pinKey } from './security/pin.js';
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
