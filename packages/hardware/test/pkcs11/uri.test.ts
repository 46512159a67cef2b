import { SelvageError } from '@selvage/core';
import { outcomeOf } from '@selvage/core/testing';
import { isPkcs11Uri, parsePkcs11Uri } from '@selvage/hardware';
import { describe, expect, it } from 'vitest';

describe('PKCS#11 URIs (RFC 7512)', () => {
  it('reads what names a key, its token and its library', () => {
    const uri =
      'pkcs11:token=My%20token;manufacturer=SoftHSM%20project;model=SoftHSM%20v2;serial=0a1b;object=firmware;id=%01%ffA' +
      ';type=private?module-path=/usr/lib/softhsm/libsofthsm2.so&pin-source=file:/etc/token_pin';
    expect(parsePkcs11Uri(uri)).toEqual({
      token: 'My token',
      manufacturer: 'SoftHSM project',
      model: 'SoftHSM v2',
      serial: '0a1b',
      object: 'firmware',
      id: Uint8Array.of(0x01, 0xff, 0x41),
      modulePath: '/usr/lib/softhsm/libsofthsm2.so',
      pinSource: 'file:/etc/token_pin',
    });
  });

  it('reads the examples of RFC 7512 §3 that name something to use', () => {
    expect(parsePkcs11Uri('pkcs11:')).toEqual({});
    expect(parsePkcs11Uri('pkcs11:object=my-sign-key;type=private?pin-source=|/usr/lib/pinomatic')).toEqual({
      object: 'my-sign-key',
      pinSource: '|/usr/lib/pinomatic',
    });
    expect(parsePkcs11Uri('PKCS11:object=%C3%A9')).toEqual({ object: 'é' });
  });

  it.each([
    ['pkcs12:token=a', 'does not start with pkcs11:'],
    ['pkcs11:token=a;token=b', 'it gives token twice'],
    ['pkcs11:type=private;type=private', 'it gives type twice'],
    ['pkcs11:token', 'not name=value'],
    ['pkcs11:=a', 'not name=value'],
    ['pkcs11:token=', 'the value of token is empty'],
    ['pkcs11:id=', 'the value of id is empty'],
    ['pkcs11:token=a b', 'must be written as %hh'],
    ['pkcs11:token=a%2', 'must be written as %hh'],
    ['pkcs11:token=a%zz', 'must be written as %hh'],
    ['pkcs11:token=a/b', 'must be written as %hh'],
    ['pkcs11:token=é', 'must be written as %hh'],
    ['pkcs11:token=%ff', 'is not UTF-8'],
    ['pkcs11:slot-id=1', 'slot-id is none of the path: token, manufacturer, model, serial, object, id'],
    ['pkcs11:type=cert', 'neither private nor secret-key'],
    ['pkcs11:toString=a', 'one of its attributes is none of the path'],
    ['pkcs11:__proto__=a', 'one of its attributes is none of the path'],
    ['pkcs11:module-path=/a', 'module-path is none of the path'],
    ['pkcs11:?token=a', 'token is none of the query: module-path, pin-source'],
    ['pkcs11:?module-path=/a&module-path=/b', 'it gives module-path twice'],
    ['pkcs11:?module-name=softhsm2', 'module-name says nothing here'],
    ['pkcs11:token=a?pin-value=1234', 'it holds the PIN itself'],
    ['pkcs11:token=a?1234&pin-source=file:/a', 'not name=value'],
    ['pkcs11:token=a?1234=1234', 'one of its attributes is none of the query'],
  ])('refuses %s', (uri, problem) => {
    const error = errorOf(uri);
    expect(error.code).toBe('invalid-argument');
    expect(error.message).toContain(problem);
    expect(error.remedy).toBeTruthy();
    expect(JSON.stringify(error)).not.toContain('1234');
  });

  it('knows which texts are meant as one', () => {
    expect(['pkcs11:token=a', 'PKCS11:', 'key.pem', 'pkcs11', 'x-pkcs11:'].map(isPkcs11Uri)).toEqual([
      true,
      true,
      false,
      false,
      false,
    ]);
    expect(outcomeOf(() => parsePkcs11Uri('key.pem'))).toBe('invalid-argument');
  });
});

function errorOf(uri: string): SelvageError {
  try {
    parsePkcs11Uri(uri);
  } catch (error) {
    if (error instanceof SelvageError) return error;
  }
  return expect.fail(`${uri} was read`);
}
