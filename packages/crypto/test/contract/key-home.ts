import { fromHex, Secret, toHex } from '@selvage/core';
import { outcomeOfPromise, type TestFunctions } from '@selvage/core/testing';
import type { CryptoCore, Derivation, KeyAlgorithm, KeyHandle, KeyHome, KeyPolicy, KeyUsage } from '@selvage/crypto';
import { ecdhVector, ecdsaKey, generator, groupOrder, scalar } from './p256-data.js';

/** A kind of home under test. */
export interface KeyHomeHarness {
  readonly name: string;
  /** An empty home. */
  readonly create: () => KeyHome | Promise<KeyHome>;
  /** An empty home whose entropy fails at its first use. */
  readonly createFailing: () => KeyHome | Promise<KeyHome>;
  /** Checks what the home computes. */
  readonly core: CryptoCore;
  /** Derivations that this home does not have and must refuse with `key-operation-failed`; none by default. */
  readonly withoutDerivations?: readonly Derivation['kind'][];
  readonly dispose?: (home: KeyHome) => void | Promise<void>;
}

const text = (value: string): Uint8Array => new TextEncoder().encode(value);

const usages: Readonly<Record<KeyAlgorithm, KeyUsage>> = {
  'ecdsa-p256': 'sign',
  'ecdh-p256': 'agree',
  ed25519: 'sign',
  'hmac-sha256': 'mac',
  derive: 'derive',
};
const algorithms = Object.keys(usages) as KeyAlgorithm[];
const policyOf = (algorithm: KeyAlgorithm): KeyPolicy => ({ algorithm, usages: [usages[algorithm]] });

/** A key of each algorithm, as bytes. */
const imported: Readonly<Record<KeyAlgorithm, Uint8Array>> = {
  'ecdsa-p256': fromHex(ecdsaKey.privateKey),
  'ecdh-p256': fromHex(ecdhVector.i),
  ed25519: fromHex('9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60'),
  'hmac-sha256': fromHex('0b'.repeat(20)),
  derive: fromHex('00112233445566778899aabbccddeeff'),
};

const derivations: readonly Derivation[] = [
  { kind: 'hkdf', hash: 'sha256', salt: text('salt'), info: text('info'), length: 42 },
  { kind: 'tls-prf', hash: 'sha256', label: 'label', seed: text('seed'), length: 40 },
  { kind: 'hmac-sha256', input: text('input') },
];

/** An operation on a key, the usage that it needs, and the derivation that it is. */
interface Operation {
  readonly usage: KeyUsage;
  readonly operate: (home: KeyHome, handle: KeyHandle) => Promise<Uint8Array>;
  readonly derivation?: Derivation['kind'];
}

/** Every operation on a key. */
const operations: readonly Operation[] = [
  {
    usage: 'sign',
    operate: (home, handle) => home.sign({ handle, hash: hashFor(handle), message: text('message') }),
  },
  { usage: 'agree', operate: (home, handle) => home.agree({ handle, publicKey: fromHex(ecdhVector.gr) }) },
  { usage: 'mac', operate: (home, handle) => home.mac({ handle, message: text('message') }) },
  ...derivations.map(
    (derivation): Operation => ({
      usage: 'derive',
      operate: (home, handle) => home.derive({ handle, derivation }),
      derivation: derivation.kind,
    }),
  ),
];

function hashFor({ algorithm }: KeyHandle): 'sha256' | undefined {
  return algorithm === 'ed25519' ? undefined : 'sha256';
}

/** What every {@link KeyHome} must do. */
export function keyHomeSuite(t: TestFunctions, harness: KeyHomeHarness): void {
  t.describe(`${harness.name}: key home contract`, () => {
    lifeSuite(t, harness);
    policySuite(t, harness);
    operationSuite(t, harness);
    secrecySuite(t, harness);
  });
}

/** Runs a test body with a home of its own. */
function withHome(harness: KeyHomeHarness, body: (home: KeyHome) => Promise<void>): () => Promise<void> {
  return async () => {
    const home = await harness.create();
    try {
      await body(home);
    } finally {
      await harness.dispose?.(home);
    }
  };
}

