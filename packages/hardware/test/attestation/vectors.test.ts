import { fromHex, type SelvageError, toHex } from '@selvage/core';
import { enrolledKeys, type EnrolledInstance, readToken, type VerifiedToken, verifyToken } from '@selvage/hardware';
import { portableCore } from '@selvage/crypto';
import { describe, expect, it } from 'vitest';
import { core, draftKey, draftSecret, vector, verifierKey } from './support.js';

const draftInstance = fromHex(`01${'02'.repeat(32)}`);
const draftNonce = fromHex('01'.repeat(32));

function verified(
  name: string,
  key: EnrolledInstance['key'],
  nonce: Uint8Array,
  acceptOldProfile = false,
): VerifiedToken {
  const token = vector(name);
  const instance = instanceOf(token);
  const keyOf = enrolledKeys([{ instance, key }]);
  return verifyToken(token, { core, nonce, keyOf, reference: undefined, acceptOldProfile });
}

function instanceOf(token: Uint8Array): Uint8Array {
  try {
    return readToken(token).claims.instance;
  } catch {
    return draftInstance;
  }
}

function refusal(act: () => unknown): { claim: unknown; found: unknown } {
  try {
    act();
  } catch (error) {
    const { code, details } = error as SelvageError;
    expect(code).toBe('attestation-refused');
    return { claim: details?.['claim'], found: details?.['found'] };
  }
  throw new Error('the token was taken');
}

describe("tokens of others (RFC 9783's draft, TF-M's iat-verifier)", () => {
  it("takes the draft's COSE_Sign1 and reads every claim of it", () => {
    const { claims, profile, algorithm } = verified('rfc9783-draft-sign1.cbor', draftKey(), draftNonce);
    expect([profile, algorithm]).toEqual(['psa-2023', 'ES256']);
    expect(claims).toEqual({
      nonce: draftNonce,
      instance: draftInstance,
      implementation: new Uint8Array(32),
      bootSeed: new Uint8Array(8),
      client: 2147483647,
      lifeCycle: 'secured',
      components: [{ type: 'PRoT', measurement: fromHex('03'.repeat(32)), signer: fromHex('04'.repeat(32)) }],
    });
  });

  it('verifies it with the portable engine too', () => {
    const keyOf = enrolledKeys([{ instance: draftInstance, key: draftKey() }]);
    const token = vector('rfc9783-draft-sign1.cbor');
    expect(verifyToken(token, { core: portableCore, nonce: draftNonce, keyOf, reference: undefined }).voucher).toBe(
      'enrolled',
    );
  });

  it("takes the draft's COSE_Mac0 (HMAC 256/256)", () => {
    const { claims, algorithm } = verified(
      'rfc9783-draft-mac0.cbor',
      { kind: 'hmac', secret: draftSecret() },
      draftNonce,
    );
    expect([algorithm, toHex(claims.instance)]).toEqual([
      'HMAC 256/256',
      '01c557bd4fadc83f756fca2cd5ea2dcc8b82159bb4e7453d6a744d4eecd6d0ac60',
    ]);
  });

  it('a code is no signature: neither key is taken for the other', () => {
    expect(refusal(() => verified('rfc9783-draft-mac0.cbor', draftKey(), draftNonce)).claim).toBe('signature');
    const hmac = { kind: 'hmac', secret: draftSecret() } as const;
    expect(refusal(() => verified('rfc9783-draft-sign1.cbor', hmac, draftNonce)).claim).toBe('signature');
  });

  it('takes a token with the keys of PSA_IOT_PROFILE_1, which calls its profile otherwise, where that is accepted, and else names the profile', () => {
    const name = 'iatverifier-profile1.cbor';
    const { nonce } = readToken(vector(name)).claims;
    const { claims, profile } = verified(name, verifierKey(), nonce, true);
    expect(profile).toBe('psa-iot-1');
    expect(claims.components.map(({ type, version }) => [type, version])).toEqual([
      ['BL', '3.4.2'],
      ['M1', '1.2'],
      ['M2', '1.2.3'],
      ['M3', '1'],
    ]);
    expect(refusal(() => verified(name, verifierKey(), nonce))).toEqual({
      claim: 'profile',
      found: 'http://example.com',
    });
  });

  it.each([
    'iatverifier-psa200-no-alg.cbor',
    'iatverifier-bad-missing-claim.cbor',
    'iatverifier-bad-missing-sw.cbor',
    'iatverifier-bad-profile.cbor',
  ])('refuses %s: nothing protected says by which algorithm it is signed', (name) => {
    expect(refusal(() => verified(name, verifierKey(), draftNonce, true))).toEqual({
      claim: 'algorithm',
      found: 'the protected header names no algorithm',
    });
  });

  it('refuses iatverifier-bad-malformed.cbor', () => {
    const { claim } = refusal(() => verified('iatverifier-bad-malformed.cbor', verifierKey(), draftNonce, true));
    expect(['form', 'algorithm', 'payload']).toContain(claim);
  });

  it('says what else is wrong with them', () => {
    const problem = (name: string): unknown => refusal(() => readToken(vector(name)));
    expect(problem('iatverifier-bad-missing-claim.cbor')).toEqual({ claim: 'profile', found: 'none' });
    expect(problem('iatverifier-bad-missing-sw.cbor')).toEqual({
      claim: 'software components',
      found: 'an array of 0',
    });
    expect(problem('iatverifier-psa200-no-alg.cbor')).toEqual({ claim: 'profile', found: 'http://arm.com/psa/2.0.0' });
  });
});
