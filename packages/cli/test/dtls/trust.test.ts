import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type SelvageError, toHex } from '@selvage/core';
import { VirtualClock } from '@selvage/core/virtual';
import { nativeCore } from '@selvage/crypto';
import { encodePem, readCertificate } from '@selvage/pki';
import { afterAll, describe, expect, it } from 'vitest';
import { fingerprint, readTrust } from '../../src/dtls/trust.js';
import { certificateFile, certificateOf } from '../support/certificates.js';

const now = Date.UTC(2026, 5, 1);
const folder = mkdtempSync(join(tmpdir(), 'selvage-trust-'));
afterAll(() => rmSync(folder, { recursive: true }));

interface Judgement {
  readonly role?: 'client' | 'server';
  readonly wallTime?: number;
  readonly ca?: string;
  readonly peerCertificate?: string[];
}

function refusal(chain: readonly Uint8Array[], judgement: Judgement = {}): SelvageError | undefined {
  const { role = 'client', wallTime = now, ca = certificateFile('root.cert.pem'), peerCertificate } = judgement;
  const clock = new VirtualClock({ wallTime });
  const verdict = readTrust(role, { ca, ...(peerCertificate && { peerCertificate }) }, clock)(chain);
  return verdict.accepted ? undefined : verdict.error;
}

function judge(names: readonly string[], judgement?: Judgement): string {
  return refusal(names.map(certificateOf), judgement)?.code ?? 'accepted';
}

describe('a chain is judged by RFC 5280 §6', () => {
  it.each([
    ['a leaf of the anchor', ['leaf']],
    ['a leaf that brings the anchor along', ['leaf', 'root']],
    ['a leaf of an authority under the anchor, with SHA-384 and SHA-512', ['leaf-of-middle', 'middle']],
    ['a leaf of the anchor with whatever follows it', ['leaf', 'impostor', 'leaf-of-impostor']],
    ['a leaf that name constraints say nothing of', ['leaf-of-narrow', 'narrow']],
  ])('which takes %s, of servers and of clients', (_, names) => {
    expect([judge(names), judge(names, { role: 'server' })]).toEqual(['accepted', 'accepted']);
  });

  it.each([
    ['no certificate at all', [], 'bad-certificate'],
    ['a leaf without the authority between', ['leaf-of-middle'], 'unknown-ca'],
    ['a leaf whose authority only has the name of the anchor', ['leaf-of-impostor'], 'unknown-ca'],
    ['a leaf that brings such an authority along', ['leaf-of-impostor', 'impostor'], 'bad-certificate'],
    ['an authority that does not belong to the leaf', ['leaf-of-middle', 'root'], 'unknown-ca'],
    ['a leaf that another leaf issued', ['leaf-of-leaf', 'leaf'], 'bad-certificate'],
    ['more authorities than the path length allows', ['leaf-of-deep', 'deep', 'middle'], 'bad-certificate'],
    ['an authority where a server should be', ['root'], 'unsupported-certificate'],
    ['a leaf after its time', ['leaf-short'], 'certificate-expired'],
    ['a leaf with an RSA key, of itself', ['rsa'], 'unknown-ca'],
    ['a chain of absurd length', Array.from({ length: 9 }, () => 'middle'), 'bad-certificate'],
  ])('which does not take %s', (_, names, verdict) => {
    expect(judge(names)).toBe(verdict);
  });

  it.each([
    ['the last second of it', Date.UTC(2021, 0, 1), 'accepted'],
    ['a second after', Date.UTC(2021, 0, 1) + 1000, 'certificate-expired'],
    ['the first moment of it', Date.UTC(2020, 0, 1), 'accepted'],
    ['a millisecond before', Date.UTC(2020, 0, 1) - 1, 'certificate-expired'],
  ])('and by the clock: %s', (_, wallTime, verdict) => {
    expect(judge(['leaf-short'], { wallTime })).toBe(verdict);
  });

  it.each([0, 1])('so that no byte of certificate %i can be changed, cut off or added', (at) => {
    const honest = ['leaf-of-middle', 'middle'].map(certificateOf);
    const original = honest[at] as Uint8Array;
    const accepted: string[] = [];
    const attempt = (name: string, changed: Uint8Array): void => {
      if (refusal(honest.with(at, changed)) === undefined) accepted.push(name);
    };
    for (let byte = 0; byte < original.length; byte += 3) {
      attempt(`byte ${byte} flipped`, original.with(byte, (original[byte] as number) ^ 0x01));
      attempt(`cut at ${byte}`, original.slice(0, byte));
    }
    attempt('a byte added', Uint8Array.of(...original, 0));
    expect(accepted).toEqual([]);
    expect(original.length).toBeGreaterThan(350);
  });

  it('so that no other key stands under an honest signature', () => {
    const keyOf = (der: Uint8Array): string => toHex(readCertificate(der).publicKey?.publicKey as Uint8Array);
    const [leaf, middle, impostor] = ['leaf-of-middle', 'middle', 'impostor'].map(certificateOf) as [
      Uint8Array,
      Uint8Array,
      Uint8Array,
    ];
    const forged = Uint8Array.from(Buffer.from(toHex(leaf).replace(keyOf(leaf), keyOf(impostor)), 'hex'));
    expect(keyOf(forged)).toBe(keyOf(impostor));
    expect(refusal([forged, middle])?.code).toBe('bad-certificate');
  });
});

describe('a refusal', () => {
  it('names certificate, position and check, and the hash by which a person may trust it all the same', () => {
    const leaf = certificateOf('leaf-short');
    const shown = fingerprint(nativeCore, leaf);
    expect(refusal([leaf])).toMatchObject({
      message: expect.stringMatching(
        /^certificate 0 of the chain, CN=Leaf of one year, fails the validity check/,
      ) as string,
      details: { check: 'validity', position: 0, certificate: shown },
      remedy: 'renew it, or set the clock right',
    });
    expect(refusal([certificateOf('root')])?.remedy).toContain(
      `--peer-certificate ${fingerprint(nativeCore, certificateOf('root'))}`,
    );
  });

  it('is not for a certificate whose hash was given, whatever it says', () => {
    for (const name of ['leaf-short', 'rsa', 'impostor']) {
      const peerCertificate = [fingerprint(nativeCore, certificateOf(name))];
      expect({ name, verdict: judge([name], { peerCertificate }) }).toEqual({ name, verdict: 'accepted' });
      expect({ name, verdict: judge(['leaf-of-impostor', name], { peerCertificate }) }).not.toMatchObject({
        verdict: 'accepted',
      });
    }
  });
});

describe('a file of authorities', () => {
  it('that holds something else is the fault of who named it', () => {
    const path = join(folder, 'nonsense.pem');
    for (const text of ['hello', encodePem('CERTIFICATE', Uint8Array.of(0x30, 0x80))]) {
      writeFileSync(path, text);
      expect(() => refusal([], { ca: path })).toThrow(
        expect.objectContaining({
          code: 'invalid-value',
          fault: 'caller',
          message: expect.stringContaining(`--ca ${path}`) as string,
        }) as Error,
      );
    }
  });
});
