import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { bytesEqual, Secret, SelvageError } from '@selvage/core';
import type { KeyHandle } from '@selvage/crypto';
import { parsePkcs11Uri, type Pkcs11Uri } from '../../pkcs11/uri.js';
import { Pkcs11KeyHome } from './pkcs11-key-home.js';

/** A key in a token, ready for use. */
export interface OpenPkcs11Key {
  readonly home: Pkcs11KeyHome;
  readonly handle: KeyHandle;
  /** Logs out of the token. */
  close(): Promise<void>;
}

/** Variables for what a URI leaves open. */
const pinVariable = 'SELVAGE_PKCS11_PIN';
const moduleVariable = 'SELVAGE_PKCS11_MODULE';

/**
 * Opens the token of a PKCS#11 URI (RFC 7512).
 * @param env for the PIN (`SELVAGE_PKCS11_PIN`) and the library (`SELVAGE_PKCS11_MODULE`) where the URI names none
 * @throws SelvageError `invalid-argument` for the URI, `file-not-found` for the PIN's file, and as the token does
 */
export async function openPkcs11Home(
  uri: Pkcs11Uri | string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<Pkcs11KeyHome> {
  const read = typeof uri === 'string' ? parsePkcs11Uri(uri) : uri;
  const { token, manufacturer, model, serial } = read;
  const modulePath = read.modulePath ?? env[moduleVariable];
  if (modulePath === undefined || modulePath === '') {
    throw new SelvageError('invalid-argument', "the PKCS#11 URI does not name the token's library", {
      remedy: `add ?module-path=/usr/lib/softhsm/libsofthsm2.so, or set ${moduleVariable}`,
    });
  }
  const pin = readPin(read.pinSource, env);
  try {
    return await Pkcs11KeyHome.open({ modulePath, pin, token, manufacturer, model, serial });
  } finally {
    pin.dispose();
  }
}

/**
 * Opens the one key that a PKCS#11 URI names.
 * @throws SelvageError as {@link openPkcs11Home}; `key-not-found` where no one key fits
 */
export async function openPkcs11Key(
  uri: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<OpenPkcs11Key> {
  const read = parsePkcs11Uri(uri);
  const home = await openPkcs11Home(read, env);
  try {
    return { home, handle: await keyOf(home, read), close: () => home.close() };
  } catch (error) {
    await home.close();
    throw error;
  }
}

async function keyOf(home: Pkcs11KeyHome, { object, id }: Pkcs11Uri): Promise<KeyHandle> {
  const labels = await home.labels();
  const keys = await home.list();
  const fitting = keys.filter(
    (key) =>
      (object === undefined || labels.get(key.id) === object) &&
      (id === undefined || bytesEqual(Buffer.from(key.id, 'hex'), id)),
  );
  const [only] = fitting;
  if (only !== undefined && fitting.length === 1) return only;
  const there = keys.map((key) => labels.get(key.id) || key.id).join(', ');
  throw new SelvageError('key-not-found', `${fitting.length} keys of the token fit the PKCS#11 URI, not one`, {
    details: { keys: there },
    remedy: there === '' ? 'the token has no key that can be used here' : `name one by its object or id: ${there}`,
  });
}

function readPin(source: string | undefined, env: Readonly<Record<string, string | undefined>>): Secret {
  const text = source === undefined ? env[pinVariable] : readFirstLine(source);
  if (text !== undefined && text !== '') return Secret.text(text);
  throw new SelvageError(
    'invalid-argument',
    source === undefined ? 'no PIN was given' : 'the file of the PIN is empty',
    {
      remedy: `name a file that only you can read with &pin-source=file:/…, or set ${pinVariable}`,
    },
  );
}

/** @throws SelvageError `invalid-argument` for a source that is no file, `file-not-found` */
function readFirstLine(source: string): string | undefined {
  const path = pathOf(source);
  if (path === undefined) {
    throw new SelvageError('invalid-argument', 'the pin-source of the PKCS#11 URI is no file', {
      remedy: 'write pin-source=file:/path, or a path that starts with /',
    });
  }
  try {
    return readFileSync(path, 'utf8').split(/\r?\n/, 1)[0];
  } catch (cause) {
    throw new SelvageError('file-not-found', `the file of the PIN, ${path}, cannot be read`, { cause });
  }
}

function pathOf(source: string): string | undefined {
  if (source.startsWith('/')) return source;
  if (source.startsWith('file:///')) return fileURLToPath(source);
  return source.startsWith('file:') && source.length > 'file:'.length && !source.startsWith('file://')
    ? source.slice('file:'.length)
    : undefined;
}
