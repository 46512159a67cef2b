import { outcomeOf } from '@selvage/core/testing';
import { isNameWithin, makeName, type Name, namesEqual, nameText, parseNameText, textsOf } from '@selvage/pki';
import { describe, expect, it } from 'vitest';
import { readDer } from '../../src/der/fields.js';
import { generalName } from '../../src/names/general-name.js';
import { name as nameType } from '../../src/names/name.js';
import { matchesSubtree } from '../../src/names/subtree.js';
import * as der from '../support/der-writer.js';
import { directoryName, primitiveName } from '../support/chains.js';
import { name as written } from '../support/forge.js';

const read = (bytes: Uint8Array): Name => readDer(bytes, nameType);

describe('names for people (RFC 4514)', () => {
  it('are written most general part first, and read back', () => {
    const texts = ['O=Lab, CN=Lab Root', 'C=DE, O=Lab\\, GmbH, OU=a\\+b, CN=x\\=y'];
    expect(nameText(makeName(parseNameText(texts[0] as string)))).toBe(texts[0]);
    expect(parseNameText(texts[1] as string)).toEqual([
      ['C', 'DE'],
      ['O', 'Lab, GmbH'],
      ['OU', 'a+b'],
      ['CN', 'x=y'],
    ]);
    expect(nameText(makeName(parseNameText('2.5.4.10=Lab,cn=x')))).toBe('O=Lab, CN=x');
  });

  it('show nothing that could change a terminal or pass for something else', () => {
    const odd = read(written(['CN', 'a\u001b[2Jb\u202ec, O=Lab\r\n']));
    expect(nameText(odd)).toBe('CN=a\\u{1b}[2Jb\\u{202e}c\\, O=Lab\\u{d}\\u{a}');
  });

  it('show values that are no text as their bytes, and an empty name as such', () => {
    const value = der.sequence(der.objectIdentifier('2.5.4.45'), der.bitString(Uint8Array.of(1)));
    expect(nameText(read(der.sequence(der.set(value))))).toBe('2.5.4.45=#03020001');
    expect(nameText(read(der.sequence()))).toBe('(empty name)');
  });

  it('are refused where they cannot be meant', () => {
    for (const text of ['', 'Lab', 'CN=', '=x', 'XY=x', 'CN=a,,O=b', ',CN=a', 'CN=a\\']) {
      expect([text, outcomeOf(() => parseNameText(text))]).toEqual([text, 'invalid-argument']);
    }
  });

  it('are refused where they cannot be written', () => {
    const bad = [
      ['CN', ''],
      ['CN', 'x'.repeat(65)],
      ['C', 'Germany'],
      ['C', 'de'],
      ['serialNumber', 'a_b'],
      ['zz', 'x'],
      ['emailAddress', 'ä@b'],
    ];
    for (const attribute of bad as [string, string][]) {
      expect([attribute, outcomeOf(() => makeName([attribute]))]).toEqual([attribute, 'invalid-argument']);
    }
  });
});

describe('equal names (RFC 5280 §7.1)', () => {
  const lab = written(['O', 'Lab'], ['CN', 'Lab Root']);

  it('differ in case, space and string type alone', () => {
    const same = [
      written(['O', 'LAB'], ['CN', 'lab root']),
      written(['O', 'Lab', 0x13], ['CN', 'Lab Root', 0x14]),
      written(['O', '  Lab'], ['CN', 'Lab   Root ']),
    ];
    expect(same.map((bytes) => namesEqual(read(lab), read(bytes)))).toEqual([true, true, true]);
  });

  it('have the same parts in the same order', () => {
    const others = [
      written(['CN', 'Lab Root'], ['O', 'Lab']),
      written(['O', 'Lab']),
      written(['O', 'Lab'], ['CN', 'Lab Root'], ['OU', 'x']),
      written(['OU', 'Lab'], ['CN', 'Lab Root']),
      written(['O', 'Lab'], ['CN', 'LabRoot']),
      der.sequence(),
    ];
    expect(others.map((bytes) => namesEqual(read(lab), read(bytes)))).toEqual(others.map(() => false));
  });

  it('have parts whose attributes are in any order', () => {
    const pair = (first: string, second: string): Uint8Array => {
      const attribute = (text: string): Uint8Array =>
        der.sequence(der.objectIdentifier('2.5.4.3'), der.text(0x0c, text));
      return der.sequence(der.set(attribute(first), attribute(second)));
    };
    expect(namesEqual(read(pair('a', 'b')), read(pair('b', 'a')))).toBe(true);
    expect(namesEqual(read(pair('a', 'b')), read(pair('a', 'c')))).toBe(false);
  });

  it('do not run together: two attributes are not one with both texts', () => {
    const one = read(written(['CN', 'a","2.5.4.3=b']));
    const two = read(
      der.sequence(
        der.set(...['a', 'b'].map((text) => der.sequence(der.objectIdentifier('2.5.4.3'), der.text(0x0c, text)))),
      ),
    );
    expect(namesEqual(one, two)).toBe(false);
  });

  it('lie within the subtree of their first parts', () => {
    expect(isNameWithin(read(lab), read(written(['O', 'lab'])))).toBe(true);
    expect(isNameWithin(read(lab), read(lab))).toBe(true);
    expect(isNameWithin(read(lab), read(der.sequence()))).toBe(true);
    expect(isNameWithin(read(lab), read(written(['CN', 'Lab Root'])))).toBe(false);
    expect(isNameWithin(read(written(['O', 'Lab'])), read(lab))).toBe(false);
  });

  it('give the texts of a type', () => {
    expect(textsOf(read(lab), '2.5.4.3')).toEqual(['Lab Root']);
    expect(textsOf(read(lab), '2.5.4.11')).toEqual([]);
  });
});

