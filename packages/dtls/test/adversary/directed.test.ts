/** A peer that is real and lies: each lie is told by the library's own sources with one thing changed. */
import { concat, decode, encode, fromHex, Secret, SelvageError } from '@selvage/core';
import { type CryptoCore, nativeCore, portableCore } from '@selvage/crypto';
import { describe, expect, it } from 'vitest';
import type { CipherSuiteName, DtlsConfiguration } from '../../src/index.js';
import { clientHello, serverHello } from '../../src/protocol/hello.js';
import { clientCertificate, otherCertificate, serverCertificate } from '../support/certificates.js';
import { allSuites, configuration, pairOf, pskIdentity, signWithTestKey } from '../support/configurations.js';
import type { Pair, Side } from '../support/pair.js';
import { bodyOf, nameOf, recordsOf, withBody } from './support/wire.js';

const ecdsa: CipherSuiteName = 'TLS_ECDHE_ECDSA_WITH_AES_128_CCM_8';
const ecdsa256: CipherSuiteName = 'TLS_ECDHE_ECDSA_WITH_AES_256_CCM';
const ecjpake: CipherSuiteName = 'TLS_ECJPAKE_WITH_AES_128_CCM_8';
const psk: CipherSuiteName = 'TLS_PSK_WITH_AES_128_CCM_8';
const ecdhePsk: CipherSuiteName = 'TLS_ECDHE_PSK_WITH_AES_128_CBC_SHA256';
const anonymous: CipherSuiteName = 'TLS_ECDH_anon_WITH_AES_128_CBC_SHA256';
const mutual = { clientAuthentication: 'require' } as const;
const sides = ['client', 'server'] as const;
const refused = { accepted: false, error: new SelvageError('certificate-expired', 'expired yesterday') } as const;

/** The code a side was closed with, and for the peer's alert its name. */
function endOf(pair: Pair, side: Side): string {
  const { closed, session } = pair.outcome[side];
  if (closed === undefined) return session === undefined ? 'waiting' : 'open';
  if (closed.by !== 'error') return closed.by;
  const { code, details } = closed.error;
  return code === 'peer-alert' ? `peer-alert ${details?.['alert']}` : code;
}

function ends(pair: Pair): { client: string; server: string } {
  return { client: endOf(pair, 'client'), server: endOf(pair, 'server') };
}

/** Changes messages of one side on their way, every time they pass. */
function rewriting(name: string, change: (body: Uint8Array) => Uint8Array) {
  return (payload: Uint8Array) => {
    const records = recordsOf(payload).map((record) =>
      nameOf(record) === name ? withBody(record, change(bodyOf(record))) : record,
    );
    return [{ payload: concat(...records), delay: 1 }];
  };
}

describe('Finished (RFC 5246 §7.4.9)', () => {
  const liar = (side: Side): CryptoCore => ({
    ...nativeCore,
    tlsPrf(algorithm, secret, label, seed, length) {
      const output = nativeCore.tlsPrf(algorithm, secret, label, seed, length);
      if (label === `${side} finished`) output[11] = (output[11] ?? 0) ^ 1;
      return output;
    },
  });

  it.each(allSuites)('with wrong verify_data from the client of %s is answered with decrypt_error', (suite) => {
    const pair = pairOf(suite, { client: { core: liar('client') }, server: mutual }).run(30_000);
    expect(ends(pair)).toEqual({ client: 'peer-alert decrypt_error', server: 'decrypt-error' });
    expect(pair.outcome.server.session).toBeUndefined();
  });

  it.each(allSuites)('with wrong verify_data from the server of %s is answered with decrypt_error', (suite) => {
    const pair = pairOf(suite, { server: { core: liar('server'), ...mutual } }).run(30_000);
    expect(ends(pair)).toEqual({ client: 'decrypt-error', server: 'peer-alert decrypt_error' });
    expect(pair.outcome.client.session).toBeUndefined();
  });
});

