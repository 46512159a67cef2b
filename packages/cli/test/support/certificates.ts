import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { decodePem } from '@selvage/pki';

/** A file of the chain tests; `vectors/certificates/README.md` says what each is. */
export function certificateFile(name: string): string {
  return fileURLToPath(new URL(`../vectors/certificates/${name}`, import.meta.url));
}

/** One certificate of them, DER. */
export function certificateOf(name: string): Uint8Array {
  const file = certificateFile(`${name}.cert.pem`);
  return decodePem('CERTIFICATE', readFileSync(file, 'utf8'))[0] as Uint8Array;
}