function lifeSuite({ describe, it, expect }: TestFunctions, harness: KeyHomeHarness): void {
  const using = (body: (home: KeyHome) => Promise<void>): (() => Promise<void>) => withHome(harness, body);

  describe('life', () => {
    for (const algorithm of algorithms) {
      it(
        `generates a key of ${algorithm}, lists it, uses it and forgets it`,
        using(async (home) => {
          const handle = await home.generate(policyOf(algorithm));
          expect([handle.algorithm, handle.usages]).toEqual([algorithm, [usages[algorithm]]]);
          expect((await home.list()).map(shown)).toEqual([shown(handle)]);
          expect(await outcomesOf(home, handle)).toEqual(expected(harness, algorithm, 'key-usage-refused'));
          await home.destroy(handle);
          expect(await home.list()).toEqual([]);
          expect(await outcomesOf(home, handle)).toEqual(operations.map(() => 'key-not-found'));
          expect(await outcomeOfPromise(home.publicKey(handle))).toBe('key-not-found');
          expect(await outcomeOfPromise(home.destroy(handle))).toBe('key-not-found');
        }),
      );

      it(
        `imports a key of ${algorithm}, and keeps it when the caller wipes its own`,
        using(async (home) => {
          const bytes = Uint8Array.from(imported[algorithm]);
          const secret = Secret.of(bytes);
          const handle = await home.importKey(policyOf(algorithm), secret);
          const before = await publicKeyOrMac(home, handle);
          secret.dispose();
          bytes.fill(0);
          expect(await publicKeyOrMac(home, handle)).toBe(before);
        }),
      );
    }

    it(
      'keeps keys apart, in the order in which they came',
      using(async (home) => {
        const handles = [];
        for (const algorithm of [...algorithms, ...algorithms]) handles.push(await home.generate(policyOf(algorithm)));
        expect(new Set(handles.map(({ id }) => id)).size).toBe(handles.length);
        expect((await home.list()).map(shown)).toEqual(handles.map(shown));
        await home.destroy(handles[0]!);
        expect((await home.list()).map(shown)).toEqual(handles.slice(1).map(shown));
      }),
    );

    it(
      'makes another key every time',
      using(async (home) => {
        const [a, b] = [await home.generate(policyOf('ecdsa-p256')), await home.generate(policyOf('ecdsa-p256'))];
        expect(toHex(await home.publicKey(a)) === toHex(await home.publicKey(b))).toBe(false);
        const [c, d] = [await home.generate(policyOf('hmac-sha256')), await home.generate(policyOf('hmac-sha256'))];
        expect((await publicKeyOrMac(home, c)) === (await publicKeyOrMac(home, d))).toBe(false);
      }),
    );

    it('makes and takes no key when entropy fails', async () => {
      for (const algorithm of algorithms) {
        const home = await harness.createFailing();
        expect(await outcomeOfPromise(home.generate(policyOf(algorithm)))).toBe('entropy-failed');
        expect(await home.list()).toEqual([]);
        await harness.dispose?.(home);
      }
    });
  });
}

function policySuite({ describe, it, expect }: TestFunctions, harness: KeyHomeHarness): void {
  const using = (body: (home: KeyHome) => Promise<void>): (() => Promise<void>) => withHome(harness, body);
  const everyUsage: readonly KeyUsage[] = ['sign', 'agree', 'derive', 'mac'];

  describe('policy', () => {
    it(
      'allows an algorithm its own usage and no other',
      using(async (home) => {
        for (const algorithm of algorithms) {
          const others = everyUsage.filter((usage) => usage !== usages[algorithm]);
          for (const wrong of [[], ...others.map((usage) => [usages[algorithm], usage])]) {
            const policy = { algorithm, usages: wrong };
            expect(await outcomeOfPromise(home.generate(policy))).toBe('invalid-argument');
            const key = Secret.of(imported[algorithm]);
            expect(await outcomeOfPromise(home.importKey(policy, key))).toBe('invalid-argument');
          }
        }
        const unknown = { algorithm: 'rsa', usages: ['sign'] } as unknown as KeyPolicy;
        expect(await outcomeOfPromise(home.generate(unknown))).toBe('invalid-argument');
        expect(await home.list()).toEqual([]);
      }),
    );

    it(
      'goes by what is on record, not by what a handle says',
      using(async (home) => {
        const handle = await home.generate(policyOf('derive'));
        const forged = { ...handle, algorithm: 'ecdsa-p256', usages: everyUsage } as const;
        expect(await outcomesOf(home, forged)).toEqual(expected(harness, 'derive', 'key-usage-refused'));
        const unknown = { ...handle, id: `${handle.id}0` };
        expect(await outcomesOf(home, unknown)).toEqual(operations.map(() => 'key-not-found'));
      }),
    );

    it(
      'cannot be changed through what it was made of or what is returned',
      using(async (home) => {
        const mutable: KeyUsage[] = ['mac'];
        const handle = await home.generate({ algorithm: 'hmac-sha256', usages: mutable });
        mutable.push('derive');
        const listed = (await home.list())[0]!;
        expect(attempt(() => (listed.usages as KeyUsage[]).push('derive'))).toBe(true);
        expect(await outcomesOf(home, handle)).toEqual(expected(harness, 'hmac-sha256', 'key-usage-refused'));
        expect((await home.list())[0]!.usages).toEqual(['mac']);
      }),
    );

    it(
      'refuses bytes that are no key of the algorithm',
      using(async (home) => {
        const wrong: Readonly<Record<KeyAlgorithm, readonly Uint8Array[]>> = {
          'ecdsa-p256': [scalar(0n), scalar(groupOrder), new Uint8Array(31).fill(1), new Uint8Array(33).fill(1)],
          'ecdh-p256': [scalar(0n), scalar(groupOrder), new Uint8Array(0), generator],
          ed25519: [new Uint8Array(31), new Uint8Array(33), new Uint8Array(64)],
          'hmac-sha256': [new Uint8Array(0), new Uint8Array(15)],
          derive: [new Uint8Array(0), new Uint8Array(15)],
        };
        for (const algorithm of algorithms) {
          for (const bytes of wrong[algorithm]) {
            const outcome = await outcomeOfPromise(home.importKey(policyOf(algorithm), Secret.of(bytes)));
            expect({ algorithm, length: bytes.length, outcome }).toEqual({
              algorithm,
              length: bytes.length,
              outcome: 'invalid-key',
            });
          }
        }
        expect(await home.list()).toEqual([]);
      }),
    );
  });
}