describe('signatures and certificates (RFC 8422 §5.4, RFC 5246 §7.4.8)', () => {
  const signAs =
    (liar: Side, privateKey: Uint8Array): typeof signWithTestKey =>
    (operation, side) =>
      side === liar
        ? portableCore.p256.sign(privateKey, operation.hash, operation.message)
        : signWithTestKey(operation, side);
  const showing = (side: Side, certificate: Uint8Array): Partial<DtlsConfiguration> => {
    const { credentials } = configuration(side, [ecdsa]);
    const key = credentials.certificate?.key;
    return key === undefined ? {} : { credentials: { ...credentials, certificate: { chain: [certificate], key } } };
  };

  it('of the server by another key end in decrypt_error', () => {
    const pair = pairOf(ecdsa, { server: mutual, pair: { sign: signAs('server', otherCertificate.privateKey) } });
    expect(ends(pair.run(30_000))).toEqual({ client: 'decrypt-error', server: 'peer-alert decrypt_error' });
  });

  it('of the client by another key end in decrypt_error', () => {
    const pair = pairOf(ecdsa, { server: mutual, pair: { sign: signAs('client', otherCertificate.privateKey) } });
    expect(ends(pair.run(30_000))).toEqual({ client: 'peer-alert decrypt_error', server: 'decrypt-error' });
  });

  it.each(sides)('of the %s under a certificate of another key end in decrypt_error', (liar) => {
    const pair = pairOf(ecdsa, {
      client: liar === 'client' ? showing('client', otherCertificate.certificate) : {},
      server: { ...mutual, ...(liar === 'server' ? showing('server', otherCertificate.certificate) : {}) },
    }).run(30_000);
    const [honest, lying] = liar === 'client' ? (['server', 'client'] as const) : (['client', 'server'] as const);
    expect(endOf(pair, honest)).toBe('decrypt-error');
    expect(endOf(pair, lying)).toBe('peer-alert decrypt_error');
  });

  it('of another handshake prove nothing in this one', () => {
    const signatures: Uint8Array[] = [];
    const first = pairOf(ecdsa, {
      server: mutual,
      pair: {
        sign: (operation, side) => {
          const signature = signWithTestKey(operation, side);
          signatures.push(signature);
          return signature;
        },
      },
    }).run(30_000);
    expect(first.bothOpen).toBe(true);
    expect(signatures.length).toBe(2);
    for (const [replayed, liar] of [
      [0, 'server'],
      [1, 'client'],
    ] as const) {
      const pair = pairOf(ecdsa, {
        client: { seed: 2 },
        server: { ...mutual, seed: 2 },
        pair: {
          sign: (op, side) => (side === liar ? (signatures[replayed] as Uint8Array) : signWithTestKey(op, side)),
        },
      }).run(30_000);
      expect(pair.bothOpen).toBe(false);
      expect(Object.values(ends(pair))).toContain('decrypt-error');
    }
  });

  it('that are missing because a client shows no certificate end in handshake_failure where one is required', () => {
    const { credentials } = configuration('client', [ecdsa]);
    const { certificate: _, ...without } = credentials;
    const pair = pairOf(ecdsa, { client: { credentials: without }, server: mutual }).run(30_000);
    expect(ends(pair)).toEqual({ client: 'peer-alert handshake_failure', server: 'handshake-failure' });
  });

  it('on a chain that the judge refuses end in the alert of its reason', () => {
    for (const refusing of sides) {
      const pair = pairOf(ecdsa, {
        server: mutual,
        pair: { judge: (_chain, side) => (side === refusing ? refused : { accepted: true }) },
      }).run(30_000);
      expect(endOf(pair, refusing)).toBe('certificate-expired');
      expect(endOf(pair, refusing === 'client' ? 'server' : 'client')).toBe('peer-alert certificate_expired');
    }
  });

  it('of a client whose certificate is of the server prove only what they say', () => {
    const seen: Uint8Array[] = [];
    const pair = pairOf(ecdsa, {
      server: mutual,
      pair: {
        judge: (chain) => {
          seen.push(chain[0] as Uint8Array);
          return { accepted: true };
        },
      },
    }).run(30_000);
    expect(pair.bothOpen).toBe(true);
    expect(seen).toEqual([serverCertificate.certificate, clientCertificate.certificate]);
  });
});

