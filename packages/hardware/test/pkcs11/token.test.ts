import { execFileSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { fromHex, Secret, SelvageError, toHex } from '@selvage/core';
import { outcomeOfPromise } from '@selvage/core/testing';
import { type KeyAlgorithm, type KeyHandle, type KeyPolicy, nativeCore, usagesOf } from '@selvage/crypto';
import { openPkcs11Key, Pkcs11KeyHome } from '@selvage/hardware/node';
import { afterAll, expect, it } from 'vitest';
import { CKA, CKO } from '../../src/pkcs11/constants.js';
import { type Cryptoki, loadBinding, releaseLibrary, useLibrary } from '../../src/node/pkcs11/cryptoki.js';
import { describeSoftHsm, softTokens } from '../support/softhsm.js';

const pin = '73914682';
const algorithms: readonly KeyAlgorithm[] = ['ecdsa-p256', 'ecdh-p256', 'ed25519', 'hmac-sha256', 'derive'];
const policyOf = (algorithm: KeyAlgorithm): KeyPolicy => ({ algorithm, usages: usagesOf(algorithm) });
const material = fromHex('9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60');
const message = Uint8Array.of(1, 2, 3);

describeSoftHsm('a token', (modulePath) => {
  const tokens = softTokens();
  tokens.make('first', pin);
  tokens.make('second', pin);
  const at = (token: string | undefined, given = pin): Promise<Pkcs11KeyHome> =>
    Pkcs11KeyHome.open({ modulePath, token, pin: Secret.text(given) });
  const open: Pkcs11KeyHome[] = [];
  const first = async (): Promise<Pkcs11KeyHome> => {
    const home = await at('first');
    open.push(home);
    return home;
  };
  afterAll(() => Promise.all(open.map((home) => home.close())));

  it('gives no private and no symmetric key, made there or taken in, to whoever has the PIN', async () => {
    const home = await first();
    for (const algorithm of algorithms) {
      await home.generate(policyOf(algorithm), 'never out');
      await home.importKey(policyOf(algorithm), Secret.of(material), 'never out');
    }
    const cryptoki = useLibrary(modulePath);
    const slot = cryptoki.C_GetSlotList(true).find((one) => cryptoki.C_GetTokenInfo(one).label.trim() === 'first')!;
    const session = cryptoki.C_OpenSession(slot, 4);
    const flags = [CKO.PRIVATE_KEY, CKO.SECRET_KEY]
      .flatMap((kind) => objects(cryptoki, session, kind))
      .map((object) => {
        const read = (type: number): Buffer => cryptoki.C_GetAttributeValue(session, object, [{ type }])[0]!.value;
        expect(() => read(CKA.VALUE)).toThrow('CKR_ATTRIBUTE_SENSITIVE');
        return [CKA.SENSITIVE, CKA.EXTRACTABLE, CKA.PRIVATE].map((type) => read(type)[0]);
      });
    expect(flags).toEqual(Array.from({ length: 2 * algorithms.length }, () => [1, 0, 1]));
    cryptoki.C_CloseSession(session);
    releaseLibrary(modulePath);
    for (const handle of await home.list()) await home.destroy(handle);
  });

  it('leaves no half of a key behind', async () => {
    const home = await first();
    for (const algorithm of algorithms) await home.destroy(await home.generate(policyOf(algorithm)));
    await home.destroy(await home.importKey(policyOf('ecdsa-p256'), Secret.of(material)));
    const cryptoki = useLibrary(modulePath);
    const slot = cryptoki.C_GetSlotList(true).find((one) => cryptoki.C_GetTokenInfo(one).label.trim() === 'first')!;
    const session = cryptoki.C_OpenSession(slot, 4);
    expect(Object.values(CKO).flatMap((kind) => objects(cryptoki, session, kind))).toEqual([]);
    cryptoki.C_CloseSession(session);
    releaseLibrary(modulePath);
  });

  it('has the same keys for whoever opens it next, and not those that another destroyed', async () => {
    const [a, b] = [await first(), await first()];
    const kept = await a.generate(policyOf('ecdsa-p256'));
    expect((await b.list()).map(({ id }) => id)).toEqual([kept.id]);
    const made = await a.generate(policyOf('ed25519'));
    // Not listed since it was made.
    expect(nativeCore.ed25519.verify(made.publicKey!, message, await b.sign({ handle: made, message }))).toBe(true);
    await a.destroy(made);
    expect(await outcomeOfPromise(b.sign({ handle: made, message }))).toBe('key-not-found');
    await a.destroy(kept);
    expect(await b.list()).toEqual([]);
  });

  it('keeps keys of its own from those of another token', async () => {
    const [one, other] = [await first(), await at('second')];
    const key = await one.generate(policyOf('ecdsa-p256'));
    expect(await other.list()).toEqual([]);
    expect(await outcomeOfPromise(other.sign({ handle: key, hash: 'sha256', message }))).toBe('key-not-found');
    await other.close();
    expect(await outcomeOfPromise(other.list())).toBe('wrong-state');
    await one.destroy(key);
  });

  it('signs on when an operation before failed', async () => {
    const home = await first();
    const handle = await home.generate(policyOf('ecdsa-p256'));
    const gone = await home.generate(policyOf('ecdsa-p256'));
    const another = await at('first');
    await another.destroy(gone);
    await another.close();
    const work = Array.from({ length: 40 }, (_, i) =>
      outcomeOfPromise(home.sign({ handle: i % 4 === 1 ? gone : handle, hash: 'sha256', message })),
    );
    const outcomes = await Promise.all(work);
    expect(outcomes).toEqual(outcomes.map((_, i) => (i % 4 === 1 ? 'key-not-found' : 'returned')));
    await home.destroy(handle);
  });

  it('agrees on secrets that start with zeros', async () => {
    const home = await first();
    const handle = await home.importKey(policyOf('ecdh-p256'), Secret.of(material));
    let peer = Uint8Array.from(material);
    let expected: Uint8Array;
    do {
      peer = nativeCore.hash('sha256', peer) as Uint8Array<ArrayBuffer>;
      expected = nativeCore.p256.sharedSecret(material, nativeCore.p256.publicKey(peer));
    } while (expected[0] !== 0);
    const agreed = await home.agree({ handle, publicKey: nativeCore.p256.publicKey(peer) });
    expect(toHex(agreed)).toBe(toHex(expected));
    await home.destroy(handle);
  });

  it('derives with every hash from short keys and from those that it made', async () => {
    const home = await first();
    const short = fromHex('00112233445566778899aabbccddeeff');
    const handle = await home.importKey(policyOf('derive'), Secret.of(short));
    for (const hash of ['sha256', 'sha384', 'sha512'] as const) {
      const derivation = { kind: 'tls-prf', hash, label: 'key expansion', seed: message, length: 104 } as const;
      expect(toHex(await home.derive({ handle, derivation }))).toBe(
        toHex(nativeCore.tlsPrf(hash, short, 'key expansion', message, 104)),
      );
    }
    const made = await home.generate(policyOf('derive'));
    const derivation = { kind: 'tls-prf', hash: 'sha512', label: 'a', seed: message, length: 64 } as const;
    expect((await home.derive({ handle: made, derivation })).length).toBe(64);
    for (const key of [handle, made]) await home.destroy(key);
  });

  it('does not open with a wrong PIN, and names neither that nor the right one', async () => {
    const error = await errorOf(at('second', '11112222'));
    expect([error.code, error.message]).toEqual(['wrong-pin', 'the token second does not take the PIN']);
    for (const text of [JSON.stringify(error), inspect(error, { depth: 9 })]) {
      expect(text).not.toMatch(/11112222|73914682/);
    }
  });

  it('must be named where there are several, and be there', async () => {
    const several = await errorOf(at(undefined));
    expect([several.code, several.details?.['tokens']]).toEqual(['key-not-found', 'first, second']);
    const none = await errorOf(at('third'));
    expect([none.code, none.message]).toEqual(['key-not-found', 'there is no one token third: 0 do']);
  });

  it('needs a library that is one, and pkcs11js', async () => {
    for (const wrong of ['/nowhere/lib.so', import.meta.filename]) {
      const error = await errorOf(Pkcs11KeyHome.open({ modulePath: wrong, pin: Secret.text(pin) }));
      expect([error.code, error.message]).toEqual([
        'key-operation-failed',
        `${wrong} cannot be used as a PKCS#11 library`,
      ]);
    }
    const require = createRequire(import.meta.url);
    expect(() => loadBinding((name): unknown => require(`${name}-that-was-never-built`))).toThrow(
      'PKCS#11 tokens need the package pkcs11js, which is not there',
    );
  });

  it('is opened by a URI for a key that another program put there', async () => {
    const [pem, pinFile] = [join(tokens.folder, 'key.pem'), join(tokens.folder, 'pin')];
    writeFileSync(pinFile, `${pin}\n`);
    execFileSync('openssl', ['genpkey', '-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-256', '-out', pem], {
      stdio: 'ignore',
    });
    for (const [id, label] of [
      ['a1b2', 'firmware'],
      ['a1b3', 'spare'],
    ] as const) {
      const words = ['--import', pem, '--token', 'second', '--label', label, '--id', id, '--pin', pin];
      execFileSync('softhsm2-util', words, { env: tokens.env, stdio: 'ignore' });
    }
    const base = `pkcs11:token=second;object=firmware?module-path=${modulePath}`;
    const readings: [string, Record<string, string>][] = [
      [`${base}&pin-source=file:${pinFile}`, {}],
      [`${base}&pin-source=file://${pinFile}`, {}],
      [`${base}&pin-source=${pinFile}`, {}],
      [base, { SELVAGE_PKCS11_PIN: pin }],
      ['pkcs11:token=second;id=%a1%b2', { SELVAGE_PKCS11_PIN: pin, SELVAGE_PKCS11_MODULE: modulePath }],
    ];
    const spki = execFileSync('openssl', ['pkey', '-in', pem, '-pubout', '-outform', 'DER']);
    for (const [uri, env] of readings) {
      const key = await openPkcs11Key(uri, env);
      const { home, handle } = key;
      expect([handle.id, handle.algorithm, toHex(handle.publicKey!)]).toEqual([
        'a1b2',
        'ecdsa-p256',
        spki.subarray(-65).toString('hex'),
      ]);
      const signature = await home.sign({ handle, hash: 'sha256', message });
      expect(nativeCore.p256.verify(handle.publicKey!, 'sha256', message, signature)).toBe(true);
      await key.close();
    }
  });

  it.each([
    ['pkcs11:token=second;object=nothing', 'key-not-found', 'firmware, spare'],
    ['pkcs11:token=second', 'key-not-found', '2 keys of the token fit'],
    ['pkcs11:token=second;object=firmware?pin-source=|/bin/echo', 'invalid-argument', 'is no file'],
    ['pkcs11:token=second;object=firmware?pin-source=https:%2F%2Fa', 'invalid-argument', 'is no file'],
    ['pkcs11:token=second;object=firmware?pin-source=/nowhere/pin', 'file-not-found', '/nowhere/pin'],
    ['pkcs11:token=second;object=firmware?pin-source=/dev/null', 'invalid-argument', 'is empty'],
  ])('is not opened by %s', async (uri, code, part) => {
    const env = { SELVAGE_PKCS11_PIN: pin, SELVAGE_PKCS11_MODULE: modulePath };
    const error = await errorOf(openPkcs11Key(uri, env));
    expect(error.code).toBe(code);
    expect(JSON.stringify(error)).toContain(part);
    expect(JSON.stringify(error)).not.toContain(pin);
  });

  it('asks for the PIN and the library where nothing gives them', async () => {
    const noPin = await errorOf(openPkcs11Key('pkcs11:token=second', { SELVAGE_PKCS11_MODULE: modulePath }));
    expect([noPin.code, noPin.message]).toEqual(['invalid-argument', 'no PIN was given']);
    const noLibrary = await errorOf(openPkcs11Key('pkcs11:token=second', { SELVAGE_PKCS11_PIN: pin }));
    expect(noLibrary.remedy).toContain('SELVAGE_PKCS11_MODULE');
  });

  it('refuses what its makers left out, by name', async () => {
    for (const home of open.splice(0)) await home.close();
    // SoftHSM 2.6 leaves the first of them in.
    const file = process.env['SOFTHSM2_CONF']!;
    writeFileSync(
      file,
      `${readFileSync(file, 'utf8')}slots.mechanisms = -CKM_MD5,CKM_EDDSA,CKM_ECDH1_DERIVE,CKM_SHA256_HMAC\n`,
    );
    const home = await at('first');
    for (const [algorithm, mechanism] of [
      ['ed25519', 'CKM_EDDSA'],
      ['ecdh-p256', 'CKM_ECDH1_DERIVE'],
      ['hmac-sha256', 'CKM_SHA256_HMAC'],
      ['derive', 'CKM_SHA256_HMAC'],
    ] as const) {
      for (const refused of [
        home.generate(policyOf(algorithm)),
        home.importKey(policyOf(algorithm), Secret.of(material)),
      ]) {
        const error = await errorOf(refused);
        expect([error.code, error.message]).toEqual([
          'key-operation-failed',
          `the token first has no ${mechanism}: no ${algorithm}`,
        ]);
      }
    }
    const handle = await home.generate(policyOf('ecdsa-p256'));
    expect(await outcomeOfPromise(home.sign({ handle, hash: 'sha256', message }))).toBe('returned');
    expect((await home.list()).length).toBe(1);
    await home.close();
  });
});

function objects(cryptoki: Cryptoki, session: Buffer, kind: number): Buffer[] {
  cryptoki.C_FindObjectsInit(session, [{ type: CKA.CLASS, value: kind }]);
  const found = cryptoki.C_FindObjects(session, 1000);
  cryptoki.C_FindObjectsFinal(session);
  return found;
}

async function errorOf(work: Promise<Pkcs11KeyHome | KeyHandle | { handle: KeyHandle }>): Promise<SelvageError> {
  const error: unknown = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  return error instanceof SelvageError ? error : expect.fail(`not refused: ${String(error)}`);
}
