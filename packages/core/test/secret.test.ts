import { Console } from 'node:console';
import { Writable } from 'node:stream';
import { format, inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { Secret, toHex } from '@selvage/core';
import { outcomeOf } from '@selvage/core/testing';

const passphrase = 'J01NME-hunter2';

describe('Secret', () => {
  it('prints as redacted wherever it is printed', () => {
    const secret = Secret.text(passphrase);
    const untyped = secret as unknown as string;
    const printed = [
      secret.toString(),
      String(secret),
      `${untyped}`,
      '' + untyped,
      JSON.stringify({ secret }),
      JSON.stringify([secret]),
      inspect(secret),
      inspect({ deep: { secret } }, { depth: 9, showHidden: true, getters: true }),
      inspect(secret, { customInspect: false, showHidden: true }),
      format('%s %o %O %j', secret, secret, secret, secret),
      consoleOutput(secret),
      JSON.stringify(structuredClone(secret)),
      JSON.stringify(Object.entries(secret)),
      JSON.stringify(Reflect.ownKeys(secret)),
    ];
    const bytes = [...new TextEncoder().encode(passphrase)];
    for (const text of printed) {
      expect(text).not.toContain('hunter2');
      expect(text).not.toContain(bytes.slice(0, 4).join(','));
      expect(text).not.toContain(bytes.slice(0, 4).join(', '));
    }
    expect(printed.slice(0, 7).every((text) => text.includes('‹redacted›'))).toBe(true);
    expect(inspect({ secret })).toBe('{ secret: ‹redacted› }');
  });

  it('reveals its bytes, which are a copy of what it was made from', () => {
    const mine = new Uint8Array([1, 2, 3]);
    const secret = Secret.of(mine);
    mine.fill(0);
    expect(toHex(secret.reveal())).toBe('010203');
    expect(secret.length).toBe(3);
  });

  it('takes text as UTF-8', () => {
    expect(toHex(Secret.text('ü€').reveal())).toBe('c3bce282ac');
  });

  it('zeroes its bytes when disposed of, and reveals nothing afterwards', () => {
    const secret = Secret.of(new Uint8Array([1, 2, 3]));
    const bytes = secret.reveal();
    secret.dispose();
    secret.dispose();
    expect(toHex(bytes)).toBe('000000');
    expect(outcomeOf(() => secret.reveal())).toBe('wrong-state');
  });

  it('is disposed of at the end of its block', () => {
    const secret = Secret.of(new Uint8Array([1]));
    const bytes = secret.reveal();
    secret[Symbol.dispose]();
    expect(toHex(bytes)).toBe('00');
  });
});

function consoleOutput(value: unknown): string {
  let text = '';
  const stdout = new Writable({
    write(chunk: Buffer, _encoding, done) {
      text += chunk.toString();
      done();
    },
  });
  new Console({ stdout }).log(value, { nested: value }, [value]);
  return text;
}
