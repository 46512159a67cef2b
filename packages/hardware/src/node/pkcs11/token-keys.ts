import type { KeyAlgorithm } from '@selvage/crypto';
import { CKA, CKO } from '../../pkcs11/constants.js';
import { algorithmOf, type KeyForm, keyForms, readPoint } from '../../pkcs11/key-forms.js';
import { handleId } from '../../pkcs11/key-id.js';
import type { Attribute, Cryptoki, Handle } from './cryptoki.js';

/** A key in a token. */
export interface TokenKey {
  /** Of the handle: CKA_ID in hex, or the label of a key that has none. */
  readonly id: string;
  readonly keyId: Uint8Array;
  readonly label: string;
  readonly algorithm: KeyAlgorithm;
  readonly publicKey: Uint8Array | undefined;
  readonly object: Handle;
  /** The object of its public half. */
  readonly publicObject: Handle | undefined;
}

/** Objects that a search gives at a time. */
const batch = 64;

/**
 * The keys of a token that can be used here. Of two that cannot be told apart, the same CKA_ID and no other, none.
 */
export function findKeys(cryptoki: Cryptoki, session: Handle): TokenKey[] {
  const publicKeys = findObjects(cryptoki, session, CKO.PUBLIC_KEY).map((object) => {
    const { id, label } = namesOf(cryptoki, session, object);
    return { id: handleId(id, label), object };
  });
  const secret = [CKO.PRIVATE_KEY, CKO.SECRET_KEY].flatMap((kind) => findObjects(cryptoki, session, kind));
  const found = secret.flatMap((object): TokenKey[] => {
    const { id: keyId, label } = namesOf(cryptoki, session, object);
    const algorithm = readAlgorithm(cryptoki, session, object);
    if (algorithm === undefined) return [];
    const id = handleId(keyId, label);
    const common = { id, keyId, label, algorithm, object };
    if (keyForms[algorithm].curve === undefined) return [{ ...common, publicKey: undefined, publicObject: undefined }];
    const publicObject = publicKeys.find((one) => one.id === id)?.object;
    const point = publicObject && valueOf(cryptoki, session, publicObject, CKA.EC_POINT);
    // A private key alone: nobody could say whom its signatures are of.
    return point === undefined ? [] : [{ ...common, publicKey: readPoint(algorithm, point), publicObject }];
  });
  return found.filter(({ id }) => found.filter((other) => other.id === id).length === 1);
}

/** What makes a key's object; its public half has no more than it needs. */
export function keyTemplate(form: KeyForm, keyId: Uint8Array, label: string): Attribute[] {
  return [
    { type: CKA.CLASS, value: form.curve === undefined ? CKO.SECRET_KEY : CKO.PRIVATE_KEY },
    { type: CKA.KEY_TYPE, value: form.keyType },
    { type: CKA.TOKEN, value: true },
    { type: CKA.PRIVATE, value: true },
    { type: CKA.SENSITIVE, value: true },
    { type: CKA.EXTRACTABLE, value: false },
    { type: CKA.SIGN, value: form.canSign },
    { type: CKA.DERIVE, value: form.canDerive },
    { type: CKA.ID, value: Buffer.from(keyId) },
    { type: CKA.LABEL, value: Buffer.from(label) },
  ];
}

/** What makes the object of a public key; with a point, of one that is known already. */
export function publicTemplate(form: KeyForm, keyId: Uint8Array, label: string, point?: Uint8Array): Attribute[] {
  return [
    { type: CKA.CLASS, value: CKO.PUBLIC_KEY },
    { type: CKA.KEY_TYPE, value: form.keyType },
    { type: CKA.TOKEN, value: true },
    { type: CKA.PRIVATE, value: false },
    { type: CKA.VERIFY, value: form.canSign },
    { type: CKA.EC_PARAMS, value: Buffer.from(form.curve ?? new Uint8Array(0)) },
    { type: CKA.ID, value: Buffer.from(keyId) },
    { type: CKA.LABEL, value: Buffer.from(label) },
    ...(point === undefined ? [] : [{ type: CKA.EC_POINT, value: Buffer.from(point) }]),
  ];
}

/** One attribute of an object; `undefined` where it has none. */
export function valueOf(cryptoki: Cryptoki, session: Handle, object: Handle, type: number): Uint8Array | undefined {
  try {
    return cryptoki.C_GetAttributeValue(session, object, [{ type }])[0]?.value;
  } catch {
    // A token that has no such attribute says so in one of several ways.
    return undefined;
  }
}

function findObjects(cryptoki: Cryptoki, session: Handle, kind: number): Handle[] {
  const found: Handle[] = [];
  cryptoki.C_FindObjectsInit(session, [
    { type: CKA.CLASS, value: kind },
    { type: CKA.TOKEN, value: true },
  ]);
  try {
    for (;;) {
      const some = cryptoki.C_FindObjects(session, batch);
      if (some.length === 0) return found;
      found.push(...some);
    }
  } finally {
    cryptoki.C_FindObjectsFinal(session);
  }
}

function namesOf(cryptoki: Cryptoki, session: Handle, object: Handle): { id: Uint8Array; label: string } {
  const id = Uint8Array.from(valueOf(cryptoki, session, object, CKA.ID) ?? []);
  const label = Buffer.from(valueOf(cryptoki, session, object, CKA.LABEL) ?? []).toString('utf8');
  return { id, label };
}

function readAlgorithm(cryptoki: Cryptoki, session: Handle, object: Handle): KeyAlgorithm | undefined {
  const value = (type: number): Uint8Array | undefined => valueOf(cryptoki, session, object, type);
  const keyType = value(CKA.KEY_TYPE);
  return algorithmOf({
    // CK_ULONG, in the bytes and the order of this machine, which is little-endian wherever Node runs.
    keyType: keyType === undefined ? -1 : Buffer.from(keyType).readUIntLE(0, 4),
    curve: value(CKA.EC_PARAMS),
    canSign: value(CKA.SIGN)?.[0] === 1,
    canDerive: value(CKA.DERIVE)?.[0] === 1,
  });
}