describe('EC-JPAKE (draft-cragie-tls-ecjpake-01 §6)', () => {
  // Offsets in ECJPAKEKeyKP: 1+65 bytes of X, 1+65 of V, 1+32 of r.
  const offCurve = (() => {
    const point = nativeCore.p256.publicKey(new Uint8Array(32).fill(7)).slice();
    point[64] = (point[64] ?? 0) ^ 1;
    return point;
  })();
  const order = fromHex('ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551');
  const attacks: readonly (readonly [string, (kp: Uint8Array) => Uint8Array, string])[] = [
    ['X off the curve', (kp) => concat(kp.slice(0, 1), offCurve, kp.slice(66)), 'illegal_parameter'],
    ['V off the curve', (kp) => concat(kp.slice(0, 67), offCurve, kp.slice(132)), 'illegal_parameter'],
    ['X the identity', (kp) => concat(Uint8Array.of(1, 0), kp.slice(66)), 'illegal_parameter'],
    ['V the identity', (kp) => concat(kp.slice(0, 66), Uint8Array.of(1, 0), kp.slice(132)), 'illegal_parameter'],
    ['r zero', (kp) => concat(kp.slice(0, 133), new Uint8Array(32), kp.slice(165)), 'illegal_parameter'],
    ['r the order', (kp) => concat(kp.slice(0, 133), order, kp.slice(165)), 'illegal_parameter'],
    ['r another', (kp) => concat(kp.slice(0, 133), new Uint8Array(32).fill(9), kp.slice(165)), 'handshake_failure'],
    ['X and V exchanged', (kp) => concat(kp.slice(66, 132), kp.slice(0, 66), kp.slice(132)), 'handshake_failure'],
    ['X the generator', (kp) => concat(Uint8Array.of(65), generator, kp.slice(66)), 'handshake_failure'],
  ];
  const generator = nativeCore.p256.publicKey(Uint8Array.of(...new Uint8Array(31), 1));

  const roundOne = (hello: 'client_hello' | 'server_hello', change: (pair: Uint8Array) => Uint8Array) =>
    rewriting(hello, (body) => {
      const apply = <T extends { readonly extensions?: readonly { type: string }[] | undefined }>(value: T): T => ({
        ...value,
        extensions: value.extensions?.map((entry) =>
          entry.type === 'ecjpake_key_kp_pair' && 'value' in entry
            ? { ...entry, value: change(entry.value as Uint8Array) }
            : entry,
        ),
      });
      return hello === 'client_hello'
        ? encode(clientHello, apply(decode(clientHello, body)))
        : encode(serverHello, apply(decode(serverHello, body)));
    });

  const lies = attacks.flatMap(([what, change, alert]) => [
    { what: `${what}, first of ClientHello`, link: roundOne('client_hello', change), alert, by: 'server' as const },
    {
      what: `${what}, second of ClientHello`,
      link: roundOne('client_hello', (both) => concat(both.slice(0, 165), change(both.slice(165)))),
      alert,
      by: 'server' as const,
    },
    { what: `${what}, first of ServerHello`, link: roundOne('server_hello', change), alert, by: 'client' as const },
    {
      what: `${what}, second of ServerHello`,
      link: roundOne('server_hello', (both) => concat(both.slice(0, 165), change(both.slice(165)))),
      alert,
      by: 'client' as const,
    },
    {
      what: `${what}, ServerKeyExchange`,
      link: rewriting('server_key_exchange', (body) => concat(body.slice(0, 3), change(body.slice(3)))),
      alert,
      by: 'client' as const,
    },
    {
      what: `${what}, ClientKeyExchange`,
      link: rewriting('client_key_exchange', change),
      alert,
      by: 'server' as const,
    },
  ]);

  it.each(lies)('refuses $what', ({ link, alert, by }) => {
    const pair = pairOf(ecjpake, { pair: { link } }).run(30_000);
    expect(pair.bothOpen).toBe(false);
    const told = by === 'client' ? 'server' : 'client';
    expect(endOf(pair, told)).toBe(`peer-alert ${alert}`);
    expect(pair.outcome[by].session).toBeUndefined();
  });

  it('refuses its own proofs when they are sent back to it', () => {
    let own = new Uint8Array(0);
    const reflect = (payload: Uint8Array) => {
      for (const record of recordsOf(payload)) {
        if (nameOf(record) !== 'client_hello') continue;
        const entry = decode(clientHello, bodyOf(record)).extensions?.find(
          ({ type }) => type === 'ecjpake_key_kp_pair',
        );
        if (entry !== undefined && 'value' in entry) own = (entry.value as Uint8Array).slice();
      }
      return roundOne('server_hello', () => own)(payload);
    };
    const pair = pairOf(ecjpake, { pair: { link: reflect } }).run(30_000);
    expect(ends(pair)).toEqual({ client: 'invalid-proof', server: 'peer-alert handshake_failure' });
  });
});