function operationSuite({ describe, it, expect }: TestFunctions, harness: KeyHomeHarness): void {
  const using = (body: (home: KeyHome) => Promise<void>): (() => Promise<void>) => withHome(harness, body);
  const { core } = harness;
  const take = (home: KeyHome, algorithm: KeyAlgorithm): Promise<KeyHandle> =>
    home.importKey(policyOf(algorithm), Secret.of(imported[algorithm]));

  describe('operations', () => {
    it(
      'sign with ECDSA, with each hash',
      using(async (home) => {
        const handle = await take(home, 'ecdsa-p256');
        expect(toHex(await home.publicKey(handle))).toBe(ecdsaKey.publicKey);
        for (const hash of ['sha256', 'sha384', 'sha512'] as const) {
          const signature = await home.sign({ handle, hash, message: text('message') });
          expect(core.p256.verify(fromHex(ecdsaKey.publicKey), hash, text('message'), signature)).toBe(true);
        }
      }),
    );

    it(
      'sign with Ed25519 (RFC 8032 §7.1 test 1)',
      using(async (home) => {
        const handle = await take(home, 'ed25519');
        expect(toHex(await home.publicKey(handle))).toBe(toHex(core.ed25519.publicKey(imported.ed25519)));
        const signature = await home.sign({ handle, message: text('') });
        expect(toHex(signature.subarray(0, 8))).toBe('e5564300c360ac72');
      }),
    );

    it(
      'sign with a hash where the algorithm wants one, and only there',
      using(async (home) => {
        const message = text('message');
        const [ecdsa, ed25519] = [await take(home, 'ecdsa-p256'), await take(home, 'ed25519')];
        expect(await outcomeOfPromise(home.sign({ handle: ecdsa, message }))).toBe('invalid-argument');
        const needless = home.sign({ handle: ed25519, hash: 'sha512', message });
        expect(await outcomeOfPromise(needless)).toBe('invalid-argument');
      }),
    );

    it(
      'agree with a peer (RFC 5903 §8.1), who must send a point',
      using(async (home) => {
        const handle = await take(home, 'ecdh-p256');
        const secret = await home.agree({ handle, publicKey: fromHex(ecdhVector.gr) });
        expect(toHex(secret)).toBe(ecdhVector.shared);
        for (const publicKey of [new Uint8Array(65), Uint8Array.of(0), fromHex(`02${ecdhVector.gr.slice(2, 66)}`)]) {
          expect(await outcomeOfPromise(home.agree({ handle, publicKey }))).toBe('invalid-point');
        }
      }),
    );

    it(
      'make HMACs (RFC 4231 test 1)',
      using(async (home) => {
        const handle = await take(home, 'hmac-sha256');
        expect(toHex(await home.mac({ handle, message: text('Hi There') }))).toBe(
          'b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7',
        );
      }),
    );

    it(
      'derive session keys as the core does',
      using(async (home) => {
        const handle = await take(home, 'derive');
        const key = imported.derive;
        const byCore: Readonly<Record<Derivation['kind'], Uint8Array>> = {
          hkdf: core.hkdf('sha256', key, text('salt'), text('info'), 42),
          'tls-prf': core.tlsPrf('sha256', key, 'label', text('seed'), 40),
          'hmac-sha256': core.hmac('sha256', key, text('input')),
        };
        const there = derivations.filter(({ kind }) => has(harness, kind));
        const keys = await Promise.all(there.map((derivation) => home.derive({ handle, derivation })));
        expect(keys.map((bytes) => toHex(bytes))).toEqual(there.map(({ kind }) => toHex(byCore[kind])));
      }),
    );

    it(
      "derive Thread's MLE and MAC keys of key sequence 0 (Thread 1.1 §7.1.4)",
      using(async (home) => {
        const handle = await take(home, 'derive');
        const input = Uint8Array.of(0, 0, 0, 0, ...text('Thread'));
        expect(toHex(await home.derive({ handle, derivation: { kind: 'hmac-sha256', input } }))).toBe(
          '5445f4158fd75912175809f8b57a66a4de89c53af382b421e0fde5a9bae3bef0',
        );
      }),
    );

    it(
      'run side by side',
      using(async (home) => {
        const handle = await take(home, 'ecdsa-p256');
        const messages = Array.from({ length: 8 }, (_, i) => Uint8Array.of(i));
        const signatures = await Promise.all(messages.map((message) => home.sign({ handle, hash: 'sha256', message })));
        const publicKey = fromHex(ecdsaKey.publicKey);
        const good = messages.map((message, i) => core.p256.verify(publicKey, 'sha256', message, signatures[i]!));
        expect(good).toEqual(messages.map(() => true));
      }),
    );
  });
}

