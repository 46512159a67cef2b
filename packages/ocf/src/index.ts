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
