import { toHex } from '@selvage/core';
import { findTlv, imageFlags, readFlags, readImage, securityCounterOf, versionText } from '@selvage/hardware';
import type { Telling } from '../ca/report.js';
import { count } from '../terminal/text.js';

/** What to say of an image that was made. */
export function tellMade(bytes: Uint8Array, path: string, signer: Uint8Array): Telling {
  const image = readImage(bytes);
  const { header, tlvs, end } = image;
  const { names } = readFlags(header.flags);
  const version = versionText(header.version);
  const securityCounter = securityCounterOf(image);
  const hash = tlvs.find(({ type }) => type === 'sha256' || type === 'sha512');
  const digest = hash && 'value' in hash && hash.value instanceof Uint8Array ? toHex(hash.value) : '';
  const isEncrypted = (header.flags & (imageFlags.encryptedAes128 | imageFlags.encryptedAes256)) !== 0;
  const data = {
    file: path,
    version,
    ...(securityCounter !== undefined && { securityCounter }),
    signer: toHex(signer),
    hash: digest,
    signature: findTlv(tlvs, 'ecdsa') ? 'ecdsa' : 'ed25519',
    flags: names,
    imageLength: end,
    fileLength: bytes.length,
  };
  const counter = securityCounter === undefined ? 'no security counter' : `security counter ${securityCounter}`;
  const lines = [
    `${path} is version ${version}, ${counter}, ${count(end, 'byte')}${isEncrypted ? ', encrypted' : ''}`,
    `signed by ${toHex(signer)}`,
  ];
  return { event: 'signed', data, lines };
}
