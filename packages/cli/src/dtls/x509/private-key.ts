import { bytesEqual, fromHex, Secret, SelvageError } from '@selvage/core';
import { contentOf, derContent, derElements, DerTag } from './der.js';

const scalarLength = 32;
/** id-ecPublicKey and prime256v1 (RFC 5480 §2.1.1), and prime256v1 alone, with their tags. */
const p256Algorithm = fromHex('06072a8648ce3d020106082a8648ce3d030107');
const p256Curve = fromHex('06082a8648ce3d030107');
const parametersTag = 0xa0;

/**
 * The P-256 private key in a PEM file: `PRIVATE KEY` (PKCS #8, RFC 5958) or `EC PRIVATE KEY` (SEC 1, RFC 5915).
 * @throws SelvageError `invalid-key` that says what the file holds instead.
 */
export function privateKeyInPem(text: string, file: string): Secret {
  const match = /-----BEGIN ((?:EC )?PRIVATE KEY)-----([^-]*)-----END \1-----/.exec(text);
  if (match === null) throw noKey(text, file);
  const [, label, base64 = ''] = match;
  const der = new Uint8Array(Buffer.from(base64, 'base64'));
  try {
    return Secret.of(label === 'PRIVATE KEY' ? pkcs8Scalar(der) : sec1Scalar(der, undefined));
  } catch (cause) {
    throw new SelvageError('invalid-key', `${file} holds no P-256 private key`, {
      cause,
      remedy: 'make one with openssl ecparam -name prime256v1 -genkey -noout',
    });
  } finally {
    der.fill(0);
  }
}

function pkcs8Scalar(der: Uint8Array): Uint8Array {
  const [, algorithm, key] = derElements(derContent(der, DerTag.sequence));
  const isP256 = bytesEqual(contentOf(algorithm, DerTag.sequence), p256Algorithm);
  return sec1Scalar(contentOf(key, DerTag.octetString), isP256);
}

/** ECPrivateKey: the curve stands in it or, in PKCS #8, beside it. */
function sec1Scalar(der: Uint8Array, isP256Outside: boolean | undefined): Uint8Array {
  const [, scalar, ...optional] = derElements(derContent(der, DerTag.sequence));
  const parameters = optional.find(({ tag }) => tag === parametersTag)?.content;
  const isP256 = isP256Outside ?? (parameters !== undefined && bytesEqual(parameters, p256Curve));
  const bytes = contentOf(scalar, DerTag.octetString);
  if (isP256 && bytes.length === scalarLength) return bytes;
  throw new SelvageError('invalid-value', 'a key of another curve or kind');
}

function noKey(text: string, file: string): SelvageError {
  if (text.includes('ENCRYPTED')) return encrypted(file);
  return new SelvageError('invalid-key', `${file} has no private key in PEM`, {
    remedy: 'give a file with -----BEGIN PRIVATE KEY----- or -----BEGIN EC PRIVATE KEY-----',
  });
}

function encrypted(file: string): SelvageError {
  return new SelvageError('invalid-key', `the private key in ${file} is encrypted`, {
    remedy: 'decrypt it into a file that only you can read: openssl pkey -in it -out key.pem',
  });
}
