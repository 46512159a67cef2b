/** The part of PKCS#11 that is used here, as the optional package pkcs11js offers it. */
import { createRequire } from 'node:module';
import { SelvageError } from '@selvage/core';
import { threadsMayCall } from '../../pkcs11/constants.js';

/** A slot, a session or an object: a number of the library's own. */
export type Handle = Buffer;

/** One attribute of an object; without a value it is asked for. */
export interface Attribute {
  readonly type: number;
  readonly value?: number | boolean | string | Buffer;
}

/** An attribute as the library answers. */
export interface AnsweredAttribute {
  readonly type: number;
  readonly value: Buffer;
}

/** What is to be done with a key. */
export interface Mechanism {
  readonly mechanism: number;
  readonly parameter?: { readonly type: number; readonly kdf: number; readonly publicData: Buffer };
}

/** What a token tells of itself; texts are padded with blanks. */
export interface TokenInfo {
  readonly label: string;
  readonly manufacturerID: string;
  readonly model: string;
  readonly serialNumber: string;
}

/** The functions of a loaded library, by their names in PKCS#11. */
export interface Cryptoki {
  load(path: string): void;
  C_Initialize(options: { flags: number }): void;
  C_Finalize(): void;
  C_GetSlotList(tokenPresent: boolean): Handle[];
  C_GetTokenInfo(slot: Handle): TokenInfo;
  C_GetMechanismList(slot: Handle): number[];
  C_OpenSession(slot: Handle, flags: number): Handle;
  C_CloseSession(session: Handle): void;
  C_Login(session: Handle, user: number, pin: string): void;
  C_FindObjectsInit(session: Handle, template: readonly Attribute[]): void;
  C_FindObjects(session: Handle, most: number): Handle[];
  C_FindObjectsFinal(session: Handle): void;
  C_GetAttributeValue(session: Handle, object: Handle, template: readonly Attribute[]): AnsweredAttribute[];
  C_CreateObject(session: Handle, template: readonly Attribute[]): Handle;
  C_DestroyObject(session: Handle, object: Handle): void;
  C_SignInit(session: Handle, mechanism: Mechanism, key: Handle): void;
  C_SignAsync(session: Handle, message: Buffer, target: Buffer): Promise<Buffer>;
  C_GenerateKeyAsync(session: Handle, mechanism: Mechanism, template: readonly Attribute[]): Promise<Handle>;
  C_GenerateKeyPairAsync(
    session: Handle,
    mechanism: Mechanism,
    publicKey: readonly Attribute[],
    privateKey: readonly Attribute[],
  ): Promise<{ privateKey: Handle; publicKey: Handle }>;
  C_DeriveKeyAsync(session: Handle, mechanism: Mechanism, key: Handle, template: readonly Attribute[]): Promise<Handle>;
}

/** CK_PARAMS_EC_DH of pkcs11js: its own number for the shape of a parameter. */
export const ecdhParameter = 6;

/** A library that this process has in use, and by how many. */
interface InUse {
  readonly cryptoki: Cryptoki;
  uses: number;
}

const inUse = new Map<string, InUse>();

/**
 * Loads the library of a token; one process initialises it once, however many use it.
 * @throws SelvageError `key-operation-failed` with a remedy where pkcs11js or the library is missing
 */
export function useLibrary(path: string): Cryptoki {
  const { PKCS11 } = loadBinding();
  const known = inUse.get(path);
  if (known !== undefined) {
    known.uses++;
    return known.cryptoki;
  }
  const cryptoki = new PKCS11();
  try {
    cryptoki.load(path);
    cryptoki.C_Initialize({ flags: threadsMayCall });
  } catch (cause) {
    throw new SelvageError('key-operation-failed', `${path} cannot be used as a PKCS#11 library`, {
      cause,
      details: { reason: reasonOf(cause) },
      remedy: "give the library's file as module-path; SoftHSM's is /usr/lib/softhsm/libsofthsm2.so on Debian",
    });
  }
  inUse.set(path, { cryptoki, uses: 1 });
  return cryptoki;
}

/** Gives a library back; the last one to do so ends its use. */
export function releaseLibrary(path: string): void {
  const known = inUse.get(path);
  if (known === undefined || --known.uses > 0) return;
  inUse.delete(path);
  known.cryptoki.C_Finalize();
}

/** What pkcs11js exports. */
export interface Binding {
  readonly PKCS11: new () => Cryptoki;
}

/**
 * Loads pkcs11js when a token is wanted: it is not there where it could not be built, and nothing else misses it.
 * @param require how; another one only in tests
 */
export function loadBinding(require: (name: string) => unknown = createRequire(import.meta.url)): Binding {
  try {
    return require('pkcs11js') as Binding;
  } catch (cause) {
    throw new SelvageError('key-operation-failed', 'PKCS#11 tokens need the package pkcs11js, which is not there', {
      cause,
      remedy: 'it is built when it is installed: have a C++ compiler, make and Python 3, then run npm ci again',
    });
  }
}

/** The CKR_ name of a failure, or its kind where it is none of PKCS#11. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  return /^CKR_\w+/.exec(error.message)?.[0] ?? error.name;
}
