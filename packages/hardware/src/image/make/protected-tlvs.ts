import { SelvageError } from '@selvage/core';
import type { HashAlgorithm, PublicKey } from '@selvage/crypto';
import { digestLengths } from '../format/hashes.js';
import { encodeBootRecord } from '../format/boot-record.js';
import { type ImageTlv, vendorTlvs as vendorRange } from '../format/tlv.js';
import { checkedVersion, type ImageVersion } from '../format/version.js';
import { keyHashOf } from '../trusted-key.js';
import type { ImageOptions } from './image-options.js';

const largestCounter = 0xffff_ffff;

/** The protected TLVs in imgtool's order; `undefined` where there are none. @throws SelvageError `invalid-argument` */
export function protectedTlvsOf(
  options: ImageOptions,
  { algorithm, signer }: { algorithm: HashAlgorithm; signer: PublicKey | undefined },
): readonly ImageTlv[] | undefined {
  const { securityCounter, dependencies = [], bootRecord, vendorId, classId, vendorTlvs = [], version } = options;
  const tlvs: ImageTlv[] = [];
  if (securityCounter !== undefined) {
    tlvs.push({ type: 'securityCounter', value: counterOf(securityCounter, version) });
  }
  if (bootRecord !== undefined) {
    tlvs.push({ type: 'bootRecord', value: bootRecordOf(options, bootRecord, { algorithm, signer }) });
  }
  for (const { image, minimum } of dependencies) {
    const value = { image: imageNumber(image), pad: new Uint8Array(3), minimum: checkedVersion(minimum) };
    tlvs.push({ type: 'dependency', value });
  }
  if (vendorId !== undefined) tlvs.push({ type: 'vendorId', value: vendorId });
  if (classId !== undefined) tlvs.push({ type: 'classId', value: classId });
  for (const { type, value } of vendorTlvs) tlvs.push({ type: 'unknown', tag: type, body: value });
  checkVendorTlvs(vendorTlvs.map(({ type }) => type));
  return tlvs.length === 0 ? undefined : tlvs;
}

function counterOf(counter: number | 'auto', { major, minor, revision }: ImageVersion): number {
  const value = counter === 'auto' ? major * 0x100_0000 + minor * 0x1_0000 + revision : counter;
  if (Number.isInteger(value) && value >= 0 && value <= largestCounter) return value;
  throw new SelvageError('invalid-argument', `a security counter is 0 to ${largestCounter}, not ${value}`);
}

function imageNumber(image: number): number {
  if (Number.isInteger(image) && image >= 0 && image <= 0xff) return image;
  throw new SelvageError('invalid-argument', `the number of an image is 0 to 255, not ${image}`);
}

function bootRecordOf(
  { core, version }: ImageOptions,
  type: string,
  { algorithm, signer }: { algorithm: HashAlgorithm; signer: PublicKey | undefined },
): Uint8Array {
  if (signer === undefined) {
    throw new SelvageError('invalid-argument', 'a boot record names the signer, and there is none', {
      remedy: 'give the public key of whoever is to sign',
    });
  }
  return encodeBootRecord(type, version, {
    signer: keyHashOf(core, signer, algorithm),
    algorithm: algorithm.toUpperCase(),
    digestLength: digestLengths[algorithm],
  });
}

function checkVendorTlvs(types: readonly number[]): void {
  for (const type of types) {
    const isInRange = Number.isInteger(type) && type >= vendorRange.first && type <= vendorRange.last;
    if (isInRange && types.indexOf(type) === types.lastIndexOf(type)) continue;
    const problem = isInRange ? 'is there twice' : 'is not between 0xa0 and 0xfffe';
    throw new SelvageError('invalid-argument', `the vendor TLV 0x${type.toString(16)} ${problem}`);
  }
}