describe('a wrong passphrase', () => {
  const wrong = (seed?: number) => ({
    credentials: { passphrase: Secret.text('J01NM3') },
    ...(seed !== undefined && { seed }),
  });

  it('is doubted by the server and, after its grace, told with bad_record_mac; the client waits its own', () => {
    const retransmission = { initial: 8000, maximum: 60_000 };
    const pair = pairOf(ecjpake, {
      client: { ...wrong(), retransmission },
      server: { retransmission },
    });
    // ClientHello, the server's flight and the client's take 1 ms each.
    pair.run(3);
    expect(pair.outcome.server.doubts).toEqual(['bad-record']);
    pair.run(10_002);
    expect(ends(pair)).toEqual({ client: 'waiting', server: 'waiting' });
    pair.run(10_003);
    expect(endOf(pair, 'server')).toBe('bad-record');
    pair.run(10_004);
    expect(pair.outcome.client.doubts).toEqual(['peer-alert']);
    pair.run(20_003);
    expect(endOf(pair, 'client')).toBe('waiting');
    pair.run(20_004);
    expect(endOf(pair, 'client')).toBe('peer-alert bad_record_mac');
  });

  it('of the server is found by the same side with the same words', () => {
    const pair = pairOf(ecjpake, { server: wrong() }).run(30_000);
    expect(pair.outcome.server.doubts).toEqual(['bad-record']);
    expect(ends(pair)).toEqual({ client: 'peer-alert bad_record_mac', server: 'bad-record' });
  });
});

describe('one handshake tests one guess', () => {
  /** A client's flight under one passphrase or key, followed by the flight of another guess in the same handshake. */
  const suites = [ecjpake, psk, ecdhePsk] as const;

  it.each(suites)('of %s: a second ClientKeyExchange is never tried', (suite) => {
    let exchanges = 0;
    let secrets = 0;
    const counting: CryptoCore = {
      ...nativeCore,
      tlsPrf(algorithm, secret, label, seed, length) {
        if (label.endsWith('master secret')) secrets++;
        return nativeCore.tlsPrf(algorithm, secret, label, seed, length);
      },
    };
    const wrongKey = Secret.of(new Uint8Array(16).fill(0xee));
    const pair = pairOf(suite, {
      client: {
        credentials: {
          passphrase: Secret.text('J01NM3'),
          keyForHint: () => ({ identity: pskIdentity, key: wrongKey }),
        },
        retransmission: { initial: 200, maximum: 200 },
      },
      server: { core: counting, retransmission: { initial: 2000, maximum: 2000 } },
      pair: {
        // Every later copy of ClientKeyExchange is another one, as of a client that tries its next guess.
        link: (payload, from) => {
          const records = recordsOf(payload).map((record) => {
            if (from !== 'client' || nameOf(record) !== 'client_key_exchange') return record;
            exchanges++;
            const body = bodyOf(record);
            body[body.length - 1] = (body[body.length - 1] ?? 0) ^ (exchanges - 1);
            return withBody(record, body);
          });
          return [{ payload: concat(...records), delay: 1 }];
        },
      },
    }).run(30_000);
    expect(exchanges).toBeGreaterThan(5);
    expect(secrets).toBe(1);
    expect(ends(pair)).toEqual({ client: 'peer-alert bad_record_mac', server: 'bad-record' });
  });
});

describe('pre-shared keys (RFC 4279)', () => {
  it.each([psk, ecdhePsk])('of %s that differ end in bad_record_mac', (suite) => {
    const key = Secret.of(new Uint8Array(16).fill(1));
    const pair = pairOf(suite, {
      client: { credentials: { keyForHint: () => ({ identity: pskIdentity, key }) } },
    }).run(30_000);
    expect(pair.outcome.server.doubts).toEqual(['bad-record']);
    expect(ends(pair)).toEqual({ client: 'peer-alert bad_record_mac', server: 'bad-record' });
  });

  it.each([psk, ecdhePsk])('of %s for an identity nobody knows end in unknown_psk_identity', (suite) => {
    const pair = pairOf(suite, { server: { credentials: { keyForIdentity: () => undefined } } }).run(30_000);
    expect(ends(pair)).toEqual({ client: 'peer-alert unknown_psk_identity', server: 'unknown-psk-identity' });
  });

  it.each([psk, ecdhePsk])('of %s for a hint the client does not know end in unknown_psk_identity', (suite) => {
    const pair = pairOf(suite, { client: { credentials: { keyForHint: () => undefined } } }).run(30_000);
    expect(ends(pair)).toEqual({ client: 'unknown-psk-identity', server: 'peer-alert unknown_psk_identity' });
  });
});

