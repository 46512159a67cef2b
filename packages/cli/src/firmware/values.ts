/** The values of options as imgtool's users write them. */
import { InvalidArgumentError } from 'commander';
import { SelvageError } from '@selvage/core';
import { type ImageVersion, type MaxAlign, parseVersion } from '@selvage/hardware';
import { readOptionFile } from '../dtls/files.js';

/** A dependency on another image. */
export interface NamedDependency {
  readonly image: number;
  readonly minimum: ImageVersion;
}

/** A TLV of the vendor's own; its value may be in a file. */
export interface NamedTlv {
  readonly type: number;
  readonly value: Uint8Array;
}

/** A whole number in decimal or as 0x…, 0o…, 0b…, from `least` to `most`. */
export function integer(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = /^(\d+|0x[0-9a-f]+|0o[0-7]+|0b[01]+)$/i.test(text) ? Number(text) : Number.NaN;
    if (value >= least && value <= most) return value;
    throw new InvalidArgumentError(`Give a whole number from ${least} to ${most}, such as 512 or 0x200.`);
  };
}

/** `1.2.3+4`. */
export function versionOption(text: string): ImageVersion {
  return option(() => parseVersion(text));
}

/** A security counter, or `auto`. */
export function counterOption(text: string): number | 'auto' {
  return text.toLowerCase() === 'auto' ? 'auto' : integer(0, 0xffff_ffff)(text);
}

/** `(1, 1.2.0)(2, 3.4.5+6)`, with a comma between them or without. */
export function dependenciesOption(text: string): readonly NamedDependency[] {
  const one = /\(\s*(\d+)\s*,\s*([^)\s]+)\s*\)/y;
  const found: NamedDependency[] = [];
  for (let at = 0; at < text.length; ) {
    one.lastIndex = at;
    const match = one.exec(text);
    if (match === null)
      throw new InvalidArgumentError('Write it as "(1,1.2.0)(2,3.4.5+6)": an image and its least version.');
    found.push({ image: Number(match[1]), minimum: versionOption(match[2] as string) });
    at = one.lastIndex + (/^[\s,]*/.exec(text.slice(one.lastIndex))?.[0].length ?? 0);
  }
  if (found.length === 0) throw new InvalidArgumentError('Write it as "(1,1.2.0)(2,3.4.5+6)".');
  return found;
}

/** `0xa0=0x01020304` or `0xb5=text`: what `--custom-tlv 0xa0 0x01020304` was made of; may be repeated. */
export function gatherTlv(text: string, before: readonly NamedTlv[] = []): readonly NamedTlv[] {
  const { type, rest } = splitTlv(text);
  if (!rest.startsWith('0x')) return [...before, { type, value: new TextEncoder().encode(rest) }];
  const digits = rest.slice(2);
  if (!/^([0-9a-f]{2})*$/i.test(digits))
    throw new InvalidArgumentError(`0x stands for bytes: ${rest} has half of one.`);
  return [...before, { type, value: new Uint8Array(Buffer.from(digits, 'hex')) }];
}

/** The same with the value in a file. */
export function gatherTlvFile(text: string, before: readonly NamedTlv[] = []): readonly NamedTlv[] {
  const { type, rest } = splitTlv(text);
  return [...before, { type, value: option(() => readOptionFile('--custom-tlv-file', rest)) }];
}

/** 8, 16 or 32. */
export function maxAlignOption(text: string): MaxAlign {
  const value = Number(text);
  if (value === 8 || value === 16 || value === 32) return value;
  throw new InvalidArgumentError('Give 8, 16 or 32.');
}

/** May be repeated. */
export function gather(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, text];
}

/** What imgtool has and this has not: said at once, with the way that is left. */
export function refusedOption(reason: string): () => never {
  return () => {
    throw new InvalidArgumentError(reason);
  };
}

function splitTlv(text: string): { type: number; rest: string } {
  const at = text.indexOf('=');
  const type = at > 0 ? integer(0xa0, 0xfffe)(text.slice(0, at)) : Number.NaN;
  if (at > 0) return { type, rest: text.slice(at + 1) };
  throw new InvalidArgumentError('Give a type and a value, such as: --custom-tlv 0xa0 0x01020304');
}

function option<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof SelvageError) throw new InvalidArgumentError(`${error.message}. ${error.remedy ?? ''}`.trim());
    throw error;
  }
}
