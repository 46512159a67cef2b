import { SelvageError } from '@selvage/core';

/** Names a joiner by the last bits of its joiner ID, where its EUI-64 is not known (Thread 1.2 §8.4.4.3). */
export interface JoinerDiscerner {
  readonly value: bigint;
  /** In bits: 1 to 64. */
  readonly length: number;
}

const longest = 64;

/**
 * A discerner as people write it: `0xabc/12`, the value in hexadecimal and its length in bits.
 * @throws SelvageError `invalid-argument`
 */
export function parseDiscerner(text: string): JoinerDiscerner {
  const [, digits = '', length = ''] = /^(?:0x)?([0-9a-f]{1,16})\/(\d{1,2})$/i.exec(text.trim()) ?? [];
  const discerner = { value: BigInt(`0x${digits || '0'}`), length: Number(length) };
  if (digits === '' || discerner.length < 1 || discerner.length > longest) {
    throw new SelvageError('invalid-argument', 'a joiner discerner is a value and its length in bits, as in 0xabc/12');
  }
  if (discerner.value >> BigInt(discerner.length) !== 0n) {
    throw new SelvageError('invalid-argument', `the discerner's value has more than ${discerner.length} bits`);
  }
  return discerner;
}

/** As `parseDiscerner` reads it. */
export function discernerText({ value, length }: JoinerDiscerner): string {
  return `0x${value.toString(16)}/${length}`;
}

/** The bytes that steering data has of it: the value, big-endian, in as few as its length allows. */
export function discernerBytes({ value, length }: JoinerDiscerner): Uint8Array {
  const bytes = new Uint8Array(Math.ceil(length / 8));
  let left = value;
  for (let at = bytes.length - 1; at >= 0; at--) {
    bytes[at] = Number(left & 0xffn);
    left >>= 8n;
  }
  return bytes;
}

/** Whether a joiner ID ends in the bits of the discerner. */
export function discerns(discerner: JoinerDiscerner, joinerId: Uint8Array): boolean {
  let id = 0n;
  for (const byte of joinerId) id = (id << 8n) | BigInt(byte);
  return BigInt.asUintN(discerner.length, id) === discerner.value;
}
