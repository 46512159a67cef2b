/** What concerns a chain as a whole: its order, its length, its anchors, and whom it may speak for. */
import { alertFor, type SelvageError } from '@selvage/core';
import { nativeCore } from '@selvage/crypto';
import {
  type ChainJudgement,
  ocfIdentityPurpose,
  ocfManufacturerPurpose,
  ocfRolePurpose,
  type Purpose,
  readCertificate,
  readCertificateList,
  tlsClientPurpose,
  type TrustAnchor,
  verifyChain,
  type VerifyOptions,
} from '@selvage/pki';
import { describe, expect, it } from 'vitest';
import * as der from '../support/der-writer.js';
import { device, judgedAt, nameAt, type Shape, shapes, soundChain } from '../support/chains.js';
import { ecdsa, forge, forgeList, type Forgery, publicKeyInfo, testKey } from '../support/forge.js';

const [manufacturer, identity, deepIdentity, role] = shapes as [Shape, Shape, Shape, Shape];
const certificates = (shape: Shape, change: (chain: Forgery[]) => void = () => undefined): Uint8Array[] => {
  const chain = soundChain(shape);
  change(chain);
  return chain.map(forge);
};
const anchorOf = (der: Uint8Array | undefined, subject?: string): TrustAnchor => ({
  certificate: readCertificate(der ?? new Uint8Array(0)),
  subject,
});

function judge(
  chain: readonly Uint8Array[],
  anchors: readonly TrustAnchor[],
  purpose: Purpose,
  more: Partial<VerifyOptions> = {},
): ChainJudgement {
  return verifyChain(chain, { core: nativeCore, anchors, now: judgedAt, purpose, ...more });
}

const codeOf = (judgement: ChainJudgement): string => (judgement.accepted ? 'accepted' : judgement.error.code);
const errorOf = (judgement: ChainJudgement): SelvageError | undefined =>
  judgement.accepted ? undefined : judgement.error;

describe('the order of a chain (RFC 5246 §7.4.2)', () => {
  const [leaf, second, first, root] = certificates(deepIdentity) as [Uint8Array, Uint8Array, Uint8Array, Uint8Array];
  const go = (...chain: readonly Uint8Array[]): string => codeOf(judge(chain, [anchorOf(root)], ocfIdentityPurpose));

  it('is from the leaf up, with the root or without it', () => {
    expect(go(leaf, second, first)).toBe('accepted');
    expect(go(leaf, second, first, root)).toBe('accepted');
  });

  it('passes over what stands behind the certificate that an anchor issued', () => {
    expect(go(leaf, second, first, leaf)).toBe('accepted');
    expect(go(leaf, second, first, new Uint8Array(9))).toBe('accepted');
  });

  it('has no gap, no other order and no certificate twice', () => {
    expect(go(leaf, first)).toBe('unknown-ca');
    expect(go(leaf)).toBe('unknown-ca');
    expect(go(leaf, first, second)).toBe('unknown-ca');
    expect(go(leaf, leaf, second, first)).toBe('unknown-ca');
    expect(go(second, leaf, first)).toBe('unknown-ca');
  });

  it('has 1 to 8 certificates', () => {
    expect(go()).toBe('bad-certificate');
    expect(go(leaf, second, first, root, root, root, root, root)).toBe('accepted');
    expect(go(leaf, second, first, root, root, root, root, root, root)).toBe('bad-certificate');
  });

  it('gives the path from the leaf to the anchor', () => {
    const judgement = judge([leaf, second, first, root], [anchorOf(root)], ocfIdentityPurpose);
    expect(judgement.accepted && judgement.path.map((one) => one.der)).toEqual([leaf, second, first, root]);
  });

  it('says who is missing, and what to do', () => {
    const error = errorOf(judge([leaf, first], [anchorOf(root)], ocfIdentityPurpose));
    expect(error?.message).toBe(
      `certificate 0 of the chain, O=Lab, CN=uuid:${device}, fails the issuer check: it was issued by O=Lab, CN=Lab ` +
        'Authority of Test, which is no trust anchor here, and O=Lab, CN=Lab Authority of Test of Test follows',
    );
    expect(error?.remedy).toContain('trust the certificate of O=Lab, CN=Lab Authority of Test');
    expect(alertFor(error)).toBe('unknown_ca');
  });
});

