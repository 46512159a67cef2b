/**
 * The file of a {@link LogStore}: a header, and frames of changes one after the other. All changes of a frame became
 * durable together, and before the next one was begun: so after a crash the last frame alone can be damaged.
 *
 *   header: "SLVGLOG1", salt (8), length of the file when it was made (4), check of the three (4)
 *   frame:  length of the changes (4), number of the frame (4), check of the two (4), check of the changes (4), changes
 *   change: 1, length of the name (1), name, length of the value (4), value
 *         | 2, length of the name (1), name
 *
 * Behind the last frame there may be zeros, for the next frames to be written over: no frame begins with a length of 0.
 *
 * The checks are CRC-32. Those of a frame go on from that of the header, whose salt is another in every file: values,
 * which may be a stranger's, cannot be made to look like frames. Frames are numbered from 0, so that one that is missing
 * is missed.
 */
import { crc32 } from 'node:zlib';
import { bytesEqual } from '../bytes/equal.js';
import { concat } from '../bytes/concat.js';
import { ByteReader } from '../bytes/reader.js';
import { ByteWriter } from '../bytes/writer.js';
import { SelvageError } from '../errors/error.js';

/** A new value of a name, or none. */
export interface Change {
  readonly name: string;
  readonly value: Uint8Array | undefined;
}

/** How far a log has come: what the next frame needs to know. */
export interface Log {
  /** The check of the header. */
  readonly seed: number;
  /** How many frames there are. */
  readonly frames: number;
  /** Where the last whole frame ends, in bytes. What is behind was never acknowledged. */
  readonly length: number;
}

const utf8 = new TextEncoder();
const magic = utf8.encode('SLVGLOG1');
const saltLength = 8;
const headerLength = magic.length + saltLength + 8;
const frameHeadLength = 16;
const tags = { put: 1, delete: 2 } as const;

/** A log that holds these values, to be made at once. */
export function encodeLog(values: ReadonlyMap<string, Uint8Array>): { readonly log: Log; readonly bytes: Uint8Array } {
  const changes = [...values].map(([name, value]) => ({ name, value }));
  const length = headerLength + (changes.length > 0 ? frameHeadLength + changesLength(changes) : 0);
  const header = new Uint8Array(headerLength);
  const view = viewOf(header, magic.length + saltLength, 8);
  header.set(magic);
  globalThis.crypto.getRandomValues(header.subarray(magic.length, magic.length + saltLength));
  view.setUint32(0, length);
  const seed = crc32(header.subarray(0, headerLength - 4));
  view.setUint32(4, seed);
  const log = { seed, frames: 0, length: headerLength };
  if (changes.length === 0) return { log, bytes: header };
  const frame = encodeFrame(log, changes);
  return { log: withFrame(log, frame), bytes: concat(header, frame) };
}

/** The frame of these changes for the end of a log. */
export function encodeFrame({ seed, frames }: Log, changes: readonly Change[]): Uint8Array {
  const writer = new ByteWriter(frameHeadLength + changesLength(changes));
  writer.reserve(frameHeadLength);
  for (const change of changes) writeChange(writer, change);
  writer.patch(0, writer.length - frameHeadLength, 4);
  writer.patch(4, frames, 4);
  const bytes = writer.take();
  const view = new DataView(bytes.buffer);
  const headCheck = crc32(bytes.subarray(0, 8), seed);
  view.setUint32(8, headCheck);
  view.setUint32(12, crc32(bytes.subarray(frameHeadLength), headCheck));
  return bytes;
}

/** A log with another frame at its end. */
export function withFrame({ seed, frames, length }: Log, frame: Uint8Array): Log {
  return { seed, frames: frames + 1, length: length + frame.length };
}

/** Bytes that a change takes in a frame. */
export function changeLength({ name, value }: Change): number {
  return 2 + name.length + (value === undefined ? 0 : 4 + value.length);
}

/**
 * The log that these bytes are, and its values.
 * @throws SelvageError `store-failed` for what is no log, and for damage that no crash can have done
 */
