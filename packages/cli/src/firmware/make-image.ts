/** What the options of `firmware sign` say an image is to be. */
import { nativeCore } from '@selvage/crypto';
import { classUuid, type ImageEncryption, type ImageOptions, vendorUuid } from '@selvage/hardware';
import type { SealOptions, SignCommandOptions } from './sign-options.js';

/** @throws SelvageError `invalid-argument` */
export function imageOptions(options: SignCommandOptions, encryption: ImageEncryption | undefined): ImageOptions {
  const { vid, cid, customTlv = [], customTlvFile = [] } = options;
  const vendorId = vid === undefined ? undefined : vendorUuid(vid);
  return {
    ...sealingOptions(options, encryption),
    version: options.version,
    headerSize: options.headerSize,
    headerRoom: options.padHeader === true ? 'add' : 'inside',
    erasedValue: options.erasedVal === '0' ? 0 : 0xff,
    loadAddress: options.loadAddr,
    romFixed: options.romFixed,
    nonBootable: options.nonBootable,
    securityCounter: options.securityCounter,
    dependencies: options.dependencies,
    bootRecord: options.bootRecord,
    vendorId,
    classId: cid === undefined ? undefined : classUuid(cid, vendorId),
    vendorTlvs: [...customTlv, ...customTlvFile],
  };
}

/** What a signature and an encryption need beside the bytes. */
export function sealingOptions(
  { publicKeyFormat, padSig, pure, sha }: SealOptions,
  encryption: ImageEncryption | undefined,
) {
  return {
    core: nativeCore,
    publicKeyFormat,
    padSignature: padSig,
    pure,
    hash: sha === 'auto' ? undefined : (`sha${sha}` as const),
    encryption,
  };
}