describe('trust anchors', () => {
  const [leaf, intermediate, root] = certificates(manufacturer) as [Uint8Array, Uint8Array, Uint8Array];
  const expiredRoot = certificates(manufacturer, (chain) => {
    (chain[2] as Forgery).notAfter = der.utcTime(judgedAt - 1000);
  })[2];
  const strangerRoot = certificates(manufacturer, (chain) => {
    (chain[2] as Forgery).publicKeyInfo = publicKeyInfo(testKey(55));
    (chain[2] as Forgery).extensions.pop();
  })[2];
  const go = (...anchors: readonly TrustAnchor[]): string =>
    codeOf(judge([leaf, intermediate], anchors, ocfManufacturerPurpose));

  it('are none, one, or several of one name', () => {
    expect(go()).toBe('unknown-ca');
    expect(go(anchorOf(root))).toBe('accepted');
    expect(go(anchorOf(strangerRoot), anchorOf(root))).toBe('accepted');
  });

  it('may be renewed with their key: the one that holds decides', () => {
    expect(go(anchorOf(expiredRoot))).toBe('certificate-expired');
    expect(go(anchorOf(expiredRoot), anchorOf(root))).toBe('accepted');
    expect(go(anchorOf(root), anchorOf(expiredRoot))).toBe('accepted');
  });

  it('may stand within the chain', () => {
    expect(go(anchorOf(intermediate))).toBe('accepted');
    // The way to the anchor that does not hold is not the last one.
    expect(go(anchorOf(root), anchorOf(intermediate))).toBe('accepted');
  });

  it('are not the leaf itself', () => {
    expect(go(anchorOf(leaf))).toBe('unknown-ca');
  });

  it('of the right name and another key do not verify it', () => {
    expect(go(anchorOf(strangerRoot))).toBe('bad-certificate');
  });

  it('of the right name and another key identifier are other authorities', () => {
    const other = certificates(manufacturer, (chain) => {
      const authority = chain[2] as Forgery;
      authority.publicKeyInfo = publicKeyInfo(testKey(55));
      authority.extensions = authority.extensions.map((one) =>
        one.id === '2.5.29.14' ? { ...one, value: der.octetString(Uint8Array.of(9)) } : one,
      );
    })[2];
    expect(go(anchorOf(other))).toBe('unknown-ca');
  });

  it('are the fault of the one who trusts them', () => {
    const error = errorOf(judge([leaf, intermediate], [anchorOf(expiredRoot)], ocfManufacturerPurpose));
    expect([error?.fault, error?.details?.['position']]).toEqual(['caller', 2]);
    expect(error?.message).toMatch(/^the trust anchor, O=Lab, CN=Lab Root, fails the validity check: it holds from /);
  });

  it('of the first refused way say why, when no other way goes on', () => {
    expect(
      codeOf(judge([leaf, intermediate], [anchorOf(expiredRoot), anchorOf(expiredRoot)], ocfManufacturerPurpose)),
    ).toBe('certificate-expired');
  });
});