export function readLog(bytes: Uint8Array): { readonly log: Log; readonly values: Map<string, Uint8Array> } {
  const { seed, firstLength } = readHeader(bytes);
  let log: Log = { seed, frames: 0, length: headerLength };
  const values = new Map<string, Uint8Array>();
  for (;;) {
    const frame = frameAt(bytes, log);
    if (frame === undefined) break;
    applyChanges(values, frame.subarray(frameHeadLength), log.length);
    log = withFrame(log, frame);
  }
  // What was there when the file was made was durable before it had its name.
  if (log.length < firstLength || hasMore(bytes, log)) {
    throw damaged('a frame that was durable is damaged or missing', log.length);
  }
  return { log, values };
}

/** Where the zeros at the end of a file begin. */
export function contentLength(bytes: Uint8Array): number {
  let length = bytes.length;
  while (length > 0 && bytes[length - 1] === 0) length--;
  return length;
}

function readHeader(bytes: Uint8Array): { seed: number; firstLength: number } {
  if (bytes.length >= headerLength && bytesEqual(bytes.subarray(0, magic.length), magic)) {
    const seed = crc32(bytes.subarray(0, headerLength - 4));
    const view = viewOf(bytes, magic.length + saltLength, 8);
    if (view.getUint32(4) === seed) return { seed, firstLength: view.getUint32(0) };
  }
  throw damaged('the file does not begin as a log', 0);
}

/** The next frame of a log; undefined where there is none, or not the whole of it. */
function frameAt(bytes: Uint8Array, { seed, frames, length }: Log): Uint8Array | undefined {
  const head = headAt(bytes, seed, length);
  if (head?.number !== frames || length + head.frameLength > bytes.length) return undefined;
  const frame = bytes.subarray(length, length + head.frameLength);
  const view = viewOf(frame, 0, frameHeadLength);
  return crc32(frame.subarray(frameHeadLength), view.getUint32(8)) === view.getUint32(12) ? frame : undefined;
}

/** Whether frames are behind the end of a log: there was a time when they followed whole ones. */
function hasMore(bytes: Uint8Array, { seed, frames, length }: Log): boolean {
  const end = contentLength(bytes);
  const next = headAt(bytes, seed, length);
  if (next) return next.number !== frames || length + next.frameLength < end;
  for (let place = length + 1; place < end; place++) {
    if (headAt(bytes, seed, place)) return true;
  }
  return false;
}

interface FrameHead {
  readonly number: number;
  readonly frameLength: number;
}

function headAt(bytes: Uint8Array, seed: number, place: number): FrameHead | undefined {
  if (bytes.length - place < frameHeadLength) return undefined;
  const view = viewOf(bytes, place, frameHeadLength);
  if (view.getUint32(0) === 0) return undefined;
  if (crc32(bytes.subarray(place, place + 8), seed) !== view.getUint32(8)) return undefined;
  return { number: view.getUint32(4), frameLength: frameHeadLength + view.getUint32(0) };
}

function viewOf(bytes: Uint8Array, place: number, length: number): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset + place, length);
}

function changesLength(changes: readonly Change[]): number {
  return changes.reduce((sum, change) => sum + changeLength(change), 0);
}

function writeChange(writer: ByteWriter, { name, value }: Change): void {
  writer.u8(value === undefined ? tags.delete : tags.put);
  writer.u8(name.length);
  // Names are ASCII.
  writer.bytes(utf8.encode(name));
  if (value === undefined) return;
  writer.u32(value.length);
  writer.bytes(value);
}

function applyChanges(values: Map<string, Uint8Array>, changes: Uint8Array, place: number): void {
  const reader = new ByteReader(changes);
  while (reader.remaining > 0) {
    const tag = reader.u8();
    const name = String.fromCharCode(...reader.bytes(reader.u8()));
    if (tag === tags.put) values.set(name, reader.bytes(reader.u32()).slice());
    else if (tag === tags.delete) values.delete(name);
    else throw damaged(`there is no change ${tag}`, place);
  }
}

function damaged(problem: string, offset: number): SelvageError {
  return new SelvageError('store-failed', `${problem} (at byte ${offset})`, {
    details: { offset },
    remedy: 'Put the file back from a backup; what was stored cannot be read.',
  });
}
