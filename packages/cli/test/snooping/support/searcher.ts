import type { NamedSecret } from './secret-list.js';

/** A secret that was found, in which form, and where in the bytes. */
export interface Finding {
  readonly secret: string;
  readonly form: string;
  readonly at: number;
}

interface Pattern {
  readonly secret: string;
  readonly form: string;
  readonly bytes: Buffer;
  /** Found only where no digit stands beside it: eight digits are in many a number. */
  readonly isNumber: boolean;
}

/** How the bytes of a secret may stand in a file. */
export const formNames = ['raw', 'reversed', 'hex', 'HEX', 'base64', 'base64url', 'decimal'] as const;

/** Searches bytes for many secrets at once, each in every form. */
export class Searcher {
  /** Whether a pattern starts with these two bytes. */
  readonly #starts = new Uint8Array(65_536);
  readonly #patterns = new Map<number, Pattern[]>();
  /** How many bytes were searched. */
  searched = 0;

  constructor(secrets: readonly NamedSecret[]) {
    for (const secret of secrets) for (const pattern of patternsOf(secret)) this.#add(pattern);
  }

  search(bytes: Buffer): Finding[] {
    this.searched += bytes.length;
    const found: Finding[] = [];
    for (let at = 0; at + 4 <= bytes.length; at++) {
      if (this.#starts[((bytes[at] as number) << 8) | (bytes[at + 1] as number)] === 0) continue;
      for (const pattern of this.#patterns.get(bytes.readUInt32BE(at)) ?? []) {
        if (isAt(pattern, bytes, at)) found.push({ secret: pattern.secret, form: pattern.form, at });
      }
    }
    return found;
  }

  #add(pattern: Pattern): void {
    this.#starts[pattern.bytes.readUInt16BE(0)] = 1;
    const start = pattern.bytes.readUInt32BE(0);
    this.#patterns.set(start, [...(this.#patterns.get(start) ?? []), pattern]);
  }
}

function isAt({ bytes, isNumber }: Pattern, whole: Buffer, at: number): boolean {
  const end = at + bytes.length;
  if (end > whole.length || bytes.compare(whole, at, end) !== 0) return false;
  return !isNumber || !(isDigit(whole[at - 1]) || isDigit(whole[end]));
}

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 0x30 && byte <= 0x39;
}

function patternsOf({ name: secret, bytes }: NamedSecret): Pattern[] {
  const isPin = bytes.every(isDigit);
  const texts = (form: string, list: readonly string[]): Pattern[] =>
    list.map((text) => ({ secret, form, bytes: Buffer.from(text), isNumber: false }));
  return [
    { secret, form: 'raw', bytes, isNumber: isPin },
    { secret, form: 'reversed', bytes: Buffer.from(bytes).reverse(), isNumber: isPin },
    ...texts('hex', [bytes.toString('hex')]),
    // Of digits alone both are one.
    ...texts(
      'HEX',
      [bytes.toString('hex').toUpperCase()].filter((text) => text !== bytes.toString('hex')),
    ),
    ...texts('base64', inBase64(bytes, 'base64')),
    ...texts(
      'base64url',
      inBase64(bytes, 'base64url').filter((text) => !inBase64(bytes, 'base64').includes(text)),
    ),
    ...texts('decimal', [[...bytes].join(','), [...bytes].join(', ')]),
  ];
}

/** The characters that depend on the secret alone, for each of the three places where it can start in a longer text. */
function inBase64(bytes: Buffer, form: 'base64' | 'base64url'): string[] {
  return [0, 1, 2].map((before) => {
    const text = Buffer.concat([Buffer.alloc(before), bytes])
      .toString(form)
      .replace(/=+$/, '');
    const whole = Math.floor(((before + bytes.length) * 8) / 6);
    return text.slice(Math.ceil((before * 8) / 6), whole);
  });
}
