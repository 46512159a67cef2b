import { fromHex, SelvageError } from '@selvage/core';

/** What a PKCS#11 URI (RFC 7512) says of a key and of where it lies. What is absent says nothing. */
export interface Pkcs11Uri {
  /** The token's label, as it was given when the token was made. */
  readonly token?: string | undefined;
  readonly manufacturer?: string | undefined;
  readonly model?: string | undefined;
  readonly serial?: string | undefined;
  /** CKA_LABEL of the key. */
  readonly object?: string | undefined;
  /** CKA_ID of the key. */
  readonly id?: Uint8Array | undefined;
  /** The file of the library that speaks to the token. */
  readonly modulePath?: string | undefined;
  /** Where the PIN is: a file. */
  readonly pinSource?: string | undefined;
}

type Part = 'path' | 'query';

/** Attributes of RFC 7512 §2.3 that name something here, and the fields they become. */
const known: Readonly<Record<Part, Readonly<Record<string, keyof Pkcs11Uri>>>> = {
  path: {
    token: 'token',
    manufacturer: 'manufacturer',
    model: 'model',
    serial: 'serial',
    object: 'object',
    id: 'id',
  },
  query: { 'module-path': 'modulePath', 'pin-source': 'pinSource' },
};

/** What may stand unescaped beside letters and digits (RFC 7512 §2.3, pk11-res-avail and the rest of each part). */
const plain: Readonly<Record<Part, RegExp>> = {
  path: /^(?:[\w.~:[\]@!$'()*+,=&-]|%[0-9A-Fa-f]{2})*$/,
  query: /^(?:[\w.~:[\]@!$'()*+,=/?|-]|%[0-9A-Fa-f]{2})*$/,
};

const scheme = 'pkcs11:';
const example =
  'pkcs11:token=site;object=firmware?module-path=/usr/lib/softhsm/libsofthsm2.so&pin-source=file:/etc/pin';

/** Whether a text is meant as a PKCS#11 URI, good or not. */
export function isPkcs11Uri(text: string): boolean {
  return text.slice(0, scheme.length).toLowerCase() === scheme;
}

/**
 * Reads a PKCS#11 URI strictly: each attribute once, none that says nothing here, and no PIN in it.
 * @throws SelvageError `invalid-argument`; it never repeats a value, which may be a PIN in the wrong place.
 */
export function parsePkcs11Uri(text: string): Pkcs11Uri {
  if (!isPkcs11Uri(text)) throw refused('it does not start with pkcs11:');
  const [path = '', ...queries] = text.slice(scheme.length).split('?');
  const query = queries.join('?');
  const type = typeOf(path);
  if (type !== undefined && type !== 'private' && type !== 'secret-key') {
    throw refused('its type is neither private nor secret-key', 'name a key that can be used, or leave the type out');
  }
  const fields = new Map<keyof Pkcs11Uri, string | Uint8Array>();
  for (const part of ['path', 'query'] as const) {
    const list = part === 'path' ? path.split(';') : query.split('&');
    for (const attribute of list.filter((one) => one !== '')) readAttribute(part, attribute, fields);
  }
  return Object.fromEntries(fields);
}

function readAttribute(part: Part, attribute: string, fields: Map<keyof Pkcs11Uri, string | Uint8Array>): void {
  const at = attribute.indexOf('=');
  if (at <= 0) throw refused(`an attribute of its ${part} is not name=value`);
  const [name, value] = [attribute.slice(0, at), attribute.slice(at + 1)];
  if (part === 'path' && name === 'type') return;
  const field = Object.hasOwn(known[part], name) ? known[part][name] : undefined;
  if (field === undefined) throw unknown(part, name);
  if (fields.has(field)) throw refused(`it gives ${name} twice`);
  if (!plain[part].test(value)) {
    throw refused(`the value of ${name} has a character that must be written as %hh`, 'write a space as %20, ; as %3B');
  }
  fields.set(field, name === 'id' ? bytesOf(value) : textOf(name, value));
}

function typeOf(path: string): string | undefined {
  const types = path.split(';').filter((attribute) => attribute.startsWith('type='));
  if (types.length > 1) throw refused('it gives type twice');
  return types[0]?.slice('type='.length);
}

function textOf(name: string, value: string): string {
  try {
    const text = decodeURIComponent(value);
    if (text !== '') return text;
  } catch {
    throw refused(`the value of ${name} is not UTF-8`);
  }
  throw refused(`the value of ${name} is empty`);
}

/** CKA_ID is bytes, not text: what stands unescaped is its own character code. */
function bytesOf(value: string): Uint8Array {
  const hex = value.replace(/%([0-9A-Fa-f]{2})|(.)/g, (_, escaped: string | undefined, character: string) =>
    (escaped ?? character.charCodeAt(0).toString(16)).toLowerCase(),
  );
  if (hex === '') throw refused('the value of id is empty');
  return fromHex(hex);
}

function unknown(part: Part, name: string): SelvageError {
  if (part === 'query' && name === 'pin-value') {
    return refused('it holds the PIN itself, which other users of this machine can read', 'give pin-source=file:…');
  }
  if (part === 'query' && name === 'module-name') {
    return refused('module-name says nothing here', "give module-path, the library's file");
  }
  // A name of letters can be shown; anything else may be part of a value that went astray.
  const shown = /^[a-z-]{1,24}$/.test(name) ? name : 'one of its attributes';
  return refused(`${shown} is none of the ${part}: ${Object.keys(known[part]).join(', ')}`);
}

function refused(problem: string, remedy = `write it as ${example}`): SelvageError {
  return new SelvageError('invalid-argument', `the PKCS#11 URI is no good: ${problem}`, { remedy });
}
