/** Requests, renewal, revocation and expiry; what is durable; and what happens when key or entropy fail. */
import { SelvageError, type Store } from '@selvage/core';
import { outcomeOfPromise } from '@selvage/core/testing';
import { FailingEntropy, MemoryStore } from '@selvage/core/virtual';
import { nativeCore } from '@selvage/crypto';
import {
  type AuthoritySetting,
  CertificateAuthority,
  type ChainJudgement,
  makeCertificateRequest,
  noExpiry,
  ocfIdentityPurpose,
  openCertificateRequest,
  readCertificate,
  readCertificateList,
  serialText,
  validFor,
  verifyChain,
} from '@selvage/pki';
import { describe, expect, it } from 'vitest';
import { device, today, World } from '../support/authority.js';
import { flipped } from '../support/forge.js';

const world = new World('life');
const day = 86_400_000;
const validity = validFor(today, 30);
const identity = { kind: 'identity', device } as const;
const commonName = [['CN', `uuid:${device}`]] as const;

const request = async (subject: Parameters<typeof makeCertificateRequest>[0] = commonName): Promise<Uint8Array> =>
  makeCertificateRequest(subject, { keys: world.keys, key: await world.key() });

function judge(
  authority: CertificateAuthority,
  chain: readonly Uint8Array[],
  lists: readonly Uint8Array[],
  now = today,
): ChainJudgement {
  return verifyChain(chain, {
    core: nativeCore,
    anchors: [{ certificate: authority.certificate }],
    now,
    purpose: ocfIdentityPurpose,
    crls: lists.map(readCertificateList),
  });
}

const codeOf = (judgement: ChainJudgement): string => (judgement.accepted ? 'accepted' : judgement.error.code);

describe('a request (RFC 2986)', () => {
  it('proves its key and gets a certificate for it', async () => {
    const root = await world.root();
    const wanted = await request();
    const { publicKey } = openCertificateRequest(nativeCore, wanted);
    const { certificate } = await root.issueForRequest(identity, { request: wanted, validity });
    expect(certificate.publicKey?.publicKey).toEqual(publicKey);
  });

  it('of another device, or with another signature, gets none', async () => {
    const root = await world.root();
    const attempt = (bytes: Uint8Array): Promise<string> =>
      outcomeOfPromise(root.issueForRequest(identity, { request: bytes, validity }));
    expect(await attempt(await request([['CN', 'uuid:00000000-0000-4000-8000-000000000000']]))).toBe('access-denied');
    expect(await attempt(await request([['CN', 'lamp']]))).toBe('access-denied');
    expect(await attempt(flipped(await request(), -1))).toBe('invalid-proof');
    expect(await attempt(flipped(await request(), 40))).toBe('invalid-proof');
    expect(await attempt((await request()).subarray(1))).toBe('bad-certificate');
    expect(await root.issued()).toEqual([]);
  });

  it('is made with a signing key of P-256 alone', async () => {
    const key = await world.keys.generate({ algorithm: 'ed25519', usages: ['sign'] });
    expect(await outcomeOfPromise(makeCertificateRequest(commonName, { keys: world.keys, key }))).toBe(
      'invalid-argument',
    );
  });
});

describe('revocation (RFC 5280 §5)', () => {
  it('refuses the certificate from the next list on', async () => {
    const root = await world.root();
    const { certificate, chain } = await root.issue(identity, { publicKey: await world.publicKey(), validity });
    const before = await root.revocationList({ thisUpdate: today, nextUpdate: today + day });
    expect(codeOf(judge(root, chain, [before.der]))).toBe('accepted');
    await root.revoke(serialText(certificate), { at: today + 1500, reason: 'keyCompromise' });
    const after = await root.revocationList({ thisUpdate: today, nextUpdate: today + day });
    expect(codeOf(judge(root, chain, [after.der]))).toBe('certificate-revoked');
    expect([...after.revoked.values()].map(({ reason, revokedAt }) => [reason, revokedAt])).toEqual([
      ['keyCompromise', today + 1000],
    ]);
    expect([before.number, after.number]).toEqual(['01', '02']);
  });

  it('is told of once: the first time and reason stay', async () => {
    const root = await world.root();
    const { certificate } = await root.issue(identity, { publicKey: await world.publicKey(), validity });
    const serial = serialText(certificate);
    await root.revoke(serial, { at: today, reason: 'superseded' });
    const again = serial.toUpperCase().replace(/..(?=.)/g, '$&:');
    expect(await root.revoke(again, { at: today + day, reason: 'keyCompromise' })).toEqual({
      at: today,
      reason: 'superseded',
    });
  });

  it('is of what was issued here', async () => {
    const root = await world.root();
    for (const serial of ['00', '', '../x', 'zz', 'issued-00']) {
      expect(await outcomeOfPromise(root.revoke(serial, { at: today, reason: 'unspecified' }))).toBe('key-not-found');
    }
  });

  it('numbers lists one after the other, also when several are made at once, and after a restart', async () => {
    const store = new MemoryStore();
    const root = await world.root('Lab Root', store);
    const times = { thisUpdate: today, nextUpdate: today + day };
    const lists = await Promise.all([1, 2, 3].map(() => root.revocationList(times)));
    expect(lists.map(({ number }) => number)).toEqual(['01', '02', '03']);
    for (let made = 4; made <= 127; made++) await root.revocationList(times);
    expect((await root.revocationList(times)).number).toBe('0080');
  });

  it('has lists of full seconds that end after they begin', async () => {
    const root = await world.root();
    expect(await outcomeOfPromise(root.revocationList({ thisUpdate: today, nextUpdate: today - 1000 }))).toBe(
      'invalid-argument',
    );
    expect(await outcomeOfPromise(root.revocationList({ thisUpdate: today + 1, nextUpdate: today + day }))).toBe(
      'invalid-argument',
    );
  });
});

