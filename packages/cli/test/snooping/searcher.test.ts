import { SeededEntropy } from '@selvage/core/virtual';
import { describe, expect, it } from 'vitest';
import { formNames, Searcher } from './support/searcher.js';

const key = Buffer.from('9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60', 'hex');
const pin = Buffer.from('73914682');
const searcher = new Searcher([
  { name: 'key', bytes: key },
  { name: 'pin', bytes: pin },
]);
const found = (content: Buffer | string): string[] =>
  searcher.search(Buffer.from(content)).map(({ secret, form }) => `${secret} ${form}`);

describe('the searcher', () => {
  it('finds a planted secret in every form', () => {
    const planted: Record<(typeof formNames)[number], string | Buffer> = {
      raw: Buffer.concat([Buffer.from('x'), key, Buffer.from('y')]),
      reversed: Buffer.concat([Buffer.alloc(3), Buffer.from(key).reverse()]),
      hex: `key=${key.toString('hex')};`,
      HEX: `key=${key.toString('hex').toUpperCase()};`,
      base64: `"${key.toString('base64')}"`,
      base64url: `"${key.toString('base64url')}"`,
      decimal: JSON.stringify({ key }),
    };
    for (const form of formNames) {
      const forms = found(planted[form]);
      expect(forms.length).toBeGreaterThan(0);
      if (!form.startsWith('base64')) expect(forms).toEqual([`key ${form}`]);
    }
  });

  it('finds it in base64 wherever it starts in a longer text', () => {
    for (const before of [0, 1, 2, 3, 4]) {
      const text = Buffer.concat([Buffer.alloc(before, 7), key, Buffer.alloc(5, 9)]).toString('base64');
      expect(found(text)).toEqual(['key base64']);
    }
  });

  it('takes a PIN for one only where it stands alone, also as a text', () => {
    expect(found('PIN 73914682.')).toEqual(['pin raw']);
    expect(found('{"at":173914682}')).toEqual([]);
    expect(found('{"at":0.739146821}')).toEqual([]);
    expect(found(`{"pin":"${pin.toString('base64')}"}`)).toEqual(['pin base64']);
  });

  it('finds nothing of it in what is changed by one bit, cut by one byte, or random', () => {
    for (let bit = 0; bit < key.length * 8; bit++) {
      const changed = Buffer.from(key);
      changed[bit >> 3] = (changed[bit >> 3] as number) ^ (1 << (bit & 7));
      expect(found(changed)).toEqual([]);
    }
    expect(found(key.subarray(1))).toEqual([]);
    const random = new Uint8Array(1_000_000);
    new SeededEntropy('snooping').fill(random);
    expect(found(Buffer.from(random))).toEqual([]);
  });
});
