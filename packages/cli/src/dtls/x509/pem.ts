import { SelvageError } from '@selvage/core';

/**
 * The certificates in a PEM file (RFC 7468), DER, in their order. What is not a certificate is skipped.
 * @throws SelvageError `invalid-value` where there is none.
 */
export function certificatesInPem(text: string, file: string): Uint8Array[] {
  const blocks = text.matchAll(/-----BEGIN CERTIFICATE-----([^-]*)-----END CERTIFICATE-----/g);
  const found = [...blocks].map(([, base64 = '']) => new Uint8Array(Buffer.from(base64, 'base64')));
  if (found.length > 0) return found;
  throw new SelvageError('invalid-value', `${file} has no certificate in PEM`, {
    fault: 'caller',
    remedy: 'give a file with -----BEGIN CERTIFICATE-----; openssl x509 -in cert.der -inform DER makes one of DER',
  });
}