describe('renewal and expiry', () => {
  it('issues the same anew, for the same key or a new one', async () => {
    const root = await world.root();
    const first = await root.issueForRequest(identity, { request: await request(), validity });
    const later = validFor(today + 20 * day, 30);
    const renewed = await root.renew(first.certificate, { validity: later });
    expect(renewed.certificate.validity).toEqual(later);
    expect(renewed.certificate.publicKey).toEqual(first.certificate.publicKey);
    expect(renewed.certificate.subject.der).toEqual(first.certificate.subject.der);
    expect(renewed.certificate.serialNumber).not.toEqual(first.certificate.serialNumber);
    const rekeyed = await root.renew(first.certificate, { validity: later, request: await request() });
    expect(rekeyed.certificate.publicKey).not.toEqual(first.certificate.publicKey);
    expect(codeOf(judge(root, first.chain, [], today + 40 * day))).toBe('certificate-expired');
    expect(codeOf(judge(root, renewed.chain, [], today + 40 * day))).toBe('accepted');
  });

  it('does not renew what another authority issued, or what was revoked', async () => {
    const [root, other] = [await world.root(), await world.root()];
    const { certificate } = await root.issue(identity, { publicKey: await world.publicKey(), validity });
    expect(await outcomeOfPromise(other.renew(certificate, { validity }))).toBe('unknown-ca');
    await root.revoke(serialText(certificate), { at: today, reason: 'superseded' });
    expect(await outcomeOfPromise(root.renew(certificate, { validity }))).toBe('certificate-revoked');
  });

  it('lists what ends soon and was not revoked, the first to end in front', async () => {
    const root = await world.root();
    const serials: string[] = [];
    for (const days of [30, 10, 20, 5]) {
      const { certificate } = await root.issue(identity, {
        publicKey: await world.publicKey(),
        validity: validFor(today, days),
      });
      serials.push(serialText(certificate));
    }
    await root.revoke(serials[3] as string, { at: today, reason: 'unspecified' });
    const soon = await root.expiring(today + 25 * day);
    expect(soon.map(({ serial }) => serial)).toEqual([serials[1], serials[2]]);
    expect((await root.issued()).map(({ serial, revoked }) => [serial, revoked?.reason])).toEqual([
      [serials[3], 'unspecified'],
      [serials[1], undefined],
      [serials[2], undefined],
      [serials[0], undefined],
    ]);
  });

  it('knows certificates without an end (RFC 5280 §4.1.2.5)', async () => {
    const key = await world.key();
    const setting = { core: nativeCore, entropy: world.entropy, keys: world.keys, key, store: new MemoryStore() };
    const forever = { notBefore: today, notAfter: noExpiry };
    const root = await CertificateAuthority.establish(setting, { subject: [['CN', 'Root']], validity: forever });
    const { certificate } = await root.issue(identity, { publicKey: await world.publicKey(), validity: forever });
    expect(certificate.validity.notAfter).toBe(Date.UTC(9999, 11, 31, 23, 59, 59));
  });
});

