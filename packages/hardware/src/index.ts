export {
  type AttestationClaims,
  type AttestedComponent,
  normalWorldClient,
  type TokenProfile,
} from './attestation/claims.js';
export {
  certifiedKeys,
  type EnrolledInstance,
  enrolledKeys,
  firstKeyOf,
  type InstanceKey,
  type InstanceKeys,
  type ManufacturerTrust,
} from './attestation/instance-keys.js';
export { type AttestedLifeCycle, attestedLifeCycles, lifeCycleOfBoard } from './attestation/life-cycle.js';
export { attestationSubject, type AttestationSigner, instanceIdOf, makeToken } from './attestation/make-token.js';
export { type ComponentReference, type ReferenceValues } from './attestation/reference-values.js';
export {
  readToken,
  type UnverifiedToken,
  type VerifiedToken,
  verifyToken,
  type VerifyTokenOptions,
} from './attestation/verify-token.js';
export { type CellCheck, hashCheck, keyedCheck } from './board/cell-format.js';
export { CellCounter } from './board/cell-counter.js';
export type { Memory } from './board/memory.js';
export { highestCount, type MonotonicCounter } from './board/monotonic-counter.js';
export type { ByteStream } from './channel/byte-stream.js';
export {
  Channel,
  type ChannelNotice,
  type ChannelOptions,
  type ChannelService,
  type RequestOptions,
} from './channel/channel.js';
export type { ChannelRequest } from './channel/inbound.js';
export { type ChannelLimits, usualLimits, type Violation, type ViolationKind } from './channel/limits.js';
export { memoryStreams } from './channel/memory-stream.js';
export { type ChannelSchedule, microtaskSchedule } from './channel/schedule.js';
export { isPkcs11Uri, parsePkcs11Uri, type Pkcs11Uri } from './pkcs11/uri.js';
