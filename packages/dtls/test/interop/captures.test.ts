import { concat, decode, toHex } from '@selvage/core';
import { nativeCore } from '@selvage/crypto';
import { describe, expect, it } from 'vitest';
import { certificatePublicKey } from '../../src/certificate/public-key.js';
import { hashOf, readSignedPoint } from '../../src/handshake/key-exchange/ecdhe.js';
import { masterSecret } from '../../src/handshake/key-schedule.js';
import { certificate, certificateVerify } from '../../src/protocol/key-exchange.js';
import { Capture, type CapturedSession, finishedIn } from './support/capture.js';
import { expectRoundTrip, roundTripMessage } from './support/round-trip.js';

/** What each capture holds: handshakes, sealed records, and handshakes that both sides completed. */
const contents = [
  { name: 'openthread-01-native-commissioning', sessions: 1, sealed: 7, complete: 1 },
  { name: 'openthread-02-relay-and-wrong-pskd', sessions: 2, sealed: 8, complete: 1 },
  { name: 'openthread-03-external-commissioner', sessions: 4, sealed: 83, complete: 3 },
  { name: 'ocf-a02-otm-justworks', sessions: 1, sealed: 32, complete: 1 },
  { name: 'ocf-a03-provision-ace-authcrypt-wildcard', sessions: 1, sealed: 12, complete: 1 },
  { name: 'ocf-b01-otm-random-pin', sessions: 1, sealed: 32, complete: 1 },
  { name: 'ocf-b02-after-pin-provision-ace', sessions: 1, sealed: 12, complete: 1 },
  { name: 'ocf-b03-otm-random-pin-wrong', sessions: 1, sealed: 1, complete: 0 },
  { name: 'ocf-c01-otm-mfg-cert', sessions: 1, sealed: 32, complete: 1 },
  { name: 'ocf-c02-after-cert-provision-ace', sessions: 1, sealed: 12, complete: 1 },
  { name: 'ocf-c90-otm-mfg-cert-expired', sessions: 1, sealed: 0, complete: 0 },
  { name: 'ocf-d02-client-get-cert-with-role-assertion', sessions: 1, sealed: 8, complete: 1 },
  { name: 'ocf-l01-otm-mfg-cert-broken-ske-signature-accepted', sessions: 1, sealed: 32, complete: 1 },
] as const;

const core = nativeCore;

describe.each(contents)('captured traffic: $name', ({ name, sessions, sealed, complete }) => {
  const capture = new Capture(name);

  it('is whole', () => {
    expect(capture.sessions).toHaveLength(sessions);
    expect(capture.sessions.flatMap((session) => session.sealed)).toHaveLength(sealed);
    expect(capture.sessions.filter((session) => isComplete(capture, session))).toHaveLength(complete);
  });

  it('decodes and encodes again byte for byte: records, fragments, messages and their bodies', () => {
    for (const { payload } of capture.datagrams) expectRoundTrip(payload);
    for (const session of capture.sessions) {
      for (const { message } of session.messages) {
        expect(toHex(roundTripMessage(message, session.suite)), JSON.stringify(message.type)).toBe(toHex(message.raw));
      }
    }
  });

  it('opens: every sealed record under the master secret of the side that sent it, and under no other', () => {
    for (const session of capture.sessions) {
      const opened = capture.masterSecrets(session).map((master) => session.open(master));
      for (const [index, { from }] of session.sealed.entries()) {
        const by = opened.filter((records) => records[index]?.plaintext !== undefined);
        expect(by, `record ${index} of the ${from}`).toHaveLength(1);
      }
    }
  });

  it('ends each handshake with the verify_data that ours computes over its own transcript', () => {
    for (const session of capture.sessions) expectFinished(capture, session);
  });

  it('has the master secret that ours derives from the premaster secret', () => {
    for (const session of capture.sessions) {
      const premasters = capture.premasters(session);
      const randoms = { client: session.clientRandom, server: session.serverHello.random };
      const sessionHash = session.extendedMasterSecret
        ? session.transcript('client_key_exchange').hash(core)
        : undefined;
      const derived = premasters.map((premaster) => toHex(masterSecret(core, premaster, randoms, sessionHash)));
      if (premasters.length > 0) expect(derived).toEqual(capture.masterSecrets(session).map(toHex));
    }
    const logged = capture.sessions.flatMap((session) => capture.premasters(session));
    expect(logged.length > 0).toBe(name.startsWith('ocf-') && sealed > 0);
  });

  if (!name.startsWith('openthread-')) return;
  it('has the key block that ours derives from the master secret', () => {
    expect(capture.keys.length).toBeGreaterThan(0);
    for (const keys of capture.keys) {
      const session = capture.sessions.find(({ clientRandom }) => toHex(clientRandom) === keys.clientRandom);
      const master = session && capture.masterSecrets(session).find((secret) => toHex(secret) === keys.masterSecret);
      expect(session && master && toHex(session.secrets(master).keyBlock(core, 40))).toBe(keys.keyBlock);
    }
  });
});

