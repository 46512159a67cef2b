import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { certificatesInPem } from '../../src/dtls/x509/pem.js';

/** A file of the chain tests; `vectors/certificates/README.md` says what each is. */
export function certificateFile(name: string): string {
  return fileURLToPath(new URL(`../vectors/certificates/${name}`, import.meta.url));
}

/** One certificate of them, DER. */
export function certificateOf(name: string): Uint8Array {
  const file = certificateFile(`${name}.cert.pem`);
  return certificatesInPem(readFileSync(file, 'utf8'), file)[0] as Uint8Array;
}
