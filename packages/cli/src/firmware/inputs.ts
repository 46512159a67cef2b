import { SelvageError } from '@selvage/core';
import { readOptionFile } from '../dtls/files.js';

/** A file to sign or to look at. @throws SelvageError `file-not-found`, `invalid-argument` for Intel HEX */
export function binaryFile(argument: string, path: string): Uint8Array {
  const bytes = readOptionFile(argument, path);
  if (!path.toLowerCase().endsWith('.hex') && !isIntelHex(bytes)) return bytes;
  throw new SelvageError('invalid-argument', `${path} is Intel HEX, and binary files are read here`, {
    remedy: `convert it: objcopy -I ihex -O binary ${path} ${path.replace(/\.hex$/i, '')}.bin`,
  });
}

/** A signature in base64, as `openssl base64` and imgtool write it. @throws SelvageError `invalid-argument` */
export function signatureFile(option: string, path: string): Uint8Array {
  const text = new TextDecoder().decode(readOptionFile(option, path)).replace(/\s+/g, '');
  if (text !== '' && /^[A-Za-z0-9+/]*={0,2}$/.test(text) && text.length % 4 === 0) {
    return new Uint8Array(Buffer.from(text, 'base64'));
  }
  throw new SelvageError('invalid-argument', `${path} holds no base64`, {
    remedy: `a signature in binary becomes one with: base64 -w0 ${path}`,
  });
}

/** The first lines are records `:LLAAAATT…`. */
function isIntelHex(bytes: Uint8Array): boolean {
  return /^:[0-9A-F]{10,}\r?\n:/i.test(new TextDecoder('latin1').decode(bytes.subarray(0, 600)));
}
