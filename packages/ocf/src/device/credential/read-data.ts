import { fromHex, SelvageError } from '@selvage/core';
import { decodePem } from '@selvage/pki';
import { type EncodedData, encodings } from '../../security/credential.js';
import { asInvalidValue } from './as-invalid-value.js';

/** The lengths of symmetric keys, bytes (OCF security, symmetric key formatting). */
const keyLengths = [16, 32];

/**
 * The bytes of a symmetric key; empty where there is none. Raw data is bytes, or their hexadecimal digits as text.
 * @throws SelvageError `invalid-value` (4.00)
 */
export function readKey(data: EncodedData | undefined): Uint8Array {
  const { data: value = '', encoding = encodings.raw } = data ?? {};
  const key = keyBytes(value, encoding);
  if (key.length > 0 && !keyLengths.includes(key.length)) {
    throw refused(`a symmetric key has 16 or 32 bytes, not ${key.length}`);
  }
  return key;
}

/**
 * The certificates of a chain in PEM, in their order.
 * @throws SelvageError `invalid-value` (4.00) for another encoding, and where there is none
 */
export function readChain(data: EncodedData | undefined): readonly Uint8Array[] {
  const { data: value = '', encoding = encodings.pem } = data ?? {};
  if (encoding !== encodings.pem) throw refused(`certificates are taken in PEM, not in ${encoding}`);
  const text = typeof value === 'string' ? value : new TextDecoder().decode(value);
  return asInvalidValue(() => decodePem('CERTIFICATE', text));
}

function keyBytes(value: string | Uint8Array, encoding: string): Uint8Array {
  switch (encoding) {
    case encodings.raw:
      return typeof value === 'string' ? hexDigits(value) : value.slice();
    case encodings.base64:
      return base64(typeof value === 'string' ? value : new TextDecoder().decode(value));
    default:
      throw refused(`a symmetric key is not taken in ${encoding}`);
  }
}

function hexDigits(text: string): Uint8Array {
  if (!/^([0-9a-fA-F]{2})*$/.test(text)) throw refused('raw data as text is hexadecimal');
  return fromHex(text.toLowerCase());
}

function base64(text: string): Uint8Array {
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(text)) throw refused('the data is not in base64');
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}

function refused(problem: string): SelvageError {
  return new SelvageError('invalid-value', problem);
}
