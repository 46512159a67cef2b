/**
 * The file of a {@link SealedStore}: a head, and sealed frames of changes one after the other.
 *
 *   head:  "SLVSEAL1"
 *   frame: u48 number | u8 length of the salt, 0 or 16 | salt | u32 length of what is sealed | sealed changes
 *
 * Frames are numbered on from file to file, and the number of the last one is what a monotonic counter holds: an old copy
 * of the file ends too early. A frame with a salt opens an era: its key and those of the frames behind it, up to the next
 * salt, are HKDF(root key, salt). What is sealed (AES-256-CCM, 16-byte tag, the number as nonce) is bound to the frame's
 * head and to the tag of the frame before, so no frame can be left out, moved or taken from another file.
 *
 * No key meets a nonce twice. Within an era each number is used once. A process draws a new salt before its first frame,
 * and after every frame of which it does not know what became of it: so neither a frame that tore, nor a file that was
 * put back, nor one that somebody keeps a copy of, shares a key with a frame of the same number that is written later.
 *
 * Behind the last frame there may be anything: zeros to be written over, or what a power cut left.
 */
import {
  ByteWriter,
  concat,
  constant,
  type Decoded,
  decode,
  encode,
  enumeration,
  mapped,
  opaque,
  type Secret,
  SelvageError,
  sequence,
  struct,
  u32,
  u48,
  u8,
} from '@selvage/core';
import type { CountedCcm, CryptoCore } from '@selvage/crypto';

/** A new value of a name, or none. */
export interface SealedChange {
  /** 1 to 255 of ASCII. */
  readonly name: string;
  readonly value: Uint8Array | undefined;
}

const none = new Uint8Array(0);
const utf8 = new TextEncoder();
export const fileHead = utf8.encode('SLVSEAL1');
export const saltLength = 16;
const keyLength = 32;
/** The number of the frame at the end of 11 bytes: with so short a nonce a message can have 2^32 bytes (RFC 3610 §2). */
const nonce = { template: new Uint8Array(11), offset: 5, length: 6 } as const;
const tagLength = 16;
const keyInfo = utf8.encode('selvage sealed store');

/** The part of a frame that is not sealed. */
const frameHead = struct({ number: u48, salt: opaque(u8, { max: saltLength }) });

/** A frame as it lies in the file. */
export const sealedFrame = struct({ ...frameHead.fields, sealed: opaque(u32, { min: tagLength + 1 }) });

export type SealedFrame = Decoded<typeof sealedFrame>;

const name = mapped(
  opaque(u8, { min: 1 }),
  (bytes) => String.fromCharCode(...bytes),
  (text) => utf8.encode(text),
);

/** What is sealed in a frame; never empty. A deleted name has an empty value. */
export const sealedChanges = struct({
  version: constant(u8, 1),
  changes: sequence(struct({ kind: enumeration(u8, { put: 1, delete: 2 }), name, value: opaque(u32) })),
});

type WrittenChange = Decoded<typeof sealedChanges>['changes'][number];

/** How far a file has come. */
export interface LogEnd {
  /** The number of the last frame. */
  readonly number: number;
  /** Its tag; the head of the file where there is no frame. */
  readonly tag: Uint8Array;
  /** Where the next frame goes, in bytes. */
  readonly place: number;
}

/** The frames under one key, which a salt makes. */
export class Era {
  readonly #salt: Uint8Array;
  readonly #ccm: CountedCcm;

  constructor(core: CryptoCore, root: Secret, salt: Uint8Array) {
    this.#salt = salt;
    const key = core.hkdf('sha256', root.reveal(), salt, keyInfo, keyLength);
    this.#ccm = core.aesCcmCounted(key, { nonce, tagLength });
    key.fill(0);
  }

  /** The frame of these changes behind `end`. @param opens whether it is the first of the era, and so has the salt */
  seal(end: LogEnd, changes: readonly SealedChange[], opens: boolean): SealedFrame {
    const head = { number: end.number + 1, salt: opens ? this.#salt : none };
    const writer = new ByteWriter(changes.reduce((sum, change) => sum + changeLength(change), 1));
    sealedChanges.encode(writer, { version: 1, changes: changes.map(written) });
    const plaintext = writer.take();
    const sealed = new Uint8Array(plaintext.length + tagLength);
    this.#ccm.sealInto(head.number, associatedData(head, end), plaintext, sealed, 0);
    plaintext.fill(0);
    return { ...head, sealed };
  }

  /**
   * The changes of the frame behind `end`; undefined where it is not authentic there.
   * @throws SelvageError `invalid-value` or another of a format where this layout is not known here
   */
  open(end: LogEnd, { number, salt, sealed }: SealedFrame): readonly SealedChange[] | undefined {
    const plaintext = this.#ccm.open(number, associatedData({ number, salt }, end), sealed);
    if (plaintext === undefined) return undefined;
    const changes = decode(sealedChanges, plaintext, 'changes').changes.map(read);
    plaintext.fill(0);
    return changes;
  }

  destroy(): void {
    this.#ccm.destroy();
  }
}

/** A frame as bytes. */
export function frameBytes(frame: SealedFrame): Uint8Array {
  const writer = new ByteWriter(frameLength(frame.salt.length, frame.sealed.length));
  sealedFrame.encode(writer, frame);
  return writer.take();
}

/** The end of a log once a frame is behind it. */
export function endBehind({ place }: LogEnd, { number, salt, sealed }: SealedFrame): LogEnd {
  return { number, tag: sealed.slice(-tagLength), place: place + frameLength(salt.length, sealed.length) };
}

/** Bytes that a value takes in a file, with its name. */
export function changeLength({ name, value }: SealedChange): number {
  return 6 + name.length + (value?.length ?? 0);
}

function frameLength(salt: number, sealed: number): number {
  return 6 + 1 + salt + 4 + sealed;
}

function associatedData(head: Decoded<typeof frameHead>, { tag }: LogEnd): Uint8Array {
  return concat(encode(frameHead, head), tag);
}

function written({ name, value }: SealedChange): WrittenChange {
  return { kind: value === undefined ? 'delete' : 'put', name, value: value ?? none };
}

/** A copy: what was opened is wiped. */
function read({ kind, name, value }: WrittenChange): SealedChange {
  if (kind === 'put') return { name, value: value.slice() };
  if (kind === 'delete') return { name, value: undefined };
  throw new SelvageError('invalid-value', `there is no change ${kind.unknown}`);
}