describe('the signatures in captured certificate handshakes', () => {
  it.each(['ocf-c01-otm-mfg-cert', 'ocf-c90-otm-mfg-cert-expired', 'ocf-d02-client-get-cert-with-role-assertion'])(
    '%s: the ServerKeyExchange verifies',
    (name) => {
      for (const session of new Capture(name).sessions) {
        expect(toHex(signedPointIn(session))).toMatch(/^04[0-9a-f]{128}$/);
      }
    },
  );

  it('ocf-l01: the ServerKeyExchange whose signature has a bit flipped is refused; the reference client took it', () => {
    const [session] = new Capture('ocf-l01-otm-mfg-cert-broken-ske-signature-accepted').sessions;
    expect(() => signedPointIn(session as CapturedSession)).toThrowError(
      expect.objectContaining({ code: 'decrypt-error' }),
    );
  });

  it('ocf-d02: the CertificateVerify of the client verifies over our transcript, and over no other', () => {
    const [session] = new Capture('ocf-d02-client-get-cert-with-role-assertion').sessions;
    if (session === undefined) return expect.fail('the capture is empty');
    const client = session.messages.find(({ from, message }) => from === 'client' && message.type === 'certificate');
    const publicKey = leafKey(client?.message.body ?? new Uint8Array(0));
    const { signed } = decode(certificateVerify, session.bodyOf('certificate_verify'));
    const verifies = (message: Uint8Array): boolean =>
      core.p256.verify(publicKey, hashOf(signed.scheme), message, signed.signature);
    expect(verifies(session.transcript('client_key_exchange').bytes())).toBe(true);
    expect(verifies(session.transcript('certificate_verify').bytes())).toBe(false);
  });
});

function isComplete(capture: Capture, session: CapturedSession): boolean {
  const [master, other] = capture.masterSecrets(session);
  return master !== undefined && other === undefined && session.sealed.some(({ from }) => from === 'server');
}

/** Both Finished of a session that completed; where the sides' secrets differ, the client's under its own. */
function expectFinished(capture: Capture, session: CapturedSession): void {
  let transcript = session.transcript();
  let seen = 0;
  for (const master of capture.masterSecrets(session)) {
    const secrets = session.secrets(master);
    for (const { from, type, plaintext } of session.open(master)) {
      if (type !== 'handshake' || plaintext === undefined) continue;
      const finished = finishedIn(plaintext);
      const expected = secrets.verifyData(core, from, transcript.hash(core));
      expect(toHex(finished.body), `Finished of the ${from}`).toBe(toHex(expected));
      transcript = transcript.with(finished);
      seen++;
    }
  }
  expect(seen).toBe(isComplete(capture, session) ? 2 : session.sealed.length);
}

function signedPointIn(session: CapturedSession): Uint8Array {
  const server = session.messages.find(({ from, message }) => from === 'server' && message.type === 'certificate');
  const randoms = concat(session.clientRandom, session.serverHello.random);
  const key = leafKey(server?.message.body ?? new Uint8Array(0));
  return readSignedPoint(core, session.bodyOf('server_key_exchange'), key, randoms);
}

function leafKey(certificateMessage: Uint8Array): Uint8Array {
  const [leaf] = decode(certificate, certificateMessage).chain;
  return certificatePublicKey(leaf ?? new Uint8Array(0));
}
