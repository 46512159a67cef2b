import { toHex } from '@selvage/core';

/** Something that nobody may see, and what it is. */
export interface NamedSecret {
  readonly name: string;
  readonly bytes: Buffer;
}

/** Shorter ones are met by chance. */
const leastLength = 8;

/** Secrets, each once: the same key lies with the device and with its owner. */
export class SecretList {
  readonly #secrets = new Map<string, NamedSecret>();

  add(name: string, bytes: Uint8Array): void {
    if (bytes.length < leastLength) throw new RangeError(`${name} is too short to be searched for`);
    const key = toHex(bytes);
    if (!this.#secrets.has(key)) this.#secrets.set(key, { name, bytes: Buffer.from(bytes) });
  }

  addText(name: string, text: string): void {
    this.add(name, Buffer.from(text));
  }

  get all(): readonly NamedSecret[] {
    return [...this.#secrets.values()];
  }

  /** How many there are of a kind: the first word of their names. */
  count(kind: string): number {
    return this.all.filter(({ name }) => name.split(' ')[0] === kind).length;
  }
}
