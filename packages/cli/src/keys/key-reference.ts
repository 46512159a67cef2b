/** How keys are named on the command line: `file.pem`, `vault:label`, `pkcs11:token=…;object=…`. */
import { SelvageError } from '@selvage/core';
import { openVaultKey } from '../vault/vault-key.js';
import { openFileKey } from './file-key.js';
import type { KeyOpening, OpenKey } from './open-key.js';
import { openTokenKey } from './token-key.js';

/** Where a key is. */
export interface KeyReference {
  readonly home: 'file' | 'vault' | 'pkcs11';
  /** A path, a label, or the whole URI. */
  readonly name: string;
}

/** What a `<key>` in help can be. */
export const keyForms = 'a file, vault:label, or pkcs11:…';

/** Reads a key reference; whatever has no scheme is a file. @throws SelvageError `invalid-argument` for an empty name */
export function parseKeyReference(text: string): KeyReference {
  const [, scheme, rest = ''] = /^(vault|pkcs11|file):(.*)$/is.exec(text) ?? [];
  const home = (scheme?.toLowerCase() ?? 'file') as KeyReference['home'];
  const name = scheme === undefined ? text : home === 'pkcs11' ? text : rest;
  if (name !== '') return { home, name };
  throw new SelvageError('invalid-argument', `the key ${JSON.stringify(text)} has no name`, {
    remedy: 'name a file, vault:label, or pkcs11:token=…;object=…',
  });
}

type Opener = (name: string, opening: KeyOpening) => Promise<OpenKey>;

/** Each home of keys, and how one of its keys is opened. */
const openers: Readonly<Record<KeyReference['home'], Opener>> = {
  file: openFileKey,
  vault: (label, { surface }) => openVaultKey(surface, label),
  pkcs11: openTokenKey,
};

/** Opens the key that a reference names. @throws SelvageError `key-not-found`, `invalid-key`, and as its home does */
export function openKey(text: string, opening: KeyOpening): Promise<OpenKey> {
  const { home, name } = parseKeyReference(text);
  return openers[home](name, opening);
}
