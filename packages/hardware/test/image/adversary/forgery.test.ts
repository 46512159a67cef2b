import { fromHex, SelvageError, toHex } from '@selvage/core';
import { encodeSpki, nativeCore } from '@selvage/crypto';
import { describe, expect, it } from 'vitest';
import { type ImageTlv, keyHashOf, verifyImage } from '../../../src/index.js';
import { forge, type KeyPair, keyPair, verdict } from '../support/forge.js';

const core = nativeCore;
const signers = { p256: keyPair('p256'), ed25519: keyPair('ed25519') };
const stranger = { p256: keyPair('p256'), ed25519: keyPair('ed25519') };
const counter = (value: number): ImageTlv => ({ type: 'securityCounter', value });

describe.each(['p256', 'ed25519'] as const)('an adversary without the %s key', (kind) => {
  const options = { core, keys: [signers[kind].publicKey], minimumCounter: 5 };
  const judge = (
    unprotected: (proper: readonly ImageTlv[]) => readonly ImageTlv[],
    signer: KeyPair = signers[kind],
  ): string => verdict(forge(signer, [counter(5)], unprotected), options);

  it('has nothing against a good image (so the forgeries below fail for their own reason)', () => {
    expect(judge((proper) => proper)).toBe('accepted');
  });

  it('signs with a key of their own: by its hash, whole, and under the name of the trusted one', () => {
    const own = stranger[kind];
    expect(judge((proper) => proper, own)).toBe('key');
    const whole = (key: KeyPair): ImageTlv => ({ type: 'publicKey', value: encodeSpki(key.publicKey) });
    expect(judge((proper) => replaced(proper, 'keyHash', whole(own)), own)).toBe('key');
    expect(judge((proper) => replaced(proper, 'keyHash', whole(signers[kind])), own)).toBe('signature');
    const trustedHash: ImageTlv = { type: 'keyHash', value: keyHashOf(core, signers[kind].publicKey) };
    expect(judge((proper) => replaced(proper, 'keyHash', trustedHash), own)).toBe('signature');
  });

  it('puts a second key or signature beside the good one, before or behind', () => {
    const own = stranger[kind];
    const key: ImageTlv = { type: 'keyHash', value: keyHashOf(core, own.publicKey) };
    const signature = {
      type: kind === 'p256' ? 'ecdsa' : 'ed25519',
      value: own.signNow(new Uint8Array(32)),
    } as ImageTlv;
    for (const extra of [key, signature]) {
      expect(judge((proper) => [...proper, extra])).toBe('duplicate-tlv');
      expect(judge((proper) => [extra, ...proper])).toBe('duplicate-tlv');
    }
  });

  it('repeats each TLV, or leaves each out', () => {
    const missing = ['hash', 'key', 'signature'];
    for (const at of [0, 1, 2]) {
      expect(judge((proper) => [...proper, proper[at] as ImageTlv])).toBe('duplicate-tlv');
      expect(judge((proper) => proper.filter((_, index) => index !== at))).toBe(missing[at]);
    }
  });

  it('takes the signature of another image', () => {
    const other = forge(signers[kind], [counter(6)]);
    const theirs = (tlv: ImageTlv): boolean => tlv.type === 'ecdsa' || tlv.type === 'ed25519';
    let stolen: ImageTlv | undefined;
    forge(signers[kind], [counter(6)], (proper) => {
      stolen = proper.find(theirs);
      return proper;
    });
    expect(verdict(other, options)).toBe('accepted');
    expect(judge((proper) => [...proper.filter((tlv) => !theirs(tlv)), stolen as ImageTlv])).toBe('signature');
  });

  it('adds what no signature covers: a counter, a dependency, a vendor TLV, an unknown one', () => {
    const extras: ImageTlv[] = [
      counter(200),
      {
        type: 'dependency',
        value: { image: 1, pad: new Uint8Array(3), minimum: { major: 0, minor: 0, revision: 0, build: 0 } },
      },
      { type: 'unknown', tag: 0xa0, body: new Uint8Array(4) },
      { type: 'unknown', tag: 0x7f, body: new Uint8Array(0) },
      { type: 'bootRecord', value: fromHex('a0') },
    ];
    for (const extra of extras) expect(judge((proper) => [...proper, extra])).toBe('unprotected-tlv');
  });

  it('shortens, lengthens or empties the name of the key', () => {
    const name = keyHashOf(core, signers[kind].publicKey);
    for (const value of [new Uint8Array(0), name.subarray(0, 31), Uint8Array.of(...name, 0)]) {
      expect(judge((proper) => replaced(proper, 'keyHash', { type: 'keyHash', value }))).toBe('key');
    }
  });

  it('marks the signature as pure, or claims another kind of it', () => {
    expect(judge((proper) => [...proper, { type: 'pureSignature', value: 1 }])).toBe(
      kind === 'p256' ? 'signature' : 'hash',
    );
    const other: ImageTlv =
      kind === 'p256'
        ? { type: 'ed25519', value: new Uint8Array(64) }
        : { type: 'ecdsa', value: fromHex('3006020101020101') };
    expect(judge((proper) => [...proper.slice(0, 2), other])).toBe('signature');
    const rsa: ImageTlv = { type: 'rsa2048', value: new Uint8Array(256) };
    expect(judge((proper) => [...proper.slice(0, 2), rsa])).toBe('signature');
  });

  it('lies about the length of each TLV and of each area, up and down', () => {
    const good = forge(signers[kind], [counter(5)]);
    const accepted: number[] = [];
    // Area totals and TLV lengths, each two bytes: protected area at 64, unprotected at 76.
    const lengths = [66, 70, 78, 82, 118, 154];
    for (const at of lengths) {
      for (const change of [1, -1, 4, -4, 256, 0x7fff]) {
        const bytes = good.slice();
        const value = ((bytes[at] as number) | ((bytes[at + 1] as number) << 8)) + change;
        bytes[at] = value & 0xff;
        bytes[at + 1] = (value >> 8) & 0xff;
        if (verdict(bytes, options) === 'accepted') accepted.push(at);
      }
    }
    expect(accepted).toEqual([]);
  });
});

