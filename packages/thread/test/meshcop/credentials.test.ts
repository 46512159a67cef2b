import { fromHex, SelvageError, toHex } from '@selvage/core';
import { FailingEntropy, SeededEntropy } from '@selvage/core/virtual';
import { nativeCore } from '@selvage/crypto';
import {
  discernerBytes,
  discernerText,
  discerns,
  drawOneTimePasscode,
  joinerIdOf,
  joinerLabelText,
  joinerPassphrase,
  oneTimePasscode,
  parseDiscerner,
  parseJoinerLabel,
} from '@selvage/thread';
import { describe, expect, it } from 'vitest';
import vectors from '../vectors/steering.json' with { type: 'json' };

const words = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

function refusalOf(action: () => unknown): SelvageError {
  try {
    action();
  } catch (error) {
    if (error instanceof SelvageError) return error;
  }
  throw new Error('it was not refused');
}

describe('a joiner passphrase (Thread 1.3 §8.4.1.2)', () => {
  it('is 6 to 32 characters of base32-thread, however a person writes it', () => {
    expect(words(joinerPassphrase('J01NME').reveal())).toBe('J01NME');
    expect(words(joinerPassphrase(' j01-nme ').reveal())).toBe('J01NME');
    expect(joinerPassphrase('A'.repeat(32)).length).toBe(32);
  });

  it('is refused with the place of what is wrong, and never with itself', () => {
    for (const [text, says] of [
      ['J01NM', '5 characters where 6 to 32'],
      ['A'.repeat(33), '33 characters'],
      ['J0INME', 'at place 3'],
      ['J01NMO', 'at place 6'],
      ['QQ1NME', 'at place 1'],
      ['J01NMZ', 'at place 6'],
      ['J01NMÄ', 'at place 6'],
    ] as const) {
      const error = refusalOf(() => joinerPassphrase(text));
      expect(error.code).toBe('joiner-passphrase-invalid');
      expect(error.message).toContain(says);
      expect(JSON.stringify(error)).not.toContain(text);
    }
  });
});

describe('a one-time passcode (Thread 1.4)', () => {
  it('has a check digit by Verhoeff', () => {
    expect(words(oneTimePasscode('30731 8421').reveal())).toBe('307318421');
  });

  it('finds every wrong digit and every two digits that changed places', () => {
    const drawn = words(drawOneTimePasscode(new SeededEntropy('passcode')).reveal());
    let tried = 0;
    for (let at = 0; at < drawn.length; at++) {
      for (let digit = 0; digit < 10; digit++) {
        if (String(digit) === drawn[at]) continue;
        const wrong = drawn.slice(0, at) + String(digit) + drawn.slice(at + 1);
        expect(refusalOf(() => oneTimePasscode(wrong)).code).toBe('one-time-passcode-invalid');
        tried++;
      }
      const [left, right] = [drawn[at], drawn[at + 1]];
      if (right === undefined || left === right) continue;
      const swapped = `${drawn.slice(0, at)}${right}${left}${drawn.slice(at + 2)}`;
      expect(refusalOf(() => oneTimePasscode(swapped)).message).not.toContain(swapped);
    }
    expect(tried).toBe(81);
  });

  it('has nine digits, and is not drawn where there is no entropy', () => {
    for (const text of ['', '1234567', '1234567800', '12345678x', '-30731842']) {
      expect(refusalOf(() => oneTimePasscode(text)).message).toContain('nine digits'.replace('nine', '9'));
    }
    expect(refusalOf(() => drawOneTimePasscode(new FailingEntropy())).code).toBe('entropy-failed');
  });
});

describe('a joiner ID (Thread 1.3 §8.4.4.1)', () => {
  it('is what OpenThread makes of an EUI-64', () => {
    for (const { eui64, joinerId } of vectors.joinerIds) {
      expect(toHex(joinerIdOf(nativeCore, fromHex(eui64)))).toBe(joinerId);
    }
    expect(vectors.joinerIds.length).toBe(6);
  });
});

describe('a joiner discerner (Thread 1.2 §8.4.4.3)', () => {
  it('is the last bits of a joiner ID', () => {
    const discerner = parseDiscerner('0xabc/12');
    expect(discernerText(discerner)).toBe('0xabc/12');
    expect(toHex(discernerBytes(discerner))).toBe('0abc');
    expect(discerns(discerner, fromHex('0000000000000abc'))).toBe(true);
    expect(discerns(discerner, fromHex('ffffffffffff0abc'))).toBe(true);
    expect(discerns(discerner, fromHex('0000000000000bbc'))).toBe(false);
    expect(discerns(parseDiscerner('123456789abcdef0/64'), fromHex('123456789abcdef0'))).toBe(true);
  });

  it('is refused where it says more than its length, or nothing', () => {
    for (const text of ['abc', '0xabc/11', '/4', '0xabc/65', '1/0', 'xyz/12', '0x1/']) {
      expect(refusalOf(() => parseDiscerner(text)).code).toBe('invalid-argument');
    }
  });
});

describe('the QR code of a joiner (Thread 1.3 §8.4.1.3)', () => {
  const text = 'v=1&&eui=18b4300000000002&&cc=J01NME';

  it('has the EUI-64 and the passphrase, and nothing of it prints', () => {
    const label = parseJoinerLabel(text);
    expect(toHex(label.eui64)).toBe('18b4300000000002');
    expect(joinerLabelText(label)).toBe(text);
    expect(JSON.stringify(label)).not.toContain('J01NME');
    expect(parseJoinerLabel(`${text}&&new=thing`).eui64).toEqual(label.eui64);
  });

  it('is refused with the field that is wrong', () => {
    for (const [wrong, says] of [
      ['v=2&&eui=18b4300000000002&&cc=J01NME', 'version 1'],
      ['v=1&&eui=18b430000000000&&cc=J01NME', 'eui='],
      ['v=1&&cc=J01NME', 'eui='],
      ['v=1&&eui=18b4300000000002', 'cc='],
      ['v=1&&v=1', 'says v twice'],
      ['https://example.org', 'version 1'],
      ['v=1&&eui=18b4300000000002&&cc=J01NMO', 'at place 6'],
    ] as const) {
      const error = refusalOf(() => parseJoinerLabel(wrong));
      expect(error.message).toContain(says);
      expect(error.message).not.toContain('J01NM');
    }
  });
});
