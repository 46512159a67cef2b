import { bytesEqual, fromHex, Secret, SelvageError } from '@selvage/core';
import {
  type CipherSuite,
  type CipherSuiteName,
  cipherSuites,
  type Credentials,
  type SignOperation,
} from '@selvage/dtls';
import type { Surface } from '../terminal/surface.js';
import { readOptionText } from './files.js';
import { loadCertificate } from './own-certificate.js';
import { keyPassphraseVariable } from './private-key.js';
import type { DtlsOptions } from './options.js';
import { trusts } from './trust.js';

/** Who we are and how we talk: what the options for that come to. */
export interface Identity {
  readonly role: Role;
  readonly credentials: Credentials;
  readonly suites: readonly CipherSuiteName[];
  /** Uses our private key, when there is one. */
  readonly sign: ((operation: SignOperation) => Promise<Uint8Array>) | undefined;
}

export type Role = 'client' | 'server';

/** Forward secrecy first, then the smaller records. */
const preference: readonly CipherSuiteName[] = [
  'TLS_ECJPAKE_WITH_AES_128_CCM_8',
  'TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256',
  'TLS_ECDHE_ECDSA_WITH_AES_128_CCM',
  'TLS_ECDHE_ECDSA_WITH_AES_128_CCM_8',
  'TLS_ECDHE_ECDSA_WITH_AES_256_CCM',
  'TLS_ECDHE_ECDSA_WITH_AES_256_CCM_8',
  'TLS_ECDHE_PSK_WITH_AES_128_CBC_SHA256',
  'TLS_PSK_WITH_AES_128_CCM_8',
  'TLS_PSK_WITH_AES_256_CCM_8',
  'TLS_ECDH_anon_WITH_AES_128_CBC_SHA256',
];

/** What to give for each kind of suite. */
const optionFor: Readonly<Record<CipherSuite['keyExchange'], string>> = {
  ecjpake: '--passphrase-file or SELVAGE_PASSPHRASE',
  'ecdhe-ecdsa': '--ca or --peer-certificate, and as a server --cert and --key',
  psk: '--psk or SELVAGE_PSK',
  'ecdhe-psk': '--psk or SELVAGE_PSK',
  'ecdh-anon': '--anonymous',
};

/**
 * Reads the credentials that the options and the environment name.
 * @param hint a server's PSK identity hint.
 * @throws SelvageError `invalid-argument`, `invalid-hex`, `file-not-found`, `invalid-key`, `bad-certificate`.
 */
export async function readIdentity(
  role: Role,
  options: DtlsOptions,
  env: Surface['env'],
  hint?: string,
): Promise<Identity> {
  const secrets = readSecrets(options, env);
  const keyPassphrase = env[keyPassphraseVariable];
  const own = await loadCertificate({
    cert: options.cert,
    key: options.key,
    passphrase: keyPassphrase === undefined ? undefined : Secret.text(keyPassphrase),
  });
  const credentials: Credentials = {
    ...(secrets.passphrase && { passphrase: secrets.passphrase }),
    ...(secrets.psk && pskCredentials(secrets.psk, identityBytes(options.identity), hint)),
    ...(own && { certificate: { chain: own.chain, key: own.key } }),
  };
  const usable = {
    ecjpake: secrets.passphrase !== undefined,
    'ecdhe-ecdsa': role === 'server' ? own !== undefined : own !== undefined || trusts(options),
    psk: secrets.psk !== undefined,
    'ecdhe-psk': secrets.psk !== undefined,
    'ecdh-anon': options.anonymous === true,
  };
  return {
    role,
    credentials,
    suites: chooseSuites(options.suite ?? [], (suite) => usable[suite.keyExchange]),
    sign: own?.sign,
  };
}

function chooseSuites(asked: readonly CipherSuiteName[], isUsable: (suite: CipherSuite) => boolean): CipherSuiteName[] {
  const useless = asked.map((name) => cipherSuites[name]).find((suite) => !isUsable(suite));
  if (useless !== undefined) {
    throw new SelvageError('invalid-argument', `--suite ${useless.name} has no credentials`, {
      remedy: `give ${optionFor[useless.keyExchange]}`,
    });
  }
  const suites = asked.length > 0 ? [...asked] : preference.filter((name) => isUsable(cipherSuites[name]));
  if (suites.length > 0) return suites;
  throw new SelvageError('invalid-argument', 'nothing says how the two sides are to know each other', {
    remedy:
      'give a passphrase, a pre-shared key (--psk), a certificate (--cert, --key, --ca) or --anonymous; see --help',
  });
}

/** The environment counts where no option says how: what lies around there must not change what was asked for. */
function readSecrets(options: DtlsOptions, env: Surface['env']): { passphrase?: Secret; psk?: Secret } {
  const { passphrase, passphraseFile, psk, cert, ca, peerCertificate, anonymous } = options;
  if (passphrase !== undefined && passphraseFile !== undefined) {
    throw new SelvageError('invalid-argument', '--passphrase and --passphrase-file exclude each other', {
      remedy: 'give one of them',
    });
  }
  const fromFile = passphraseFile === undefined ? undefined : firstLine(passphraseFile);
  const modes = [passphrase, passphraseFile, psk, cert, ca, peerCertificate, anonymous];
  const isFree = modes.every((option) => option === undefined);
  const word = passphrase ?? fromFile ?? (isFree ? env['SELVAGE_PASSPHRASE'] : undefined);
  const key = psk ?? (isFree ? env['SELVAGE_PSK'] : undefined);
  return {
    ...(word !== undefined && { passphrase: readPassphrase(word) }),
    ...(key !== undefined && { psk: readPsk(key) }),
  };
}

function firstLine(file: string): string {
  return readOptionText('--passphrase-file', file).split(/\r?\n/, 1)[0] ?? '';
}

function readPassphrase(text: string): Secret {
  if (text.length > 0) return Secret.text(text);
  throw new SelvageError('invalid-argument', 'the passphrase is empty', { remedy: 'give the one on the device' });
}

function readPsk(hex: string): Secret {
  const bytes = fromHex(hex);
  if (bytes.length > 0) return Secret.of(bytes);
  throw new SelvageError('invalid-argument', 'the pre-shared key is empty', { remedy: 'give it as hexadecimal' });
}

/** @throws SelvageError `invalid-hex`. */
export function identityBytes(text: string): Uint8Array {
  return text.startsWith('hex:') ? fromHex(text.slice(4)) : new TextEncoder().encode(text);
}

function pskCredentials(key: Secret, identity: Uint8Array, hint: string | undefined): Credentials {
  return {
    keyForHint: () => ({ identity, key }),
    keyForIdentity: (named) => (bytesEqual(named, identity) ? key : undefined),
    ...(hint !== undefined && { identityHint: identityBytes(hint) }),
  };
}
