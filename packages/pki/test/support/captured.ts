import { readFileSync } from 'node:fs';
import { type Certificate, readCertificate } from '@selvage/pki';

interface CapturedObject {
  readonly seen: readonly string[];
  /** Base64. */
  readonly der: string;
}

const file = new URL('../vectors/iotivity-lite/certificates.json', import.meta.url);
const captured = JSON.parse(readFileSync(file, 'utf8')) as Readonly<Record<string, CapturedObject>>;

/** What IoTivity-Lite sent or kept, by its name in the vector file, DER. */
export function capturedDer(name: string): Uint8Array {
  return new Uint8Array(Buffer.from(captured[name]?.der ?? '', 'base64'));
}

export function capturedCertificate(name: string): Certificate {
  return readCertificate(capturedDer(name));
}

/** The names of all captured certificates, or of all requests. */
export function capturedNames(kind: 'certificate' | 'request'): string[] {
  return Object.keys(captured).filter((name) => name.startsWith(kind));
}
