import { SelvageError } from '@selvage/core';

/** The kinds of PEM blocks that are read and written here (RFC 7468). */
export type PemLabel = 'CERTIFICATE' | 'CERTIFICATE REQUEST' | 'X509 CRL' | 'PUBLIC KEY';

const block = /-----BEGIN ([A-Z0-9 ]+)-----([^-]*)-----END ([A-Z0-9 ]+)-----/g;
const base64 = /^[A-Za-z0-9+/]*={0,2}$/;
const lineLength = 64;

/** One block of PEM in lines of 64 characters, with a line end after the last. */
export function encodePem(label: PemLabel, der: Uint8Array): string {
  const lines =
    Buffer.from(der)
      .toString('base64')
      .match(new RegExp(`.{1,${lineLength}}`, 'g')) ?? [];
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ''].join('\n');
}

/** Several blocks one after the other: a chain, leaf first. */
export function encodePemChain(chain: readonly Uint8Array[]): string {
  return chain.map((der) => encodePem('CERTIFICATE', der)).join('');
}

/**
 * The contents of all blocks of one kind in their order; text around them and blocks of other kinds are skipped.
 * @throws SelvageError `bad-certificate` where there is none, or one that is damaged.
 */
export function decodePem(label: PemLabel, text: string): Uint8Array[] {
  const found = [...text.matchAll(block)].filter(([, begin]) => begin === label || isOldName(label, begin));
  if (found.length === 0) {
    throw new SelvageError('bad-certificate', `no ${label} in PEM is here`, {
      remedy: `give text with -----BEGIN ${label}-----`,
    });
  }
  return found.map(([, begin, body = '', end]) => {
    const digits = body.replace(/\s+/g, '');
    if (begin === end && digits.length % 4 === 0 && base64.test(digits)) {
      return new Uint8Array(Buffer.from(digits, 'base64'));
    }
    throw new SelvageError('bad-certificate', `a ${label} in PEM is damaged`);
  });
}

/** What older programs, OpenSSL's `req -new` with some options among them, write for a request (RFC 7468 §7). */
function isOldName(label: PemLabel, begin: string | undefined): boolean {
  return label === 'CERTIFICATE REQUEST' && begin === 'NEW CERTIFICATE REQUEST';
}
