import { toHex } from '@selvage/core';
import { nativeCore } from '@selvage/crypto';
import { describe, expect, it } from 'vitest';
import { readCertificate } from '../../../src/dtls/x509/certificate.js';
import { verifySimpleChain } from '../../../src/dtls/x509/chain.js';
import { certificateOf } from '../../support/certificates.js';

const root = readCertificate(certificateOf('root'));
const now = Date.UTC(2026, 5, 1);

function judge(names: readonly string[], wallTime = now, anchors = [root]): string {
  return judgeBytes(names.map(certificateOf), wallTime, anchors);
}

function judgeBytes(chain: readonly Uint8Array[], wallTime = now, anchors = [root]): string {
  const verdict = verifySimpleChain(nativeCore, chain, anchors, wallTime);
  return verdict.accepted ? 'accepted' : verdict.error.code;
}

describe('a chain is taken by its signatures and times', () => {
  it.each([
    ['a leaf of the anchor', ['leaf']],
    ['a leaf that brings the anchor along', ['leaf', 'root']],
    ['a leaf of an authority under the anchor, with SHA-384 and SHA-512', ['leaf-of-middle', 'middle']],
    ['the anchor itself', ['root']],
    ['a leaf of the anchor with whatever follows it', ['leaf', 'impostor', 'leaf-of-impostor']],
  ])('takes %s', (_, names) => {
    expect(judge(names)).toBe('accepted');
  });

  it.each([
    ['no certificate at all', [], 'bad-certificate'],
    ['a leaf without the authority between', ['leaf-of-middle'], 'unknown-ca'],
    ['a leaf whose authority only has the name of the anchor', ['leaf-of-impostor'], 'unknown-ca'],
    ['a leaf that brings such an authority along', ['leaf-of-impostor', 'impostor'], 'unknown-ca'],
    ['an authority that does not belong to the leaf', ['leaf-of-impostor', 'middle'], 'unknown-ca'],
    ['a leaf that another leaf issued', ['leaf-of-leaf', 'leaf'], 'bad-certificate'],
    ['more authorities than the path length allows', ['leaf-of-deep', 'deep', 'middle'], 'bad-certificate'],
    ['critical name constraints, which nobody here judges', ['leaf-of-narrow', 'narrow'], 'unsupported-certificate'],
    ['a leaf after its time', ['leaf-short'], 'certificate-expired'],
  ])('judges %s', (_, names, verdict) => {
    expect(judge(names)).toBe(verdict);
  });

  it.each([
    ['the last second of it', Date.UTC(2021, 0, 1), 'accepted'],
    ['a second after', Date.UTC(2021, 0, 1) + 1000, 'certificate-expired'],
    ['the first moment of it', Date.UTC(2020, 0, 1), 'accepted'],
    ['a millisecond before', Date.UTC(2020, 0, 1) - 1, 'certificate-expired'],
  ])('keeps to the time of a certificate: %s', (_, wallTime, verdict) => {
    expect(judge(['leaf-short'], wallTime)).toBe(verdict);
  });

  it('refuses an anchor that is out of its time, too', () => {
    const anchor = readCertificate(certificateOf('leaf-short'));
    expect(judge(['leaf-short'], now, [anchor])).toBe('certificate-expired');
  });

  it('trusts nobody without an anchor', () => {
    expect(judge(['leaf', 'root'], now, [])).toBe('unknown-ca');
  });

  it('refuses a chain of absurd length without checking it', () => {
    expect(judge(Array.from({ length: 9 }, () => 'middle'))).toBe('bad-certificate');
  });
});

describe('a tampering peer', () => {
  const honest = ['leaf-of-middle', 'middle'].map(certificateOf);

  it.each([0, 1])('never gets certificate %i accepted with a byte changed, cut off or added', (at) => {
    const original = honest[at] as Uint8Array;
    const accepted: string[] = [];
    const attempt = (name: string, changed: Uint8Array): void => {
      if (judgeBytes(honest.with(at, changed)) === 'accepted') accepted.push(name);
    };
    for (let byte = 0; byte < original.length; byte++) {
      attempt(`byte ${byte} flipped`, original.with(byte, (original[byte] as number) ^ 0x01));
      attempt(`byte ${byte} inverted`, original.with(byte, (original[byte] as number) ^ 0xff));
      attempt(`cut at ${byte}`, original.slice(0, byte));
    }
    attempt('a byte added', Uint8Array.of(...original, 0));
    expect(accepted).toEqual([]);
    expect(original.length).toBeGreaterThan(350);
  });

  it('cannot put another key under an honest signature', () => {
    const [leaf, middle] = honest as [Uint8Array, Uint8Array];
    const own = toHex(readCertificate(certificateOf('impostor')).publicKey as Uint8Array);
    const theirs = toHex(readCertificate(leaf).publicKey as Uint8Array);
    const forged = Uint8Array.from(Buffer.from(toHex(leaf).replace(theirs, own), 'hex'));
    expect(readCertificate(forged).publicKey).toEqual(readCertificate(certificateOf('impostor')).publicKey);
    expect(judgeBytes([forged, middle])).toBe('bad-certificate');
  });
});

describe('a certificate', () => {
  it('is not read from other bytes', () => {
    for (const bytes of [new Uint8Array(0), Uint8Array.of(0x30, 0x80), new TextEncoder().encode('no certificate')]) {
      expect(() => readCertificate(bytes)).toThrow(expect.objectContaining({ code: 'bad-certificate' }));
    }
  });

  it('that is signed with RSA is named as such', () => {
    const error = expect.objectContaining({
      code: 'unsupported-certificate',
      remedy: 'issue it with ECDSA on P-256 and SHA-256, SHA-384 or SHA-512',
    }) as Error;
    expect(() => readCertificate(certificateOf('rsa'))).toThrow(error);
  });
});