describe('whom a chain may speak for (OCF)', () => {
  const [leaf, root] = certificates(identity) as [Uint8Array, Uint8Array];
  const other = device.replace('6', '7');
  const go = (subject?: string, more: Partial<VerifyOptions> = {}): string =>
    codeOf(judge([leaf], [anchorOf(root, subject)], ocfIdentityPurpose, more));

  it('is the device of its anchor, or any', () => {
    expect(go(undefined)).toBe('accepted');
    expect(go('*')).toBe('accepted');
    expect(go(device)).toBe('accepted');
    expect(go(other)).toBe('access-denied');
    const both = [anchorOf(root, other), anchorOf(root, device)];
    expect(codeOf(judge([leaf], both, ocfIdentityPurpose))).toBe('accepted');
  });

  it('is the device that is expected', () => {
    expect(go('*', { device })).toBe('accepted');
    expect(go('*', { device: other })).toBe('access-denied');
  });

  it('is nobody where a manufacturer named nobody', () => {
    const [lamp, intermediate, top] = certificates(manufacturer, (chain) => {
      (chain[0] as Forgery).subject = nameAt({ ...manufacturer, isOcf: false }, 0);
    }) as [Uint8Array, Uint8Array, Uint8Array];
    const anchors = [anchorOf(top)];
    const judgement = judge([lamp, intermediate], anchors, ocfManufacturerPurpose);
    expect(judgement.accepted && judgement.identity).toBe(undefined);
    expect(judgement.accepted).toBe(true);
    expect(codeOf(judge([lamp, intermediate], anchors, ocfManufacturerPurpose, { device }))).toBe('access-denied');
  });

  it('is, for a role, the holder of the session: by its device and by its key', () => {
    const [asserted, top] = certificates(role) as [Uint8Array, Uint8Array];
    const held = (holder: VerifyOptions['holder']): string =>
      codeOf(judge([asserted], [anchorOf(top)], ocfRolePurpose, { holder }));
    const { publicKey } = testKey(0);
    expect(held({ device, publicKey })).toBe('accepted');
    expect(held({ device: other, publicKey })).toBe('access-denied');
    expect(held({ device, publicKey: testKey(1).publicKey })).toBe('access-denied');
  });

  it('is told with its role, and where its traffic is described', () => {
    const [asserted, top] = certificates(role, (chain) => {
      const url = der.text(0x16, 'https://lab.example/lamp.json');
      (chain[0] as Forgery).extensions.push({ id: '1.3.6.1.5.5.7.1.25', critical: false, value: url });
    }) as [Uint8Array, Uint8Array];
    const judgement = judge([asserted], [anchorOf(top)], ocfRolePurpose);
    expect(judgement).toMatchObject({
      accepted: true,
      identity: device,
      roles: [{ role: 'lab.role.user', authority: 'Lab' }],
      mudUrl: 'https://lab.example/lamp.json',
    });
  });
});

describe('what may be chosen', () => {
  const [leaf, root] = certificates(identity, (chain) => {
    for (const forgery of chain) forgery.signer = ecdsa(testKey(1), 'sha384');
  }) as [Uint8Array, Uint8Array];

  it('are the hashes of signatures', () => {
    const go = (more: Partial<VerifyOptions>): string =>
      codeOf(judge([leaf], [anchorOf(root)], ocfIdentityPurpose, more));
    expect(go({})).toBe('unsupported-certificate');
    expect(go({ hashes: ['sha256', 'sha384'] })).toBe('accepted');
  });

  it('is whether lists must decide (RFC 5280 §6.3)', () => {
    const [good, authority] = certificates(identity) as [Uint8Array, Uint8Array];
    const list = (signer: number, nextUpdate: number): ReturnType<typeof readCertificateList> =>
      readCertificateList(
        forgeList({
          issuer: nameAt(identity, 1),
          thisUpdate: judgedAt - 9000,
          nextUpdate,
          revoked: [],
          extensions: [],
          signer: ecdsa(testKey(signer)),
        }),
      );
    const go = (more: Partial<VerifyOptions>): string =>
      codeOf(judge([good], [anchorOf(authority)], ocfIdentityPurpose, more));
    expect(go({ revocation: 'required' })).toBe('certificate-unknown');
    expect(go({ crls: [list(1, judgedAt + 9000)], revocation: 'required' })).toBe('accepted');
    expect(go({ crls: [list(1, judgedAt - 5000)], revocation: 'required' })).toBe('certificate-unknown');
    expect(go({ crls: [list(1, judgedAt - 5000)] })).toBe('accepted');
    expect(go({ crls: [list(7, judgedAt + 9000)] })).toBe('accepted');
    expect(go({ crls: [list(7, judgedAt + 9000), list(1, judgedAt + 9000)], revocation: 'required' })).toBe('accepted');
  });

  it('is a purpose outside OCF', () => {
    const [good, authority] = certificates(identity) as [Uint8Array, Uint8Array];
    expect(codeOf(judge([good], [anchorOf(authority)], tlsClientPurpose))).toBe('accepted');
  });
});

/** The shape of the verdict that `@selvage/dtls` asks for. */
type ChainVerdict = { readonly accepted: true } | { readonly accepted: false; readonly error: SelvageError };

describe('a judgement', () => {
  it('serves as the verdict of a handshake', () => {
    const [leaf, root] = certificates(identity) as [Uint8Array, Uint8Array];
    const verdict: ChainVerdict = judge([leaf], [anchorOf(root)], ocfIdentityPurpose);
    expect(verdict.accepted).toBe(true);
  });
});
