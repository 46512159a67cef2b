/** How the values of claims are read: each gives the value, or `undefined` for what the claim cannot be. */
import type { CborValue } from '@selvage/core';
import type { AttestedComponent } from './claims.js';
import { type AttestedLifeCycle, lifeCycleOf } from './life-cycle.js';

/** The type of a claim: in words, for refusals, and as what reads it. */
export interface ClaimType<T> {
  readonly words: string;
  readonly read: (value: CborValue) => T | undefined;
}

/** Characters of the longest text that a token holds. */
const longestText = 128;
/** Components of one token, at most. */
const mostComponents = 16;
/** Bytes of hashes. */
const hashLengths: readonly number[] = [32, 48, 64];

/** Text that can be shown to people as it is. */
const shown = /^[\x20-\x7e]*$/;

export const hash: ClaimType<Uint8Array> = bytesOf('32, 48 or 64 bytes', (length) => hashLengths.includes(length));
export const implementation: ClaimType<Uint8Array> = bytesOf('32 bytes', (length) => length === 32);
export const bootSeed: ClaimType<Uint8Array> = bytesOf('8 to 32 bytes', (length) => length >= 8 && length <= 32);

export const instance: ClaimType<Uint8Array> = {
  words: '33 bytes, the first 01',
  read: (value) => (value instanceof Uint8Array && value.length === 33 && value[0] === 1 ? value : undefined),
};

export const client: ClaimType<number> = {
  words: 'an integer of 32 bits that is not 0',
  read: (value) => (typeof value === 'number' && value !== 0 && value === (value | 0) ? value : undefined),
};

export const lifeCycle: ClaimType<AttestedLifeCycle> = {
  words: 'a number from 0000 to 60ff (hexadecimal) whose high byte names a state',
  read: (value) => (isBelow(value, 0x1_0000) ? lifeCycleOf(value) : undefined),
};

export const text: ClaimType<string> = textOf(`printable ASCII, at most ${longestText} characters`, shown);
export const certification: ClaimType<string> = textOf('13 digits, a hyphen and 5 digits', /^\d{13}-\d{5}$/);
export const isolation: ClaimType<string> = textOf('a word of small letters and hyphens', /^[a-z][a-z-]{0,31}$/);

const componentKeys = { type: 1, measurement: 2, version: 4, signer: 5, algorithm: 6 } as const;

export const components: ClaimType<readonly AttestedComponent[]> = {
  words: `1 to ${mostComponents} maps with measurement (2) and signer (5)`,
  read(value) {
    if (!Array.isArray(value) || value.length === 0 || value.length > mostComponents) return undefined;
    const read = (value as readonly CborValue[]).map(component);
    return read.every((one) => one !== undefined) ? read : undefined;
  },
};

/** The components as they are written. */
export function componentMaps(all: readonly AttestedComponent[]): ReadonlyMap<number, string | Uint8Array>[] {
  return all.map((one) => {
    const names = (Object.keys(componentKeys) as (keyof AttestedComponent)[]).filter((name) => one[name] !== undefined);
    return new Map(names.map((name) => [componentKeys[name], one[name] as string | Uint8Array]));
  });
}

function component(value: CborValue): AttestedComponent | undefined {
  if (!(value instanceof Map)) return undefined;
  const map = value as ReadonlyMap<unknown, CborValue>;
  const texts = (['type', 'version', 'algorithm'] as const).map(
    (name) => [name, map.get(componentKeys[name])] as const,
  );
  const isWrong = texts.some(([, one]) => one !== undefined && text.read(one) === undefined);
  const measurement = hash.read(map.get(componentKeys.measurement));
  const signer = hash.read(map.get(componentKeys.signer));
  if (isWrong || measurement === undefined || signer === undefined) return undefined;
  return { ...Object.fromEntries(texts.filter(([, one]) => one !== undefined)), measurement, signer };
}

function bytesOf(words: string, fits: (length: number) => boolean): ClaimType<Uint8Array> {
  return { words, read: (value) => (value instanceof Uint8Array && fits(value.length) ? value : undefined) };
}

function textOf(words: string, form: RegExp): ClaimType<string> {
  const fits = (value: CborValue): value is string =>
    typeof value === 'string' && value.length <= longestText && form.test(value);
  return { words, read: (value) => (fits(value) ? value : undefined) };
}

function isBelow(value: CborValue, end: number): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value < end;
}