describe('what an authority rests on', () => {
  const settingWith = async (more: Partial<AuthoritySetting>): Promise<AuthoritySetting> => ({
    core: nativeCore,
    entropy: world.entropy,
    keys: world.keys,
    key: await world.key(),
    store: new MemoryStore(),
    ...more,
  });
  const start = { subject: [['CN', 'Root']], validity } as const;

  it('is its own key and certificate', async () => {
    const root = await world.root();
    const setting = await settingWith({});
    const attempt = (chain: readonly Uint8Array[]): string => {
      try {
        new CertificateAuthority(setting, chain);
        return 'returned';
      } catch (error) {
        return error instanceof SelvageError ? error.code : String(error);
      }
    };
    expect(attempt([root.certificate.der])).toBe('invalid-argument');
    expect(attempt([])).toBe('bad-certificate');
    const { certificate } = await root.issue(identity, {
      publicKey: await world.keys.publicKey(setting.key),
      validity,
    });
    expect(attempt([certificate.der])).toBe('invalid-argument');
  });

  it('is entropy: without it nothing is issued', async () => {
    const setting = await settingWith({ entropy: new FailingEntropy(world.entropy, 1) });
    const root = await CertificateAuthority.establish(setting, start);
    expect(await outcomeOfPromise(root.issue(identity, { publicKey: await world.publicKey(), validity }))).toBe(
      'entropy-failed',
    );
    expect(await root.issued()).toEqual([]);
  });

  it('is a key home that signs with the right key', async () => {
    const other = await world.key();
    const { keys } = world;
    const wrong = { sign: (wanted: Parameters<typeof keys.sign>[0]) => keys.sign({ ...wanted, handle: other }) };
    const setting = await settingWith({ keys: Object.assign(Object.create(keys) as typeof keys, wrong) });
    expect(await outcomeOfPromise(CertificateAuthority.establish(setting, start))).toBe('key-operation-failed');
  });

  it('is a key of P-256 that signs', async () => {
    const setting = await settingWith({
      key: await world.keys.generate({ algorithm: 'ecdh-p256', usages: ['agree'] }),
    });
    expect(await outcomeOfPromise(CertificateAuthority.establish(setting, start))).toBe('invalid-argument');
  });

  it('is a store: what it does not keep is not handed out', async () => {
    const failing: Store = Object.assign(new MemoryStore(), {
      put: async () => {
        throw new SelvageError('store-failed', 'the disk is full');
      },
    });
    const root = await CertificateAuthority.establish(await settingWith({ store: failing }), start);
    expect(await outcomeOfPromise(root.issue(identity, { publicKey: await world.publicKey(), validity }))).toBe(
      'store-failed',
    );
    expect(await outcomeOfPromise(root.revocationList({ thisUpdate: today, nextUpdate: today + day }))).toBe(
      'store-failed',
    );
  });

  it('is a register that is whole: damage is an error, never a forgotten revocation', async () => {
    const store = new MemoryStore();
    const root = await world.root('Lab Root', store);
    const { certificate } = await root.issue(identity, { publicKey: await world.publicKey(), validity });
    const serial = serialText(certificate);
    await root.revoke(serial, { at: today, reason: 'keyCompromise' });
    for (const damage of [
      '',
      '{}',
      '{"at":"x","reason":"keyCompromise"}',
      '{"at":"2026-01-01T00:00:00Z","reason":"x"}',
    ]) {
      await store.put(`revoked-${serial}`, new TextEncoder().encode(damage));
      expect(await outcomeOfPromise(root.revocationList({ thisUpdate: today, nextUpdate: today + day }))).toBe(
        'store-failed',
      );
    }
    await store.put('list-number', new TextEncoder().encode('many'));
    expect(await outcomeOfPromise(root.revocationList({ thisUpdate: today, nextUpdate: today + day }))).toBe(
      'store-failed',
    );
  });

  it('survives a restart: another authority on the same store goes on', async () => {
    const store = new MemoryStore();
    const setting = await settingWith({ store });
    const first = await CertificateAuthority.establish(setting, start);
    const { certificate } = await first.issue(identity, { publicKey: await world.publicKey(), validity });
    await first.revoke(serialText(certificate), { at: today, reason: 'superseded' });
    const second = new CertificateAuthority(setting, first.chain);
    const list = await second.revocationList({ thisUpdate: today, nextUpdate: today + day });
    expect([list.revoked.size, (await second.issued()).length]).toEqual([1, 1]);
    expect(
      readCertificate((await second.find(serialText(certificate)))?.certificate.der ?? new Uint8Array(0)).der,
    ).toEqual(certificate.der);
  });

  it('gives serial numbers that are positive, of 16 bytes, and never the same', async () => {
    const root = await world.root();
    const serials = new Set<string>();
    for (let made = 0; made < 50; made++) {
      const { certificate } = await root.issue(identity, { publicKey: await world.publicKey(), validity });
      const [first = 0xff] = certificate.serialNumber;
      expect([certificate.serialNumber.length, first >= 0x40 && first < 0x80]).toEqual([16, true]);
      serials.add(serialText(certificate));
    }
    expect(serials.size).toBe(50);
  });
});