describe('a padded ECDSA signature', () => {
  const options = { core, keys: [signers.p256.publicKey] };
  const padded = (length: number, last: number): string =>
    verdict(
      forge(signers.p256, undefined, (proper) =>
        proper.map((tlv) => {
          if (tlv.type !== 'ecdsa') return tlv;
          const value = new Uint8Array(Math.max(length, tlv.value.length + 1));
          value.set(tlv.value);
          value[value.length - 1] = last;
          return { ...tlv, value };
        }),
      ),
      options,
    );

  it('has zeros behind it, up to 72 bytes, and nothing else', () => {
    // A signature of 72 bytes, one in four, leaves no room: these are tried until there is some.
    expect(Array.from({ length: 40 }, () => padded(72, 0))).toContain('accepted');
    expect(new Set(Array.from({ length: 40 }, () => padded(72, 1)))).toEqual(new Set(['signature']));
    expect(new Set(Array.from({ length: 10 }, () => padded(73, 0)))).toEqual(new Set(['signature']));
    expect(new Set(Array.from({ length: 10 }, () => padded(300, 0)))).toEqual(new Set(['signature']));
  });
});

describe('what the signer did wrong is refused too', () => {
  const signer = signers.p256;
  const options = { core, keys: [signer.publicKey], minimumCounter: 5 };

  it.each([
    ['two counters', [counter(5), counter(6)], 'duplicate-tlv'],
    ['the same counter twice', [counter(5), counter(5)], 'duplicate-tlv'],
    ['a hash in the protected area', [counter(5), { type: 'sha256', value: new Uint8Array(32) }], 'protected-tlv'],
    ['a key in the protected area', [counter(5), { type: 'keyHash', value: new Uint8Array(32) }], 'protected-tlv'],
    ['a lower counter', [counter(4)], 'security-counter'],
    ['no counter', [], 'security-counter'],
    ['no protected area', undefined, 'security-counter'],
  ] as const)('%s', (_, tlvs, check) => {
    expect(verdict(forge(signer, tlvs), options)).toBe(check);
  });

  it('a boot record that is none', () => {
    expect(verdict(forge(signer, [counter(5), { type: 'bootRecord', value: fromHex('a1') }]), options)).toBe('form');
  });

  it.each([
    ['an unknown flag', 0x2000],
    ['both encryption flags', 0xc],
    ['compression', 0x400],
    ['not to be started', 0x10],
  ])('flags: %s', (_, flags) => {
    expect(verdict(forge(signer, [counter(5)], undefined, { flags }), options)).toBe('flags');
  });

  it('but a vendor TLV that nobody here knows is the signer’s own business', () => {
    const vendors: ImageTlv[] = [0, 1].map((body) => ({ type: 'unknown', tag: 0xa0, body: Uint8Array.of(body) }));
    expect(verdict(forge(signer, [counter(5), ...vendors]), options)).toBe('accepted');
  });
});

describe('a refusal', () => {
  it('says which check it was, with what was expected and what was found', () => {
    const { p256 } = signers;
    const error = refusalOf(forge(stranger.p256, undefined), p256);
    expect(error.details).toEqual({
      check: 'key',
      expected: toHex(keyHashOf(core, p256.publicKey)),
      found: toHex(keyHashOf(core, stranger.p256.publicKey)),
    });
    const bytes = forge(p256, undefined);
    bytes[40] = 0xff;
    const { check, expected, found } = refusalOf(bytes, p256).details ?? {};
    expect(check).toBe('hash');
    expect(expected).not.toBe(found);
    expect(found).toBe(toHex(core.hash('sha256', bytes.subarray(0, 64))));
  });
});

function replaced(tlvs: readonly ImageTlv[], type: ImageTlv['type'], by: ImageTlv): readonly ImageTlv[] {
  return tlvs.map((tlv) => (tlv.type === type ? by : tlv));
}

function refusalOf(bytes: Uint8Array, { publicKey }: KeyPair): SelvageError {
  try {
    verifyImage(bytes, { core, keys: [publicKey] });
  } catch (error) {
    if (error instanceof SelvageError) return error;
    throw error;
  }
  expect.fail('it was accepted');
}
