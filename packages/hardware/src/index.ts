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
export { attestationJudge, type JudgedComponent, type JudgedDevice, type JudgeOptions } from './attestation/judge.js';
export { type AttestedLifeCycle, attestedLifeCycles, lifeCycleOfBoard } from './attestation/life-cycle.js';
export { attestationSubject, type AttestationSigner, instanceIdOf, makeToken } from './attestation/make-token.js';
export {
  type EnrolledDevice,
  type ReferenceFile,
  readReferenceFile,
  writeReferenceFile,
} from './attestation/reference-file.js';
export { type ComponentReference, type ReferenceValues } from './attestation/reference-values.js';
export {
  readToken,
  type UnverifiedToken,
  type VerifiedToken,
  verifyToken,
  type VerifyTokenOptions,
} from './attestation/verify-token.js';
export { Board, type BoardParts } from './board/board.js';
export { CellCounter, type CellCounterOptions } from './board/cell-counter.js';
export { type CellCheck, hashCheck, keyedCheck } from './board/cell-format.js';
export { boardCounters, type Counters } from './board/counters.js';
export { erasedByte, type Flash, type FlashGeometry } from './board/flash.js';
export { type LifeCycle, lifeCycles, startsFirmware } from './board/life-cycle.js';
export type { Memory } from './board/memory.js';
export { highestCount, type MonotonicCounter } from './board/monotonic-counter.js';
export { Otp, type OtpOptions, type Provisioning, type RootKey } from './board/otp.js';
export { type PeripheralListener, Peripherals } from './board/peripherals.js';
export { ResetButton } from './board/reset-button.js';
export { UniqueKey } from './board/unique-key.js';
export { type BootLogEntry, bootLogLine, type SlotIndex } from './boot/boot-log.js';
export { type BootDecision, type BootOff, BootRom, type BootRomOptions, type BootStart } from './boot/boot-rom.js';
export { FirmwareUpdate, type FirmwareUpdateOptions } from './boot/firmware-update.js';
export { type ImageKey, imageKeyOf } from './boot/image-key.js';
export { type ImageTerms, judgeImage } from './boot/judge-image.js';
export { type Measurement, type SecureWorld } from './boot/measurement.js';
export { programSlot } from './boot/program-slot.js';
export type { SlotMark } from './boot/slot-trailer.js';
export { type UpdateState, updateStates, type UpdateStatus } from './boot/update-state.js';
export type { ByteStream } from './channel/byte-stream.js';
export { Channel, type ChannelOptions, type RequestOptions } from './channel/channel.js';
export type { ChannelRequest } from './channel/inbound.js';
export { type ChannelLimits, usualLimits, type Violation, type ViolationKind } from './channel/limits.js';
export { memoryStreams } from './channel/memory-stream.js';
export { type ChannelSchedule, microtaskSchedule } from './channel/schedule.js';
export type { ChannelNotice, ChannelService } from './channel/serving.js';
export type { ContentKeyLength } from './image/content-key.js';
export { openContentKey } from './image/content-key.js';
export type { BootRecord } from './image/format/boot-record.js';
export { decodeBootRecord } from './image/format/boot-record.js';
export { type ImageFlag, type ImageHeader, imageFlags, readFlags } from './image/format/header.js';
export { type ImageField, type ImageFields, imageFields } from './image/format/image-fields.js';
export { type ImageFile, imageFile } from './image/format/image-file.js';
export { findTlv, hasEncryptedForm, type Image, readImage, securityCounterOf } from './image/format/image.js';
export type { Dependency, ImageTlv, SealedKey, TlvName } from './image/format/tlv.js';
export { compareVersions, type ImageVersion, parseVersion, versionText } from './image/format/version.js';
export { finishImage, type GivenSignature } from './image/make/finish-image.js';
export type { ImageEncryption, ImageOptions } from './image/make/image-options.js';
export { messageOf, type PreparedImage, prepareImage } from './image/make/prepare-image.js';
export { type ReopenOptions, reopenImage } from './image/make/reopen-image.js';
export { signImage, type SignOptions } from './image/make/sign-image.js';
export { classUuid, uuidText, vendorUuid } from './image/make/uuid.js';
export { padImage, requireFits, type SlotOptions, type SlotRequest, trailerSize } from './image/trailer/pad-image.js';
export {
  flagSet,
  type MaxAlign,
  magicLength,
  readTrailer,
  type Trailer,
  type TrailerFlag,
  type TrailerLayout,
  trailerLayout,
  trailerMagic,
} from './image/trailer/trailer.js';
export { type ImageSigner, imageSigner, keyHashOf, type TrustedKey } from './image/trusted-key.js';
export type { Tolerance } from './image/verify/check-flags.js';
export { type DecryptionKey, sealedKeyOf } from './image/verify/plain-payload.js';
export type { ImageCheck } from './image/verify/refusal.js';
export { type VerifiedImage, verifyImage, type VerifyOptions } from './image/verify/verify-image.js';
export { isPkcs11Uri, parsePkcs11Uri, type Pkcs11Uri } from './pkcs11/uri.js';
export type { SealedFile } from './vault/sealed-file.js';
export type { SealedChange } from './vault/sealed-format.js';
export { SealedStore, type SealedStoreOptions } from './vault/sealed-store.js';
export type { Vault, VaultKeyHandle, VaultKeyOptions, VaultKeys } from './vault/vault.js';
export type { VaultCallOptions } from './vault/vault-calls.js';
export { VaultClient } from './vault/vault-client.js';
export {
  type DeviceKey,
  sealedStoreKey,
  VaultEngine,
  type VaultEngineOptions,
} from './vault/vault-engine.js';
export type { Attester } from './vault/vault-parts.js';
export { VaultKeyHome } from './vault/vault-key-home.js';
export { serveVault } from './vault/vault-service.js';
export { VaultStore } from './vault/vault-store.js';
export { vaultService } from './vault/vault-wire.js';
export { Allowance, type Rate } from './world/allowance.js';
export { firmwareEntry, type FirmwareEntryOptions, type LoaderGift } from './world/firmware-entry.js';
export type { GrantedApi, GrantedPort, GrantedUpdate } from './world/granted-api.js';
export { connectBoard, type VaultEnds } from './world/granted-client.js';
export { GrantedServices, type GrantedServicesOptions } from './world/granted-services.js';
export { type GrantedLimits, usualGrantedLimits } from './world/limits.js';
export {
  type BoardRefusal,
  type Refusal,
  type RefusalKind,
  type RefusalOptions,
  Refusals,
  usualPatience,
} from './world/refusals.js';
export { type AfterEnd, type RestartPolicy, Restarts, usualRestarts } from './world/restarts.js';
export { endInWords, type FirmwareEnd, supervise, type SupervisionOptions } from './world/supervision.js';
export type { BoardUpdate } from './world/update-service.js';
