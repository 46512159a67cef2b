import { SelvageError } from '@selvage/core';
import { decodePem } from '@selvage/pki';
import { readOptionText } from './files.js';

/**
 * The certificates in the PEM file that an option names, DER, in their order.
 * @throws SelvageError `file-not-found`; `invalid-value` where there is none, or one that is damaged.
 */
export function readCertificateFile(option: string, path: string): Uint8Array[] {
  const text = readOptionText(option, path);
  try {
    return decodePem('CERTIFICATE', text);
  } catch (cause) {
    throw new SelvageError('invalid-value', `${option} ${path} has no certificate in PEM that can be read`, {
      cause,
      fault: 'caller',
      remedy: 'give a file with -----BEGIN CERTIFICATE-----; openssl x509 -in cert.der -inform DER makes one of DER',
    });
  }
}