describe('subtrees (RFC 5280 §4.2.1.10)', () => {
  const matches = (name: Uint8Array, base: Uint8Array): boolean | undefined =>
    matchesSubtree(readDer(name, generalName), readDer(base, generalName));
  const address = (...bytes: readonly number[]): Uint8Array => der.primitive(7, Uint8Array.from(bytes));

  /** Kind, name, base, and whether the name is in it. */
  const table: readonly (readonly [1 | 2 | 6, string, string, boolean | undefined])[] = [
    [2, 'a.lab.example', 'lab.example', true],
    [2, 'lab.example', 'lab.example', true],
    [2, 'LAB.Example', 'lab.EXAMPLE', true],
    [2, 'lab.example', '.lab.example', false],
    [2, 'a.lab.example', '.lab.example', true],
    [2, 'alab.example', 'lab.example', false],
    [2, 'example', 'lab.example', false],
    [2, 'anything', '', true],
    [1, 'me@lab.example', 'lab.example', true],
    [1, 'me@a.lab.example', 'lab.example', false],
    [1, 'me@a.lab.example', '.lab.example', true],
    [1, 'me@lab.example', '.lab.example', false],
    [1, 'me@lab.example', 'me@lab.example', true],
    [1, 'you@lab.example', 'me@lab.example', false],
    [1, '"a@other.example"@lab.example', 'other.example', false],
    [6, 'https://lab.example/x', 'lab.example', true],
    [6, 'https://a.lab.example', 'lab.example', false],
    [6, 'https://a.lab.example', '.lab.example', true],
    [6, 'https://user@lab.example:1/x', 'lab.example', true],
    [6, 'https://lab.example@other.example/', 'lab.example', false],
    [6, 'https://other.example/@lab.example', 'lab.example', false],
    [6, 'urn:lab.example', 'lab.example', undefined],
    [6, 'https://192.0.2.1/', 'lab.example', undefined],
    [6, 'https://[2001:db8::1]/', 'lab.example', undefined],
  ];

  it('hold hosts, mail addresses and URIs', () => {
    const verdicts = table.map(([kind, name, base]) => matches(primitiveName(kind, name), primitiveName(kind, base)));
    expect(table.map((row, at) => [...row.slice(0, 3), verdicts[at]])).toEqual(table);
  });

  it('hold addresses of networks', () => {
    const network = address(192, 0, 2, 0, 255, 255, 255, 0);
    expect(matches(address(192, 0, 2, 9), network)).toBe(true);
    expect(matches(address(192, 0, 3, 9), network)).toBe(false);
    expect(matches(address(...new Uint8Array(16)), network)).toBe(false);
    expect(matches(address(...new Uint8Array(16)), address(...new Uint8Array(32)))).toBe(true);
    expect(matches(address(192, 0, 2, 9), address(192, 0, 2))).toBe(undefined);
  });

  it('hold directory names, and cannot hold what is not compared', () => {
    expect(matches(directoryName(['O', 'Lab'], ['CN', 'x']), directoryName(['O', 'Lab']))).toBe(true);
    const registered = der.primitive(8, Uint8Array.of(0x2a, 0x03));
    expect(matches(registered, registered)).toBe(undefined);
    expect(matches(primitiveName(2, 'x'), directoryName(['O', 'Lab']))).toBe(undefined);
    expect(matches(der.context(0, der.objectIdentifier('1.2.3')), der.context(0, der.objectIdentifier('1.2.3')))).toBe(
      undefined,
    );
  });
});
