import { readFileSync } from 'node:fs';

/** A certificate of the tests and its key; `vectors/certificates/README.md` tells how they were made. */
export interface TestCertificate {
  /** The certificate, DER. */
  readonly certificate: Uint8Array;
  /** The private key: a scalar of 32 bytes. */
  readonly privateKey: Uint8Array;
  /** Where both lie as PEM, for programs that want files. */
  readonly certificateFile: string;
  readonly keyFile: string;
}

export const authority = load('ca');
export const serverCertificate = load('server');
export const clientCertificate = load('client');
/** Of the same authority, with a key of its own. */
export const otherCertificate = load('other');

function load(name: string): TestCertificate {
  const file = (kind: string) => new URL(`../vectors/certificates/${name}.${kind}.pem`, import.meta.url).pathname;
  const [certificateFile, keyFile] = [file('cert'), file('key')];
  return { certificate: der(certificateFile), privateKey: scalarOf(der(keyFile)), certificateFile, keyFile };
}

function der(file: string): Uint8Array {
  const base64 = readFileSync(file, 'utf8').replace(/-----[^-]*-----/g, '');
  return new Uint8Array(Buffer.from(base64, 'base64'));
}

/** ECPrivateKey, RFC 5915 §3: SEQUENCE, INTEGER 1, OCTET STRING of 32 bytes, of which the offset is always the same. */
function scalarOf(ecPrivateKey: Uint8Array): Uint8Array {
  return ecPrivateKey.slice(7, 39);
}