describe('downgrades', () => {
  const versions = [0xfeff, 0xfefe, 0x0303, 0x0100, 0xffff];
  const withVersion = (version: number) => (body: Uint8Array) =>
    concat(Uint8Array.of(version >>> 8, version), body.slice(2));

  it.each(versions)('of ClientHello to version %i end in protocol_version', (version) => {
    const pair = pairOf(anonymous, { pair: { link: rewriting('client_hello', withVersion(version)) } }).run(30_000);
    expect(pair.bothOpen).toBe(false);
    expect(endOf(pair, 'server')).toBe('protocol-version');
    expect(endOf(pair, 'client')).toBe('peer-alert protocol_version');
  });

  it.each([...versions, 0xfefc])('of ServerHello to version %i end in protocol_version', (version) => {
    const pair = pairOf(anonymous, { pair: { link: rewriting('server_hello', withVersion(version)) } }).run(30_000);
    expect(ends(pair)).toEqual({ client: 'protocol-version', server: 'peer-alert protocol_version' });
  });

  it.each([0xfefc, 0x0303, 0x0100, 0x0000])('of the version of every record to %i end in silence', (version) => {
    const link = (payload: Uint8Array) => {
      const records = recordsOf(payload).map((record) =>
        concat(record.slice(0, 1), Uint8Array.of(version >>> 8, version), record.slice(3)),
      );
      return [{ payload: concat(...records), delay: 1 }];
    };
    const pair = pairOf(anonymous, { pair: { link } }).run(300_000);
    expect(ends(pair)).toEqual({ client: 'handshake-timeout', server: 'handshake-timeout' });
    expect(pair.connection('server').counters.wrongVersion).toBeGreaterThan(3);
  });

  it('that hide the better suite from the server are found by Finished', () => {
    const offered = [ecdsa256, ecdsa] as const;
    const hide = rewriting('client_hello', (body) => {
      const hello = decode(clientHello, body);
      return encode(clientHello, { ...hello, cipherSuites: hello.cipherSuites.filter((id) => id !== 0xc0ad) });
    });
    const pair = pairOf(ecdsa, {
      client: { suites: offered },
      server: { suites: offered, ...mutual },
      pair: { link: hide },
    }).run(30_000);
    expect(ends(pair)).toEqual({ client: 'peer-alert decrypt_error', server: 'decrypt-error' });
  });

  it('to a suite that was not offered end in illegal_parameter', () => {
    for (const id of [0xc0ff, 0xc0a8, 0x0000, 0x00ff, 0x1301]) {
      const link = rewriting('server_hello', (body) =>
        encode(serverHello, { ...decode(serverHello, body), cipherSuite: id }),
      );
      const pair = pairOf(ecdsa, { server: mutual, pair: { link } }).run(30_000);
      expect(ends(pair)).toEqual({ client: 'illegal-parameter', server: 'peer-alert illegal_parameter' });
    }
  });

  const without =
    (type: string) =>
    <T extends { readonly extensions?: readonly { readonly type: string }[] | undefined }>(hello: T): T => ({
      ...hello,
      extensions: hello.extensions?.filter((entry) => entry.type !== type),
    });

  it.each(['extended_master_secret', 'encrypt_then_mac'])('that strip %s from ClientHello are found', (type) => {
    const link = rewriting('client_hello', (body) => encode(clientHello, without(type)(decode(clientHello, body))));
    const pair = pairOf(anonymous, { pair: { link } }).run(30_000);
    expect(pair.bothOpen).toBe(false);
    expect(['decrypt-error', 'bad-record']).toContain(endOf(pair, 'server'));
  });

  it.each(['extended_master_secret', 'encrypt_then_mac'])('that strip %s from ServerHello are found', (type) => {
    const link = rewriting('server_hello', (body) => encode(serverHello, without(type)(decode(serverHello, body))));
    const pair = pairOf(anonymous, { pair: { link } }).run(30_000);
    expect(pair.bothOpen).toBe(false);
    expect(endOf(pair, 'server')).toBe('bad-record');
  });

  it('that strip extended_master_secret end in insufficient_security where it is required', () => {
    for (const [message, requiring] of [
      ['client_hello', 'server'],
      ['server_hello', 'client'],
    ] as const) {
      const link = rewriting(message, (body) =>
        message === 'client_hello'
          ? encode(clientHello, without('extended_master_secret')(decode(clientHello, body)))
          : encode(serverHello, without('extended_master_secret')(decode(serverHello, body))),
      );
      const pair = pairOf(psk, { [requiring]: { extendedMasterSecret: 'require' }, pair: { link } }).run(30_000);
      expect(endOf(pair, requiring)).toBe('insufficient-security');
    }
  });
});