function secrecySuite({ describe, it, expect }: TestFunctions, harness: KeyHomeHarness): void {
  describe('secrecy', () => {
    it(
      'shows no key in handles, in the list, in what operations return, or when it prints itself',
      withHome(harness, async (home) => {
        const keys = Object.values(imported).map((bytes) => toHex(bytes));
        const seen: string[] = [];
        for (const algorithm of algorithms) {
          const handle = await home.importKey(policyOf(algorithm), Secret.of(imported[algorithm]));
          seen.push(JSON.stringify(shown(handle)), JSON.stringify(handle));
          for (const operation of operations) {
            const isDone = operation.usage === usages[algorithm] && has(harness, operation.derivation);
            if (isDone) seen.push(toHex(await operation.operate(home, handle)));
          }
        }
        seen.push(JSON.stringify((await home.list()).map(shown)), JSON.stringify(home));
        expect(keys.filter((key) => seen.some((shownText) => shownText.includes(key)))).toEqual([]);
      }),
    );

    it(
      'has no public key for symmetric keys',
      withHome(harness, async (home) => {
        for (const algorithm of ['hmac-sha256', 'derive'] as const) {
          const handle = await home.generate(policyOf(algorithm));
          expect(handle.publicKey).toBe(undefined);
          expect(await outcomeOfPromise(home.publicKey(handle))).toBe('key-usage-refused');
        }
      }),
    );

    it(
      'gives public keys as copies',
      withHome(harness, async (home) => {
        const handle = await home.generate(policyOf('ecdsa-p256'));
        const before = toHex(await home.publicKey(handle));
        handle.publicKey?.fill(0);
        (await home.publicKey(handle)).fill(0);
        expect(toHex(await home.publicKey(handle))).toBe(before);
        expect(toHex((await home.list())[0]!.publicKey!)).toBe(before);
      }),
    );
  });
}

function outcomesOf(home: KeyHome, handle: KeyHandle): Promise<string[]> {
  return Promise.all(operations.map(({ operate }) => outcomeOfPromise(operate(home, handle))));
}

/** The outcome of each operation on a key: its own usage returns, where the home has it; the others end in `refusal`. */
function expected(harness: KeyHomeHarness, algorithm: KeyAlgorithm, refusal: string): string[] {
  return operations.map(({ usage, derivation }) => {
    if (usage !== usages[algorithm]) return refusal;
    return has(harness, derivation) ? 'returned' : 'key-operation-failed';
  });
}

function has({ withoutDerivations = [] }: KeyHomeHarness, derivation: Derivation['kind'] | undefined): boolean {
  return derivation === undefined || !withoutDerivations.includes(derivation);
}

async function publicKeyOrMac(home: KeyHome, handle: KeyHandle): Promise<string> {
  const derivation = { kind: 'hmac-sha256', input: text('same?') } as const;
  if (handle.algorithm === 'derive') return toHex(await home.derive({ handle, derivation }));
  if (handle.algorithm === 'hmac-sha256') return toHex(await home.mac({ handle, message: text('same?') }));
  return toHex(await home.publicKey(handle));
}

/** A handle as plain text values. */
function shown({ id, algorithm, usages: granted, publicKey }: KeyHandle): unknown {
  return { id, algorithm, usages: [...granted], publicKey: publicKey && toHex(publicKey) };
}

/** Tries what may throw. */
function attempt(change: () => unknown): true {
  try {
    change();
  } catch {
    // A frozen array refuses, which is as good.
  }
  return true;
}
